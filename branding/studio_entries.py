"""Where a designer finds the studio."""

from django.utils.translation import gettext_lazy as _

from accounts.desks import PROVINCE_DESK, Entry, add_entry
from branding.packaging_entries import DESIGN


def register() -> None:
    """Called once at start."""
    add_entry(Entry(PROVINCE_DESK, 5, _("设计工作室"), "studio:home", DESIGN))
