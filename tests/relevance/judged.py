"""The judged queries over the demo province, as the README beside this says they came about."""

import csv
from pathlib import Path

FOLDER = Path(__file__).parent


def first() -> dict[str, dict[str, int]]:
    """Query → good → grade."""
    judged: dict[str, dict[str, int]] = {}
    for row in _rows("judged.csv"):
        judged.setdefault(row["query"], {}).update(dict.fromkeys(row["goods"].split(), int(row["grade"])))
    return judged


def second() -> list[tuple[str, str, int]]:
    """The second reading of a sample: query, good, grade."""
    return [(row["query"], row["good"], int(row["grade"])) for row in _rows("second.csv")]


def grades_of_both() -> tuple[list[int], list[int]]:
    judged, again = first(), second()
    return [judged[query].get(good, 0) for query, good, _grade in again], [grade for *_pair, grade in again]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
