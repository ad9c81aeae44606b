"""A page's picture: its photo in a fixed rendition, or the drawing it wears until it has one."""

from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

WIDTHS = {
    "list": "fill-480x320|format-jpeg",
    "cover": "fill-1366x560|format-jpeg",
    "portrait": "fill-360x480|format-jpeg",
}
PAPERS = ("pine", "rice", "flax", "bean", "clay", "snow", "honey", "river")
TWO_SIGNS = frozenset({"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "长孙", "夏侯", "令狐"})


@register.simple_tag
def story_picture(page: Any, size: str = "list") -> SafeString:
    shape = "frame-cover" if size == "cover" else "frame-wide"
    return format_html('<span class="frame {}">{}</span>', shape, _picture(page, size))


@register.simple_tag
def cover(page: Any) -> SafeString:
    return _picture(page, "cover")


@register.simple_tag
def portrait(person: Any) -> SafeString:
    """3:4; without a photo the surname in serif on paper, the same paper each time."""
    if person.photo_id:
        url = person.photo.get_rendition(WIDTHS["portrait"]).url
        inside = format_html('<img src="{}" alt="{}" loading="lazy">', url, person.title)
    else:
        inside = format_html('<span class="surname" aria-hidden="true">{}</span>', surname(person.title))
    paper = PAPERS[(person.pk or 0) % len(PAPERS)]
    return format_html('<span class="frame frame-person paper-{}">{}</span>', paper, inside)


def surname(name: str) -> str:
    """刘 of 刘书记, 欧阳 of 欧阳修."""
    return name[:2] if name[:2] in TWO_SIGNS else name[:1]


def _picture(page: Any, size: str) -> SafeString:
    if page.photo_id:
        return format_html('<img src="{}" alt="{}">', page.photo.get_rendition(WIDTHS[size]).url, page.photo.title)
    source = static(f"art/{page.place}.svg")
    return format_html('<img src="{}" alt="{}">', source, page.get_place_display())
