"""A page's picture: its photo in a fixed rendition, or the drawing it wears until it has one."""

from typing import Any

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cms import consent_rules
from cms.consent_rules import surname

register = template.Library()

WIDTHS = {
    "list": "fill-480x320|format-jpeg",
    "cover": "fill-1366x560|format-jpeg",
    "portrait": "fill-360x480|format-jpeg",
}
PAPERS = ("pine", "rice", "flax", "bean", "clay", "snow", "honey", "river")


@register.simple_tag(takes_context=True)
def story_picture(context: Context, page: Any, size: str = "list") -> SafeString:
    shape = "frame-cover" if size == "cover" else "frame-wide"
    return format_html('<span class="frame {}">{}</span>', shape, _picture(context, page, size))


@register.simple_tag(takes_context=True)
def cover(context: Context, page: Any) -> SafeString:
    return _picture(context, page, "cover")


@register.simple_tag(takes_context=True)
def portrait(context: Context, person: Any) -> SafeString:
    """3:4; without a photo that may be shown the surname in serif on paper, the same paper each time."""
    if person.photo_id and person.photo_id not in hidden(context):
        url = person.photo.get_rendition(WIDTHS["portrait"]).url
        inside = format_html('<img src="{}" alt="{}" loading="lazy">', url, person.title)
    else:
        inside = _surname(surname(person.title))
    paper = PAPERS[(person.pk or 0) % len(PAPERS)]
    return format_html('<span class="frame frame-person paper-{}">{}</span>', paper, inside)


@register.simple_tag(takes_context=True)
def photo(context: Context, image: Any, spec: str) -> SafeString:
    """A photo of a block; in place of one that may not be shown, the person's surname on paper."""
    if image is None:
        return SafeString("")
    found = hidden(context).get(image.pk)
    if found is None:
        rendition = image.get_rendition(f"{spec}|format-jpeg")
        return format_html(
            '<img src="{}" width="{}" height="{}" alt="{}" loading="lazy">',
            rendition.url,
            rendition.width,
            rendition.height,
            rendition.alt,
        )
    paper = PAPERS[image.pk % len(PAPERS)]
    return format_html('<span class="frame frame-wide paper-{}">{}</span>', paper, _surname(found.surname))


@register.simple_tag(takes_context=True)
def is_hidden(context: Context, image: Any) -> bool:
    """A caption names whom its picture shows: it goes with the picture."""
    return image is not None and image.pk in hidden(context)


def hidden(context: Context) -> dict[int, consent_rules.Hidden]:
    """What may not be seen now, asked once for a page."""
    return consent_rules.hidden_on(context.get("request"))


def _surname(sign: str) -> SafeString:
    return format_html('<span class="surname" aria-hidden="true">{}</span>', sign)


def _picture(context: Context, page: Any, size: str) -> SafeString:
    if page.photo_id and page.photo_id not in hidden(context):
        return format_html('<img src="{}" alt="{}">', page.photo.get_rendition(WIDTHS[size]).url, page.photo.title)
    source = static(f"art/{page.place}.svg")
    return format_html('<img src="{}" alt="{}">', source, page.drawing_name)
