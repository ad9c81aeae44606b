"""县牌: the plate with a county's name, in its theme, always a link to its pavilion."""

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from tenants import register as divisions
from tenants.addressing import county_url

register = template.Library()


@register.filter
def county_name(code: str) -> str:
    """ "230184" → 五常市."""
    return divisions.name_of(code) if code else ""


@register.filter
def letters(code: str) -> str:
    """ "230184" → Wuchang, for whoever does not read hanzi; nothing on a Chinese page or for a code nobody knows."""
    place = divisions.division(code) if code else None
    return place.pinyin.capitalize() if place and not (get_language() or "zh").startswith("zh") else ""


@register.simple_tag(takes_context=True)
def plate(context: Context, name: str, slug: str, code: str = "") -> SafeString:
    theme = (context.get("county_themes") or {}).get(code, "pine")
    spelt = format_html(" <small>{}</small>", letters(code)) if letters(code) else ""
    return format_html('<a class="plate theme-{}" href="{}">{}{}</a>', theme, county_url(slug), name, spelt)
