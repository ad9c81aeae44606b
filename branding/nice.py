"""Which Nice classes the goods of a category fall into: dated, with their source."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "nice_of_category.csv"


@dataclass(frozen=True)
class NiceRow:
    """One category in one edition, with the day from which the edition counts."""

    category: str
    nice_class: int
    valid_from: date
    source: str


@lru_cache(maxsize=1)
def nice_rows() -> tuple[NiceRow, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            NiceRow(row["category"], int(row["nice_class"]), date.fromisoformat(row["valid_from"]), row["source"])
            for row in csv.DictReader(file)
        )


def nice_classes_of(category: str, on: date) -> frozenset[int]:
    """The classes by the newest edition in force that day; empty when none says anything."""
    editions: dict[date, set[int]] = defaultdict(set)
    for row in nice_rows():
        if row.category == category and row.valid_from <= on:
            editions[row.valid_from].add(row.nice_class)
    return frozenset(editions[max(editions)]) if editions else frozenset()
