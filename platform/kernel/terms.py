"""How long things may take: dated lengths, each with the rule it comes from.

A room hands its table in at start; the console shows them all. A length that the law changes gets
a second row with its own first day, and cases begun before keep the old one.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import ngettext

UNIT_NAMES = {
    "days": lambda length: ngettext("天", "天", length),
    "working_days": lambda length: ngettext("个工作日", "个工作日", length),
    "months": lambda length: ngettext("个月", "个月", length),
    "years": lambda length: ngettext("年", "年", length),
}


@dataclass(frozen=True)
class Term:
    """``length`` in ``unit``, in force from ``valid_from``."""

    code: str
    name: Any
    length: int
    unit: str
    valid_from: date
    source: str
    to_working_day: bool = False  # a last day that is off moves to the next working day

    @property
    def unit_name(self) -> str:
        return UNIT_NAMES[self.unit](self.length)


class UnknownTerm(LookupError):
    """No table has this length, or none was in force that day."""


_terms: dict[tuple[str, date], Term] = {}


def add_terms(path: Path, names: Mapping[str, Any] | None = None) -> None:
    """Read ``code,name,length,unit,valid_from,source`` and perhaps ``holiday`` (``next``); ``names`` are the translated names."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["unit"] not in UNIT_NAMES:
                raise ValueError(f"{path.name}: {row['code']} has no known unit")
            term = Term(
                code=row["code"],
                name=(names or {}).get(row["code"], row["name"]),
                length=int(row["length"]),
                unit=row["unit"],
                valid_from=date.fromisoformat(row["valid_from"]),
                source=row["source"],
                to_working_day=row.get("holiday") == "next",
            )
            _terms[term.code, term.valid_from] = term


def term(code: str, on: date) -> Term:
    """The length in force that day; raises UnknownTerm."""
    in_force = [one for one in _terms.values() if one.code == code and one.valid_from <= on]
    if not in_force:
        raise UnknownTerm(f"no length for {code} on {on}")
    return max(in_force, key=lambda one: one.valid_from)


def term_on(code: str, on: date) -> Term | None:
    """The length in force that day, or None before the first."""
    try:
        return term(code, on)
    except UnknownTerm:
        return None


def all_terms() -> list[Term]:
    return sorted(_terms.values(), key=lambda one: (one.code, one.valid_from))


def name_of(code: str) -> str:
    """What the newest row of this code is called."""
    named = [one for one in all_terms() if one.code == code]
    return str(named[-1].name) if named else code
