"""A page's picture: its photo in a fixed rendition, or the drawing it wears until it has one."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

WIDTHS = {"list": "fill-480x320|format-jpeg", "cover": "fill-1366x560|format-jpeg"}


@register.simple_tag
def story_picture(page: Any, size: str = "list") -> SafeString:
    shape = "frame-cover" if size == "cover" else "frame-wide"
    return format_html('<span class="frame {}">{}</span>', shape, _picture(page, size))


@register.simple_tag
def cover(page: Any) -> SafeString:
    return _picture(page, "cover")


def _picture(page: Any, size: str) -> SafeString:
    if page.photo_id:
        return format_html('<img src="{}" alt="{}">', page.photo.get_rendition(WIDTHS[size]).url, page.photo.title)
    source = static(f"art/{page.place}.svg")
    return format_html('<img src="{}" alt="{}">', source, page.get_place_display())
