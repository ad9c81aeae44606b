"""The goods a page shows, as they are at this moment: read together, in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import IntegerField, Q, QuerySet, Value

from search.models import Listing

Shelf = tuple[str, int]
PICKED, NEWEST = -1, -2


@dataclass
class Window:
    """What was found; a product that is not on sale now is not in it."""

    picked: dict[int, Listing] = field(default_factory=dict)
    shelves: dict[Shelf, list[Listing]] = field(default_factory=dict)
    newest: list[Listing] = field(default_factory=list)

    def one(self, product_id: Any) -> Listing | None:
        return self.picked.get(product_id)

    def shelf(self, value: Any) -> list[Listing]:
        """Picked goods in the order they were picked; else the category's newest."""
        count = value["count"] or 0
        chosen = [self.picked[pk] for pk in value["products"] if pk in self.picked]
        if list(value["products"]):
            return chosen[:count]
        return self.shelves.get((value["category"], count), [])


@dataclass
class Wanted:
    """``place`` asks for the newest goods of a village instead of the county's."""

    products: set[int] = field(default_factory=set)
    shelves: set[Shelf] = field(default_factory=set)
    newest: int = 0
    place: str = ""

    def look_through(self, stream: Any) -> None:
        for block in stream or ():
            if block.block_type == "product":
                self.products.add(block.value["product"])
            elif block.block_type == "shelf":
                self._look_at(block.value)

    def _look_at(self, shelf: Any) -> None:
        picked = list(shelf["products"])
        self.products.update(picked)
        if not picked and shelf["category"] and shelf["count"]:
            self.shelves.add((shelf["category"], shelf["count"]))


def window_of(page: Any, county: Any, newest: int = 0, place: str = "") -> Window:
    """The window of a page's streams, and the newest goods beside them."""
    wanted = Wanted(newest=newest, place=place)
    for name in page.goods_streams:
        wanted.look_through(getattr(page, name))
    return look(county.code, wanted) if county else Window()


def look(county_code: str, wanted: Wanted) -> Window:
    of_county = Listing.objects.filter(county_code=county_code)
    shelves = sorted(wanted.shelves)
    parts = list(_parts(of_county, wanted, shelves))
    window = Window(shelves={shelf: [] for shelf in shelves})
    if not parts:
        return window
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    for listing in found:
        if listing.part == PICKED:
            window.picked[listing.product_id] = listing
        elif listing.part == NEWEST:
            window.newest.append(listing)
        else:
            window.shelves[shelves[listing.part]].append(listing)
    for row in (window.newest, *window.shelves.values()):
        row.sort(key=lambda one: (one.published_at, one.product_id), reverse=True)
    return window


def _parts(of_county: QuerySet[Listing], wanted: Wanted, shelves: list[Shelf]) -> Iterable[QuerySet[Any]]:
    if wanted.products:
        yield _marked(of_county.filter(product_id__in=wanted.products - {None}), PICKED)
    if wanted.newest:
        near = of_county.filter(place=wanted.place) if wanted.place else of_county
        yield _newest(_marked(near, NEWEST), wanted.newest)
    for place, (category, count) in enumerate(shelves):
        yield _newest(_marked(of_county.filter(_within(category)), place), count)


def _within(category: str) -> Q:
    return reduce(or_, (Q(category=category), Q(category__parent=category)))


def _marked(rows: QuerySet[Listing], part: int) -> QuerySet[Any]:
    return rows.annotate(part=Value(part, output_field=IntegerField()))


def _newest(rows: QuerySet[Any], count: int) -> QuerySet[Any]:
    return rows.order_by("-published_at", "-product_id")[:count]
