"""A picture in its frame: a photo fills it, a drawing stands on its paper.

A picture is a plain mapping, as listings and story cards keep it:
``{"drawing": "rice-sack", "paper": "rice"}`` or ``{"photo": {"small": url, "medium": url}, "alt": …}``.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from web.art import LABELS, drawings

register = template.Library()

PAPERS = ("rice", "fungus", "honey", "flax", "snow", "clay", "bean", "pine", "berry", "river")
SHAPES = {"": "", "wide": " frame-wide", "person": " frame-person", "cover": " frame-cover"}
LONGEST_WORD = 3
SMALL_WIDTH, MEDIUM_WIDTH = 320, 960


@register.simple_tag
def picture(
    pic: Mapping[str, Any] | None,
    alt: str | None = None,
    sizes: str = "",
    category: str = "",
    shape: str = "",
    first: bool = False,
) -> SafeString:
    """The frame and what is in it; ``first`` is the picture that must not wait for scrolling."""
    pic = pic or {}
    said = pic.get("alt", "") if alt is None else alt
    loading = "eager" if first else "lazy"
    inside = _photo(pic, said, sizes, loading) or _drawing(pic, said, loading)
    paper = pic.get("paper") if pic.get("paper") in PAPERS else paper_of(category)
    return format_html('<span class="frame{} paper-{}">{}</span>', SHAPES.get(shape, ""), paper, inside)


def paper_of(category: str) -> str:
    """A paper for goods that name none: the same category keeps the same one."""
    return PAPERS[sum(map(ord, str(category or "grain.rice"))) % len(PAPERS)]


def _photo(pic: Mapping[str, Any], alt: str, sizes: str, loading: str) -> SafeString:
    photo = pic.get("photo") or {}
    small, medium = photo.get("small"), photo.get("medium")
    if not (small or medium):
        return SafeString("")
    if not (small and medium):
        return format_html('<img src="{}" alt="{}" loading="{}">', medium or small, alt, loading)
    image = format_html(
        '<img src="{}" srcset="{} {}w, {} {}w" sizes="{}" alt="{}" loading="{}">',
        small,
        small,
        SMALL_WIDTH,
        medium,
        MEDIUM_WIDTH,
        sizes or "50vw",
        alt,
        loading,
    )
    return _lighter(pic.get("webp") or {}, sizes, image)


def _lighter(webp: Mapping[str, Any], sizes: str, image: SafeString) -> SafeString:
    """The same in WebP before the JPEG, where there is one."""
    if not (webp.get("small") and webp.get("medium")):
        return image
    return format_html(
        '<picture><source type="image/webp" srcset="{} {}w, {} {}w" sizes="{}">{}</picture>',
        webp["small"],
        SMALL_WIDTH,
        webp["medium"],
        MEDIUM_WIDTH,
        sizes or "50vw",
        image,
    )


def _drawing(pic: Mapping[str, Any], alt: str, loading: str) -> SafeString:
    name = pic.get("drawing") or pic.get("place")
    if name not in drawings():  # a name in the data must not bring the page down: bare paper
        return SafeString("")
    image = format_html('<img src="{}" alt="{}" loading="{}">', static(f"art/{name}.svg"), alt, loading)
    return image + _label(name, str(pic.get("word") or ""))


@lru_cache(maxsize=512)
def _label(name: str, word: str) -> SafeString:
    """The county's own word, written over the word the drawing was made with."""
    label = LABELS.get(name)
    if label is None:
        return SafeString("")
    written = format_html_join(
        "",
        '<text x="{}" y="{}" font-size="{}" fill="{}">{}</text>',
        ((x, y, label.size, label.ink, part) for part, x, y in label.lines(word[:LONGEST_WORD] or label.plain)),
    )
    return format_html(
        '<svg class="label-word" viewBox="0 0 400 400" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        '<rect x="{}" y="{}" width="{}" height="{}" rx="2" fill="{}"/>{}</svg>',
        *label.box,
        label.ground,
        written,
    )
