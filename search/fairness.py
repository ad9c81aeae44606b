"""Which county stands next: by relevance, but never more than three of one county in a row.

A page is taken from a window of the ranked rows. What is lifted from further down is remembered in
the page's end (``Place.shown``), so that the next pages neither repeat nor miss a row.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from search.ports import IN_A_ROW, Place

WINDOW = 3  # pages that are looked at to fill one


@dataclass(frozen=True, slots=True)
class Row:
    key: int
    listing: int
    county: str


def page_of(rows: Sequence[Row], size: int, shown: Collection[int] = ()) -> tuple[list[Row], Place | None]:
    """A page of ``rows`` (in rank order, after the last place) without those shown, and where it ends."""
    waiting = [row for row in rows if row.listing not in shown]
    page: list[Row] = []
    while waiting and len(page) < size:
        page.append(waiting.pop(_next(waiting, page)))
    if not waiting:
        return page, None
    return page, _end(rows, {*shown, *(row.listing for row in page)}, rows.index(waiting[0]))


def _next(waiting: Sequence[Row], page: Sequence[Row]) -> int:
    last = [row.county for row in page[-IN_A_ROW:]]
    if len(last) == IN_A_ROW and len(set(last)) == 1:
        return next((at for at, row in enumerate(waiting) if row.county != last[0]), 0)
    return 0


def _end(rows: Sequence[Row], shown: Collection[int], first_left: int) -> Place:
    """The place just before the first row left; what was shown behind it is carried along."""
    before = rows[first_left - 1]  # never -1: a page begins with the first row that waits
    ahead = tuple(sorted(row.listing for row in rows[first_left:] if row.listing in shown))
    return Place(before.key, before.listing, ahead)
