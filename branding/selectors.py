"""Brands as others ask for them."""

from dataclasses import dataclass

from django.db.models import QuerySet

from branding.models import Brand, SignKind
from branding.nice import nice_classes_of
from branding.rules import NO_MARK, REGISTERED_MARK, has_certificate, mark_for_all
from branding.states import CERTIFIED
from kernel import clock


@dataclass(frozen=True)
class Marked:
    """A brand's name and what may stand behind it today: ® or ™."""

    name: str
    mark: str


def brands_of(county_code: str, producer_id: int) -> QuerySet[Brand]:
    return Brand.objects.filter(county_code=county_code, producer_id=producer_id)


def registered_names(county_code: str) -> dict[int, str]:
    """The county's marks in words with a certificate in force today: case → name.

    Their cases are held until the transaction ends, so that what is told of them is not overtaken.
    """
    held = Brand.objects.select_for_update(of=("self",)).filter(
        county_code=county_code, state__in=CERTIFIED, sign_kind=SignKind.WORD
    )
    today = clock.today()
    return {brand.pk: brand.name for brand in held.order_by("pk") if brand.name and has_certificate(brand, today)}


def counties_with_certificates() -> set[str]:
    return set(Brand.objects.filter(state__in=CERTIFIED).values_list("county_code", flat=True))


def mark_of(county_code: str, producer_id: int | None, category: str) -> Marked | None:
    """The producer's strongest brand for goods of this category today, or None."""
    if producer_id is None:
        return None
    today = clock.today()
    classes = nice_classes_of(category, today)
    marked = [
        Marked(brand.name, mark_for_all(brand, classes, today))
        for brand in brands_of(county_code, producer_id)
        if classes.intersection(brand.nice_classes)
    ]
    shown = [one for one in marked if one.mark != NO_MARK]
    return min(shown, key=lambda one: one.mark != REGISTERED_MARK, default=None)
