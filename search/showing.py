"""Goods to be shown: a page's window (picked by hand, the newest, the newest of categories), what a search found.

One statement each, written out, and listings made of its rows: the ORM took longer to compose the one and to take
apart the other than PostgreSQL to answer, for every story shown and every search.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Value

from search.models import Listing

PICKED, NEWEST = -1, -2
PLAIN = Value(None)  # a column as it stands, no part of it
LONG = {"description", "season", "hidden"}
ON_CARDS = [
    field
    for field in Listing._meta.concrete_fields
    if field.name not in LONG | {"place", "price_per_500g_fen", "badges"}
]
IN_ROWS = [field for field in Listing._meta.concrete_fields if field.name not in LONG]
# What is sold out is shown where somebody picked it, and found; a window does not put it forward.
THERE = "AND in_stock"
SEEN = "FROM search_listing WHERE county_code = %s AND NOT hidden"
FIRST = "ORDER BY published_at DESC, product_id DESC LIMIT %s"
WITHIN = "(category_id = %s OR category_id IN (SELECT code FROM search_category WHERE parent_id = %s))"

Part = tuple[str, list[Any]]


def _columns(fields: list[Field]) -> str:
    return ", ".join(field.attname for field in fields)


FOUND = f"SELECT {_columns(IN_ROWS)} FROM search_listing WHERE id = ANY(%s) AND NOT hidden"  # noqa: S608


def by_number(numbers: Iterable[int]) -> dict[int, Listing]:
    """Those of the listings that may be seen now, by number, without their long words."""
    return {listing.pk: listing for listing in _listings(IN_ROWS, _rows(FOUND, [list(numbers)]))}


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
    rows = _rows(sql, [value for _one, values in parts for value in values])
    listings: list[Any] = _listings(ON_CARDS, rows)
    for listing, row in zip(listings, rows, strict=True):
        listing.part = row[-1]
    return listings


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
    return f"SELECT {_columns(ON_CARDS)}, {part:d} {SEEN}"


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _listings(fields: list[Field], rows: list[tuple[Any, ...]]) -> list[Listing]:
    """``fields`` stand in the model's own order, which ``from_db`` goes by; what follows them in a row is left."""
    names = [field.attname for field in fields]
    written = [(at, field) for at, field in enumerate(fields) if isinstance(field, JSONField)]
    listings = []
    for row in rows:
        values = list(row[: len(fields)])
        for at, field in written:
            values[at] = field.from_db_value(values[at], PLAIN, connection)
        listings.append(Listing.from_db(connection.alias, names, values))
    return listings
