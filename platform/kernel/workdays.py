"""Working days, with the state's holidays as a dated table.

The table holds what the State Council's office announced; a year it does not know has its weekends
only, and the console says so. Lengths in months end on the same day of a later month, or on its last.
"""

import calendar
import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kernel.terms import Term

TABLE = Path(__file__).parent / "data" / "holidays.csv"
SATURDAY = 5
NOTICE = "国办发明电"
AHEAD = 2  # years: further no clock with working days runs


@dataclass(frozen=True)
class Holiday:
    """Days off, or a weekend that is worked, from ``first`` to ``last``, with who said so."""

    first: date
    last: date
    kind: str
    name: str
    source: str

    @property
    def is_announced(self) -> bool:
        """From the year's notice; what the law alone gives has no working weekends yet."""
        return self.source.startswith(NOTICE)


@lru_cache(maxsize=1)
def holidays() -> tuple[Holiday, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Holiday(
                date.fromisoformat(row["first"]),
                date.fromisoformat(row["last"]),
                row["kind"],
                row["name"],
                row["source"],
            )
            for row in csv.DictReader(file)
        )


@lru_cache(maxsize=1)
def _kinds() -> dict[date, str]:
    return {
        holiday.first + timedelta(days=day): holiday.kind
        for holiday in holidays()
        for day in range((holiday.last - holiday.first).days + 1)
    }


def years_unannounced(today: date) -> list[tuple[int, bool]]:
    """This year and the next ones without the State Council's notice; whether the law's days at least are known."""
    years = range(today.year, today.year + AHEAD + 1)
    announced = {one.last.year for one in holidays() if one.is_announced}
    known = {one.last.year for one in holidays()}
    return [(year, year in known) for year in years if year not in announced]


def is_working_day(day: date) -> bool:
    kind = _kinds().get(day)
    return kind == "work" if kind else day.weekday() < SATURDAY


def add_working_days(start: date, number: int) -> date:
    """The last of ``number`` working days, the first being the one after ``start``."""
    day = start
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day)
    return day


def add_months(start: date, number: int) -> date:
    """2026-11-30 and three months → 2027-02-28."""
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def end_of(start: date, term: "Term") -> date:
    """The last day on which it is still in time; the day it starts does not count (民法典 §201)."""
    last = _counted(start, term)
    return add_working_days(last - timedelta(days=1), 1) if term.to_working_day else last


def _counted(start: date, term: "Term") -> date:
    match term.unit:
        case "working_days":
            return add_working_days(start, term.length)
        case "months":
            return add_months(start, term.length)
        case "years":
            return add_months(start, 12 * term.length)
        case _:
            return start + timedelta(days=term.length)
