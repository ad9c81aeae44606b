"""Reading an address: the API's strictly, naming what is wrong; the page's kindly, leaving it out."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from search import words
from search.errors import Unreadable
from search.ports import BANDS, ELASTICSEARCH, POSTGRES, SORTS, Band, Place

API_PARAMETERS = ("q", "county", "category", "min_fen", "max_fen", "sort", "after", "in_stock", "exact")
REPEATED = ("county", "category")
MOST_CHOICES = 200
DEAREST = 10**9
LARGEST = 2**62
COUNTY = re.compile(r"\d{6}", re.ASCII)
WHOLE_NUMBER = re.compile(r"\d{1,10}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What an address asks for, checked."""

    q: str = ""
    counties: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    prices: tuple[Band, ...] = ()
    in_stock: bool = False
    sort: str = "relevance"
    exact: bool = False
    after: Place | None = None
    seen: int = 0

    @property
    def narrowed(self) -> bool:
        return bool(self.counties or self.categories or self.prices or self.in_stock)

    @property
    def narrowed_within(self) -> bool:
        """Narrowed by more than the one county whose shelf was searched."""
        return bool(self.categories or self.prices or self.in_stock or len(self.counties) > 1)

    @property
    def mark(self) -> str:
        """Tells one search from another: a page's end belongs to its own search."""
        said = repr((self.q, self.counties, self.categories, self.prices, self.in_stock, self.sort, self.exact))
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def end(self, place: Place, seen: int) -> str:
        """The opaque ``after`` of the next page."""
        told: list[Any] = [self.mark, place.key, place.listing, list(place.shown), seen]
        told += [place.engine] * (place.engine != POSTGRES)
        return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")

    def continued(self, token: str) -> "Wish":
        """This search from where ``token`` says; raises Unreadable."""
        place, seen = self._place(token)
        return Wish(**{**self.__dict__, "after": place, "seen": seen})

    def _place(self, token: str) -> tuple[Place, int]:
        try:
            told = json.loads(base64.b64decode(token.encode("ascii") + b"=" * (-len(token) % 4), b"-_", validate=True))
            mark, key, listing, shown, seen, *engine = told
        except (ValueError, TypeError, binascii.Error, RecursionError) as trouble:
            raise _unreadable("after") from trouble
        numbers = [key, listing, seen, *shown] if isinstance(shown, list) else [None]
        if (
            engine not in ([], [ELASTICSEARCH])
            or mark != self.mark
            or not all(type(number) is int and abs(number) < LARGEST for number in numbers)
        ):
            raise _unreadable("after")
        return Place(key, listing, tuple(shown), *engine), max(seen, 0)


def api_wish(asked: QueryDict) -> Wish:
    """Raises Unreadable for anything unknown, repeated or out of its range."""
    for name, values in asked.lists():
        if name not in API_PARAMETERS:
            raise Unreadable(_("没有这个参数：%(name)s。") % {"name": name[:60]}, parameter=name[:60])
        if len(values) > (MOST_CHOICES if name in REPEATED else 1):
            raise _unreadable(name)
    low, high = _fen(asked, "min_fen"), _fen(asked, "max_fen")
    if low is not None and high is not None and low > high:
        raise _unreadable("min_fen")
    wish = Wish(
        q=asked.get("q", ""),
        counties=_codes(asked, "county", lambda code: COUNTY.fullmatch(code) is not None),
        categories=_codes(asked, "category", _category_codes().__contains__),
        prices=(Band(low, None if high is None else high + 1),) if (low, high) != (None, None) else (),
        in_stock=_yes(asked, "in_stock"),
        sort=_one_of(asked, "sort", SORTS),
        exact=_yes(asked, "exact"),
    )
    return wish.continued(token) if (token := asked.get("after")) else wish


def page_wish(asked: QueryDict) -> Wish:
    """What can be understood of a page's address."""
    bands = {band.key: band for band in BANDS}
    wish = Wish(
        q=asked.get("q", ""),
        counties=tuple(sorted({code for code in asked.getlist("county") if COUNTY.fullmatch(code)}))[:MOST_CHOICES],
        categories=tuple(sorted(_category_codes() & set(asked.getlist("category")))),
        prices=tuple(bands[key] for key in sorted(bands.keys() & set(asked.getlist("price")))),
        in_stock=asked.get("in_stock") == "1",
        sort=sort if (sort := asked.get("sort")) in SORTS else SORTS[0],
        exact=asked.get("exact") == "1",
    )
    try:
        return wish.continued(token) if (token := asked.get("after")) else wish
    except Unreadable:
        return wish


def _category_codes() -> set[str]:
    return {row["code"] for row in words.category_rows()}


def _codes(asked: QueryDict, name: str, good: Callable[[str], bool]) -> tuple[str, ...]:
    codes = asked.getlist(name)
    if not all(good(code) for code in codes):
        raise _unreadable(name)
    return tuple(sorted(set(codes)))


def _fen(asked: QueryDict, name: str) -> int | None:
    text = asked.get(name)
    if text is None:
        return None
    if not WHOLE_NUMBER.fullmatch(text) or int(text) > DEAREST:
        raise _unreadable(name)
    return int(text)


def _yes(asked: QueryDict, name: str) -> bool:
    return _one_of(asked, name, ("0", "1")) == "1"


def _one_of(asked: QueryDict, name: str, allowed: tuple[str, ...]) -> str:
    value = asked.get(name, allowed[0])
    if value not in allowed:
        raise _unreadable(name)
    return value


def _unreadable(name: str) -> Unreadable:
    return Unreadable(_("看不懂参数 %(name)s 的值。") % {"name": name}, parameter=name)
