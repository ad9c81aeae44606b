"""Where a designer finds the studio, and who draws the previews of what they hand in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.desks import PROVINCE_DESK, Entry, add_entry
from branding.packaging_entries import DESIGN
from kernel import outbox, papers
from kernel.models import Paper

DRAW_PREVIEW = "packaging.draw_preview"


def register() -> None:
    """Called once at start."""
    add_entry(Entry(PROVINCE_DESK, 5, _("设计工作室"), "studio:home", DESIGN))


@outbox.handles(DRAW_PREVIEW)
def draw_preview(payload: dict[str, Any], county_code: str) -> None:
    """Before anybody looks: a page of twelve drafts should not wait for twelve drawings."""
    paper = Paper.objects.filter(pk=payload["paper"], removed_at__isnull=True).first()
    if paper is None:
        return
    try:
        papers.preview(paper)
    except papers.BadPaper:
        return  # too heavy to draw: the page shows its name alone
