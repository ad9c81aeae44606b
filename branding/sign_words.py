"""The dated table of words a sign may not have or that do not make it a mark (商标法 §10, §11)."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "sign_words.csv"
DESCRIPTIVE = "descriptive"
EXALTED = "exalted"  # praise that stands behind the goods' own name
GOODS = "goods"  # what goods are called beside the table of classes: 耳, 香米
JUDGED_TOGETHER = frozenset({DESCRIPTIVE, EXALTED, GOODS})  # nothing by themselves: the whole sign tells
ADDED = frozenset({DESCRIPTIVE, GOODS, "entity", "deceptive", "official"})  # what is put beside a name, not the name


@dataclass(frozen=True, slots=True)
class SignWord:
    word: str
    kind: str
    match: str
    severity: str
    article: str
    valid_from: date
    valid_to: date | None
    source: str

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@lru_cache(maxsize=1)
def rows() -> tuple[SignWord, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(_row(row) for row in csv.DictReader(file))


def _row(row: dict[str, str]) -> SignWord:
    return SignWord(
        row["word"],
        row["kind"],
        row["match"],
        row["severity"],
        row["article"],
        date.fromisoformat(row["valid_from"]),
        date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        row["source"],
    )


@lru_cache(maxsize=16)
def words_on(on: date) -> tuple[SignWord, ...]:
    """Longest first, so that 全国第一 is said before 第一."""
    return tuple(sorted((row for row in rows() if row.is_in_force(on)), key=lambda row: -len(row.word)))
