"""The judged queries over the demo province, as the README beside this says they came about."""

import csv
from pathlib import Path

FOLDER = Path(__file__).parent


Pairs = list[tuple[str, str, int]]


def first() -> dict[str, dict[str, int]]:
    """Query → good → grade."""
    return _graded("judged.csv")


def held_out() -> dict[str, dict[str, int]]:
    """Queries that were judged before any engine answered them, and that nothing was tuned on."""
    return _graded("held_out.csv")


def _graded(name: str) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for row in _rows(name):
        judged.setdefault(row["query"], {}).update(dict.fromkeys(row["goods"].split(), int(row["grade"])))
    return judged


def second() -> Pairs:
    """A sample read again by the first judge: query, good, grade."""
    return _pairs("second.csv")


def other_judge() -> Pairs:
    """A sample read by another, who did not see the first one's grades."""
    return _pairs("other_judge.csv")


def _pairs(name: str) -> Pairs:
    return [(row["query"], row["good"], int(row["grade"])) for row in _rows(name)]


def grades_of_both(again: Pairs) -> tuple[list[int], list[int]]:
    judged = first()
    return [judged[query].get(good, 0) for query, good, _grade in again], [grade for *_pair, grade in again]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
