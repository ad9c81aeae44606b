"""What we hold about a person, kind by kind: one table for the page, for the archive and for the eraser.

A room adds its rows at start. What is kept after a goodbye names the law that says so and the tables it lies in:
a test looks into a whole dump and finds the name nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import Membership, User
from tenants.models import County
from tenants.scope import SERVED, county_scope

GONE = "已注销"
Rows = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class Holding:
    """``rows`` is what the archive shows. ``erase`` is what a goodbye does; without it the kind is kept.

    ``places`` are the tables in which the name stays. ``in_counties`` rows live in the schemas of the counties
    where the person has or had a seat; both functions are then called inside each of them.
    """

    code: str
    order: int
    name: Any
    what: Any
    rows: Callable[[User], Rows]
    erase: Callable[[User], None] | None = None
    law: Any = ""
    until: Any = ""
    places: tuple[str, ...] = ()
    in_counties: bool = False

    @property
    def is_kept(self) -> bool:
        """For templates: they call what they can call, and ``erase`` is not theirs to call."""
        return self.erase is None


@dataclass(frozen=True)
class Trace:
    """A kind of row that names a person: through which field, what they did there, of what, in which words, and when."""

    model: Any
    field: str
    did: str | Callable[[Any], str]
    of: Callable[[Any], Any]
    at: str
    said: str = ""


def traces_of(user: User, traces: Iterable[Trace], thing: str) -> Rows:
    """A row for each, kind after kind; ``thing`` is what this room calls that of which they speak."""
    for trace in traces:
        for row in trace.model._base_manager.filter(**{trace.field: user}).order_by("pk").iterator():
            told = {thing: str(trace.of(row)), "您": trace.did if isinstance(trace.did, str) else trace.did(row)}
            said = {"说": getattr(row, trace.said)} if trace.said else {}
            yield {**told, **said, "时间": getattr(row, trace.at)}


_holdings: dict[str, Holding] = {}


def add_holding(holding: Holding) -> None:
    _holdings[holding.code] = holding


def all_holdings() -> list[Holding]:
    return sorted(_holdings.values(), key=lambda one: one.order)


def kept_places() -> set[str]:
    return {place for holding in _holdings.values() for place in holding.places}


def counties_of(user: User) -> list[County]:
    """Where this person has or had a seat: only there can rows of a county speak of them."""
    codes = Membership.objects.filter(user=user).exclude(county_code="").values_list("county_code", flat=True)
    return list(County.objects.filter(code__in=set(codes), state__in=SERVED).order_by("code"))


def collected(user: User) -> list[tuple[Holding, list[dict[str, Any]]]]:
    return [(holding, _rows_of(holding, user)) for holding in all_holdings()]


def _rows_of(holding: Holding, user: User) -> list[dict[str, Any]]:
    if not holding.in_counties:
        return list(holding.rows(user))
    found = []
    for county in counties_of(user):
        with county_scope(county):
            found += [{"县": county.name, **row} for row in holding.rows(user)]
    return found


def erase(user: User) -> None:
    """Everything that need not stay, in the caller's transaction. The account goes last: by its phone the rest is found."""
    counties = counties_of(user)
    for holding in reversed(all_holdings()):
        if holding.erase is None:
            continue
        if not holding.in_counties:
            holding.erase(user)
            continue
        for county in counties:
            with county_scope(county):
                holding.erase(user)


def erase_in_this_county(user: User) -> None:
    """What a county's own rows say of a person who has gone; call it inside the county's scope."""
    for holding in reversed(all_holdings()):
        if holding.in_counties and holding.erase is not None:
            holding.erase(user)
