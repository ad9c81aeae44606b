"""The rules as dated rows, with the standard and the article they come from."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"
UNSURE = "待核"

Row = Mapping[str, str]


@lru_cache(maxsize=32)
def _read(name: str) -> tuple[Row, ...]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


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
