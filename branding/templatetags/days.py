"""Days in a sentence stay on one line."""

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@register.filter
def whole_days(text: str) -> SafeString:
    """ "最迟 2027-03-20 有结果" with the day in a piece that does not break."""
    safe = conditional_escape(text)
    return mark_safe(DAY.sub(r'<span class="nowrap">\g<0></span>', safe))  # noqa: S308  escaped above
