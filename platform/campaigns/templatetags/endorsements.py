"""A face: the person's picture where there is a consent for it, else the surname in serif on paper."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from campaigns import selectors
from campaigns.models import Endorsement, Endorser

register = template.Library()

PAPERS = ("rice", "fungus", "honey", "flax", "snow", "clay", "bean", "pine", "berry", "river")


@register.simple_tag
def face(endorser: Endorser) -> SafeString:
    photo = (endorser.portrait.get("photo") or {}).get("small", "")
    paper = PAPERS[endorser.pk % len(PAPERS)]
    if photo:
        return format_html(
            '<span class="frame frame-person paper-{}"><img src="{}" alt="{}" loading="lazy"></span>',
            paper,
            photo,
            endorser.name,
        )
    return format_html(
        '<span class="frame frame-person paper-{}"><span class="surname{}" aria-hidden="true">{}</span></span>',
        paper,
        " surname-two" if len(endorser.surname) > 1 else "",
        endorser.surname,
    )


@register.simple_tag
def endorsements_of(county_code: str, product_id: int) -> list[Endorsement]:
    """Who stands behind this product today."""
    return selectors.of_product(county_code, product_id)


@register.simple_tag
def county_faces(county_code: str, count: int = 6) -> list[Any]:
    return selectors.of_county(county_code, count)
