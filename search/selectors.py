"""What is in the public search, for pages that show it without a query."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, When

from search import showing
from search.models import Category, Listing, Name, StoryCard


def newest_listings(county_code: str, count: int) -> list[Listing]:
    """Of one county, the newest first."""
    of_county = Listing.objects.filter(county_code=county_code)
    return list(of_county.order_by("-published_at", "-product_id")[:count])


def window(county_code: str, **wanted: Any) -> tuple[list[Listing], list[Listing], list[list[Listing]]]:
    """Of one county in one statement: the picked, the newest, and the goods of each shelf (``showing.window``)."""
    parts: dict[int, list[Listing]] = {}
    for listing in showing.window(county_code, **wanted):
        parts.setdefault(listing.part, []).append(listing)
    shelves = [parts.get(number, []) for number in range(len(wanted.get("shelves", ())))]
    return parts.get(showing.PICKED, []), parts.get(showing.NEWEST, []), shelves


def count_listings(county_code: str) -> int:
    return Listing.objects.filter(county_code=county_code).count()


def count_producers(county_code: str) -> int:
    """How many producers have something in the window."""
    named = Listing.objects.filter(county_code=county_code).exclude(producer_name="")
    return named.values("producer_name").distinct().count()


def categories() -> dict[str, Category]:
    """All of them by code, in their order."""
    return {category.code: category for category in Category.objects.all()}


def listings_of(county_code: str, product_ids: Iterable[int]) -> list[Listing]:
    """Those of a county's products that are on sale now."""
    return list(Listing.objects.filter(county_code=county_code, product_id__in=list(product_ids)))


def others_of_maker(county_code: str, producer_name: str, *, but: int, count: int) -> list[Listing]:
    """What else a producer of the county has to sell now, the newest first."""
    of_maker = Listing.objects.filter(county_code=county_code, producer_name=producer_name, in_stock=True)
    return list(of_maker.exclude(product_id=but).order_by("-published_at", "-product_id")[:count])


def akin(county_code: str, category: str, count: int) -> list[Listing]:
    """What there is of a category: the county's own first, then the province's newest."""
    there = Listing.objects.filter(category=category, in_stock=True)
    own_first = Case(When(county_code=county_code, then=0), default=1)
    return list(there.order_by(own_first, "-published_at", "-pk")[:count])


def listings_by_product(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Listing]:
    """The listings of products of several counties, by county code and product id; one query."""
    pairs = set(wanted)
    found = Listing.objects.filter(
        county_code__in={code for code, _pk in pairs}, product_id__in={pk for _code, pk in pairs}
    )
    return {key: one for one in found if (key := (one.county_code, one.product_id)) in pairs}


def listed_products(county_code: str) -> set[int]:
    """The county's products in the window, also while it is closed."""
    return set(Listing.everything.filter(county_code=county_code).values_list("product_id", flat=True))


def carded_pages(county_code: str) -> set[int]:
    """The county's stories that have a card, also while it is closed."""
    return set(StoryCard.everything.filter(county_code=county_code).values_list("page_id", flat=True))


def cards_without_text() -> dict[str, set[int]]:
    """County → the stories whose cards hold no text to take a passage from."""
    bare: dict[str, set[int]] = {}
    for code, page_id in StoryCard.everything.filter(text="").values_list("county_code", "page_id"):
        bare.setdefault(code, set()).add(page_id)
    return bare


def taught_names(kind: str, county_code: str, *, beginning: str) -> dict[str, str]:
    """Names that a room taught typing help, by their ``ref``; each room's begin in its own way."""
    taught = Name.objects.filter(kind=kind, county_code=county_code, ref__startswith=beginning)
    return dict(taught.values_list("ref", "name"))


def counties_taught(kind: str, *, beginning: str) -> set[str]:
    return set(Name.objects.filter(kind=kind, ref__startswith=beginning).values_list("county_code", flat=True))
