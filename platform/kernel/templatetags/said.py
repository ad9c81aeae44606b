"""What our tables and sentences say, in the reader's language."""

from django import template
from django.utils.translation import gettext

from kernel.sentences import together

register = template.Library()


@register.filter
def said(text: object) -> str:
    """A text of one of our tables (CSV) as the catalogue has it; ``translate`` would double its per cent signs."""
    return gettext(str(text)) if text else ""


@register.filter
def then(text: object, following: object) -> str:
    """Two sentences as one paragraph; either may be missing."""
    return together([text or "", following or ""])
