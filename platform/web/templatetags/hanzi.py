from django import template
from django.utils.translation import get_language

from web import hanzi as numerals

register = template.Library()


@register.filter
def hanzi(number: int) -> str:
    """In Chinese pages the numeral in hanzi, elsewhere in digits."""
    chinese = (get_language() or "zh").startswith("zh")
    return numerals.hanzi(int(number)) if chinese else str(number)
