"""What people looked for, by month and county: what they asked for, and what they searched for in vain.

A row without a county is the whole province's: every county sees it. A county's own rows are those of searches
on its shelf alone, or that name it; other counties do not see them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.db.models import QuerySet

from kernel import clock
from search import words
from search.models import Want
from tenants import register

PROVINCE = "province"  # as a choice: only what no county was named for
MONTHS_KEPT_IN_SIGHT = 24
CODE = re.compile(r"\d{6}", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """What a page of the record shows. ``place`` is the county whose desk it is, empty on the province's."""

    place: str
    month: date
    kind: str
    county: str

    @classmethod
    def of(cls, place: str, given: Mapping[str, str]) -> "Asked":
        shown = months(place)
        month = next((one for one in shown if one.strftime("%Y-%m") == given.get("month")), shown[0])
        kind = given.get("kind", "")
        county = given.get("county", "")
        county = county if county == PROVINCE or CODE.fullmatch(county) else ""
        return cls(place, month, kind if kind in Want.Kind.values else "", county)

    def rows(self) -> QuerySet[Want]:
        """The most wanted first."""
        found = _visible(self.place).filter(month=self.month)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.county:
            found = found.filter(county_code="" if self.county == PROVINCE else self.county)
        return found.order_by("-count", "text", "county_code", "kind")

    def query(self) -> dict[str, str]:
        told = {"month": self.month.strftime("%Y-%m"), "kind": self.kind, "county": self.county}
        return {name: value for name, value in told.items() if value}


def _visible(place: str) -> QuerySet[Want]:
    return Want.objects.filter(county_code__in=["", place]) if place else Want.objects.all()


def months(place: str) -> list[date]:
    """Months with something in them, the newest first; at least this one."""
    this = clock.today().replace(day=1)
    found = set(_visible(place).order_by("-month").values_list("month", flat=True).distinct()[:MONTHS_KEPT_IN_SIGHT])
    return sorted(found | {this}, reverse=True)


def counties(place: str, month: date) -> list[tuple[str, str]]:
    """Those a row of the month is about, by name."""
    codes = _visible(place).filter(month=month).exclude(county_code="").values_list("county_code", flat=True).distinct()
    return [(code, register.name_of(code)) for code in sorted(codes)]


def county_meant(text: str) -> str:
    """The code of the county that the text names, empty for none or more than one."""
    folded = words.plain(text)
    found = {code for name, code in _names().items() if name in folded}
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Short names of counties; of districts only the whole name, for 道里 and 向阳 mean many things."""
    return {
        one.name if one.name.endswith("区") else words.short_county(one.name): one.code
        for one in register.divisions(settings.JIETI_PROVINCE)
    }
