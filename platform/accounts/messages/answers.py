"""What a carrier's codes mean: a dated table, because carriers change them without asking us."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext

from accounts.messages.carriers import Answer, NoAnswer, Refused

TABLE = Path(__file__).parent.parent / "data" / "carrier_answers.csv"


@dataclass(frozen=True)
class Meaning:
    """``again`` in seconds, None for never; ``mends`` is operator, person or nobody."""

    code: str
    said: str
    again: int | None
    mends: str
    valid_from: date
    source: str


@lru_cache(maxsize=1)
def meanings() -> tuple[Meaning, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Meaning(
                row["code"],
                row["said"],
                int(row["again"]) if row["again"] else None,
                row["mends"],
                date.fromisoformat(row["valid_from"]),
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def meaning(code: str, on: date) -> Meaning | None:
    """The row in force that day, or nothing for a code that nobody has met yet."""
    known = [row for row in meanings() if row.code == code and row.valid_from <= on]
    return max(known, key=lambda row: row.valid_from) if known else None


def answer_for(code: str, status: int, on: date) -> Answer:
    """A known code says itself whether to try again. An unknown one below 500 was refused for good;
    from 500 on the carrier itself stumbled, and the message may have gone out."""
    known = meaning(code, on)
    if known is not None:
        return Refused(code[:120], again=known.again)
    return NoAnswer(code[:120]) if status >= 500 else Refused(code[:120])


def in_words(code: str, on: date) -> str:
    known = meaning(code, on)
    return gettext(known.said) if known else code


def is_operators(code: str, on: date) -> bool:
    known = meaning(code, on)
    return known is not None and known.mends == "operator"
