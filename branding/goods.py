"""Goods and services in everyday words, with their Nice class: dated, with their source.

木耳 → 29, 大米 → 30, 鲜果 → 31. The same thing may stand in two classes by how it is sold (玉米 milled
in 30, 玉米粒 fresh in 31): ``hint`` says which. The 类似群 is empty where the table does not vouch for it.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from branding import sounds

TABLE = Path(__file__).parent / "data" / "nice_goods.csv"
MOST = 12
LONGEST = 40
FROZEN = ("冻", "冷冻", "速冻", "急冻", "冰冻", "冰鲜")
ALIVE_OR_FRESH = 31  # class 31: live animals, fresh fruit and vegetables, seeds


@dataclass(frozen=True, slots=True)
class Good:
    """One everyday word in one edition; ``also`` are dialect and second names."""

    word: str
    also: tuple[str, ...]
    nice_class: int
    item: str
    group: str
    hint: str
    valid_from: date
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.word, *self.also)

    @property
    def key(self) -> str:
        """How a form names it: "29:木耳"."""
        return f"{self.nice_class}:{self.word}"


@lru_cache(maxsize=1)
def rows() -> tuple[Good, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(_good(row) for row in csv.DictReader(file))


def _good(row: dict[str, str]) -> Good:
    return Good(
        word=row["word"],
        also=tuple(row["also"].split()),
        nice_class=int(row["nice_class"]),
        item=row["item"],
        group=row["group"],
        hint=row["hint"],
        valid_from=date.fromisoformat(row["valid_from"]),
        source=row["source"],
    )


@lru_cache(maxsize=32)
def goods_on(on: date) -> tuple[Good, ...]:
    """The rows in force that day: of each word those of its newest edition."""
    begun = [row for row in rows() if row.valid_from <= on]
    newest: dict[str, date] = {}
    for row in begun:
        newest[row.word] = max(newest.get(row.word, row.valid_from), row.valid_from)
    return tuple(row for row in begun if row.valid_from == newest[row.word])


def good_of(key: str, on: date) -> Good | None:
    """ "29:木耳" → its row that day."""
    return next((row for row in goods_on(on) if row.key == key), None)


def find(text: str, on: date, most: int = MOST) -> list[Good]:
    """What a typed text may mean: the word itself first, then longer words, then words inside the text.

    Letters are read as pinyin or initials: ``heimuer`` and ``hme`` find 黑木耳.
    """
    wanted = sounds.plain(text)[:LONGEST]
    if not wanted:
        return []
    look = _rank_of_letters if sounds.is_latin(wanted) else _rank
    frozen = is_frozen(wanted)
    there = [row for row in goods_on(on) if not (frozen and row.nice_class == ALIVE_OR_FRESH)]
    ranked = [(rank, order, row) for order, row in enumerate(there) if (rank := look(wanted, row)) is not None]
    if frozen and not ranked:  # 冻鲫鱼: 鲫鱼 stands there alive only, 鱼 does not
        ranked = [((5, 0), order, row) for order, row in enumerate(there) if wanted[-1] in row.names]
    ranked.sort(key=lambda found: found[:2])
    return [row for _rank_, _order, row in ranked[:most]]


def is_frozen(wanted: str) -> bool:
    """冻鲫鱼, 速冻玉米: no longer alive or fresh. 冻干 is dried."""
    return wanted.startswith(FROZEN) and not wanted.startswith("冻干")


def names_on(on: date) -> Iterable[tuple[str, Good]]:
    """Every word and second name with its row."""
    return ((name, row) for row in goods_on(on) for name in row.names)


def _rank(wanted: str, row: Good) -> tuple[int, int] | None:
    """Smaller is nearer; None is no match."""
    return min(
        (rank for place, name in enumerate(row.names) if (rank := _nearness(wanted, name, place))),
        default=None,
    )


def _nearness(wanted: str, name: str, place: int) -> tuple[int, int] | None:
    if wanted == name:
        return (0, place)
    if name.startswith(wanted):
        return (1, len(name))
    if wanted.endswith(name) and len(name) > 1:  # 东宁黑木耳 ends with what it is
        return (2, -len(name))
    if wanted in name:
        return (3, len(name))
    if name in wanted and len(name) > 1:
        return (4, -len(name))
    return None


def _rank_of_letters(wanted: str, row: Good) -> tuple[int, int] | None:
    found = [
        (rank, len(name))
        for name in row.names
        for rank, heard in enumerate(_heard(name))
        if heard == wanted or (len(wanted) > 1 and heard.startswith(wanted))
    ]
    exact = [(rank, 0) for name in row.names for rank, heard in enumerate(_heard(name)) if heard == wanted]
    return min(exact or [(rank + 2, length) for rank, length in found], default=None)


@lru_cache(maxsize=4096)
def _heard(name: str) -> tuple[str, str]:
    return (sounds.toneless(name), sounds.initials(name))
