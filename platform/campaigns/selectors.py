"""Endorsements as pages show them: only those that stand today, of counties that are open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from campaigns.models import EndorsedProduct, Endorsement, Endorser
from campaigns.states import EndorsementState
from kernel import clock
from search import selectors as search
from search.models import Listing
from tenants.selectors import open_counties


def standing(on: date | None = None) -> QuerySet[Endorsement]:
    """Seen on this day. The dates decide, not the sweep: what ended at midnight is not seen at 00:00:01."""
    day = on or clock.today()
    return Endorsement.objects.filter(
        state=EndorsementState.STANDING,
        starts_on__lte=day,
        ends_on__gte=day,
        endorser__term_from__lte=day,
        endorser__term_until__gte=day,
    )


def of_product(county_code: str, product_id: int) -> list[Endorsement]:
    """Who stands behind this product today, the longest standing first."""
    return list(
        standing()
        .filter(county_code=county_code, products__product_id=product_id)
        .select_related("endorser")
        .order_by("starts_on", "pk")
    )


def reason_to_keep(county_code: str, product_id: int) -> str:
    """For whoever would throw the product away: a word said for it, in whatever state, still names it."""
    said = EndorsedProduct.objects.filter(endorsement__county_code=county_code, product_id=product_id)
    return _("有人给它代言过，要留着。") if said.exists() else ""


def of_county(county_code: str, count: int) -> list["Face"]:
    return faces(people_on_the_wall().filter(county_code=county_code)[:count])


@dataclass(frozen=True)
class Face:
    """A person on the wall, what they say, and the goods of theirs that are on sale now."""

    endorser: Endorser
    endorsement: Endorsement
    county_name: str
    county_slug: str
    listings: list[Listing]


def people_on_the_wall() -> QuerySet[Endorser]:
    """Everybody who stands behind goods today, the newest first; one row a person."""
    theirs = standing().filter(endorser=OuterRef("pk"))
    seen = Exists(theirs.filter(products__in=_on_sale()))
    newest = theirs.order_by("-starts_on", "-pk").values("starts_on")[:1]
    return (
        Endorser.objects.filter(seen, county_code__in=open_counties().values("code"))
        .annotate(since=newest)
        .order_by(F("since").desc(), "-pk")
    )


def _on_sale() -> QuerySet[EndorsedProduct]:
    """Endorsed goods that are on the province's shelf at this moment."""
    shown = Listing.objects.filter(county_code=OuterRef("endorsement__county_code"), product_id=OuterRef("product_id"))
    return EndorsedProduct.objects.filter(Exists(shown))


def faces(people: Iterable[Endorser]) -> list[Face]:
    """The people with their newest word and its goods: four queries, however many they are."""
    people = list(people)
    counties = {one.code: one for one in open_counties().filter(code__in={one.county_code for one in people})}
    words: dict[int, Endorsement] = {}
    for said in (
        standing()
        .filter(endorser__in=people)
        .order_by("starts_on", "pk")
        .select_related("endorser")
        .prefetch_related(Prefetch("products", EndorsedProduct.objects.order_by("pk")))
    ):
        words[said.endorser_id] = said
    shelf = search.listings_by_product(
        (said.county_code, product.product_id) for said in words.values() for product in said.products.all()
    )
    return [
        _face(one, words[one.pk], counties[one.county_code], shelf)
        for one in people
        if one.pk in words and one.county_code in counties
    ]


def _face(endorser: Endorser, said: Endorsement, county: object, shelf: dict[tuple[str, int], Listing]) -> Face:
    found = [shelf.get((said.county_code, product.product_id)) for product in said.products.all()]
    return Face(endorser, said, county.name, county.slug, [one for one in found if one])  # type: ignore[attr-defined]


def awaiting(county_code: str) -> QuerySet[Endorsement]:
    """Oldest first: what a manager decides next."""
    return (
        Endorsement.objects.filter(county_code=county_code, state=EndorsementState.SUBMITTED)
        .select_related("endorser")
        .order_by("submitted_at", "pk")
    )


def due() -> QuerySet[Endorsement]:
    """Standing on paper, over by the calendar."""
    today = clock.today()
    rows = Endorsement.objects.filter(state=EndorsementState.STANDING).select_related("endorser")
    return rows.filter(ends_on__lt=today) | rows.filter(endorser__term_until__lt=today)
