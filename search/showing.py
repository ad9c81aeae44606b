"""Goods to be shown: a page's window (picked by hand, the newest, the newest of categories), what a search found.

One statement each, written out: made of the ORM's parts it took longer to compose than PostgreSQL to answer, for
every story shown and every search.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from search.models import Listing

PICKED, NEWEST = -1, -2
SHOWN = """
id, county_code, county_name, county_slug, product_id, title, summary, producer_name, category_id, price_fen, unit,
in_stock, picture, published_at"""
FOUND = f"SELECT {SHOWN}, place, price_per_500g_fen, badges FROM search_listing WHERE id = ANY(%s) AND NOT hidden"  # noqa: S608
# What is sold out is shown where somebody picked it, and found; a window does not put it forward.
THERE = "AND in_stock"
SEEN = "FROM search_listing WHERE county_code = %s AND NOT hidden"
FIRST = "ORDER BY published_at DESC, product_id DESC LIMIT %s"
WITHIN = "(category_id = %s OR category_id IN (SELECT code FROM search_category WHERE parent_id = %s))"

Part = tuple[str, list[Any]]


def by_number(numbers: Iterable[int]) -> dict[int, Listing]:
    """Those of the listings that may be seen now, by number, without their long words."""
    return {listing.pk: listing for listing in Listing.objects.raw(FOUND, [list(numbers)])}


def window(
    county_code: str,
    picked: Iterable[int] = (),
    newest: int = 0,
    place: str = "",
    shelves: Sequence[tuple[str, int]] = (),
) -> list[Any]:
    """Listings of the county, each with ``part``: PICKED, NEWEST (of ``place``, where one is named) or the number
    of its shelf, a category and a count. What all of them show is fetched, not their long words."""
    parts = list(_parts(county_code, sorted(picked), newest, place, shelves))
    if not parts:
        return []
    sql = " UNION ALL ".join(f"({one})" for one, _values in parts)
    return list(Listing.objects.raw(sql, [value for _one, values in parts for value in values]))


def _parts(
    county_code: str, picked: list[int], newest: int, place: str, shelves: Sequence[tuple[str, int]]
) -> Iterator[Part]:
    if picked:
        yield f"{_select(PICKED)} AND product_id = ANY(%s)", [county_code, picked]
    if newest and place:
        yield f"{_select(NEWEST)} AND place = %s {THERE} {FIRST}", [county_code, place, newest]
    elif newest:
        yield f"{_select(NEWEST)} {THERE} {FIRST}", [county_code, newest]
    for number, (category, count) in enumerate(shelves):
        yield f"{_select(number)} AND {WITHIN} {THERE} {FIRST}", [county_code, category, category, count]


def _select(part: int) -> str:
    return f"SELECT {SHOWN}, {part:d} AS part {SEEN}"
