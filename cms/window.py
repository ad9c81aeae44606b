"""The goods a page shows, as they are at this moment: read together, in one query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from search import selectors as search
from search.models import Listing

Shelf = tuple[str, int]


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
    shelves = sorted(wanted.shelves)
    picked, newest, filled = search.window(
        county_code,
        picked={pk for pk in wanted.products if isinstance(pk, int)},
        newest=wanted.newest,
        place=wanted.place,
        shelves=shelves,
    )
    window = Window({one.product_id: one for one in picked}, dict(zip(shelves, filled, strict=True)), newest)
    for row in (window.newest, *window.shelves.values()):
        row.sort(key=lambda one: (one.published_at, one.product_id), reverse=True)
    return window
