"""The rules as dated rows, with the standard and the article they come from."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext

DATA = Path(__file__).parents[1] / "data"
UNSURE = "待核"
# The columns that people read; ``source`` keeps the mark of what nobody has compared with the standard.
TEXTS = frozenset({"title", "name", "why", "wrong", "mend", "reason", "old_stock", "standard", "article"})

Row = Mapping[str, str]


class _Row(dict[str, str]):
    """A row whose texts come in the reader's language; examples of what to print stay Chinese, as labels are."""

    def __getitem__(self, column: str) -> str:
        text = super().__getitem__(column)
        return gettext(text) if text and column in TEXTS else text


@lru_cache(maxsize=32)
def _read(name: str) -> tuple[Row, ...]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_Row(row) for row in csv.DictReader(file))


def all_rows(name: str, **wanted: str) -> Iterator[Row]:
    """Every row of a table with these values, whatever its dates."""
    return (row for row in _read(name) if all(row[key] == value for key, value in wanted.items()))


def rows(name: str, on: date, **wanted: str) -> list[Row]:
    """The rows in force on a day."""
    return [row for row in all_rows(name, **wanted) if in_force(row, on)]


def row(name: str, on: date, **wanted: str) -> Row | None:
    return next(iter(rows(name, on, **wanted)), None)


def in_force(one: Row, on: date) -> bool:
    """From the first to the last day, both counted."""
    return begins(one) <= on and (not one["valid_to"] or on <= date.fromisoformat(one["valid_to"]))


def begins(one: Row) -> date:
    return date.fromisoformat(one["valid_from"])


def is_sure(one: Row) -> bool:
    return UNSURE not in one["source"]
