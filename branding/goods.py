"""Goods and services in everyday words, with their Nice class: dated, with their source.

木耳 → 29, 大米 → 30, 鲜果 → 31. The same thing may stand in two classes by how it is sold (玉米 milled
in 30, 玉米粒 fresh in 31): ``hint`` says which. The 类似群 is empty where the table does not vouch for it.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from branding import sounds

TABLE = Path(__file__).parent / "data" / "nice_goods.csv"
FROZEN_TABLE = Path(__file__).parent / "data" / "nice_frozen.csv"
MOST = 12
LONGEST = 40
ALIVE_OR_FRESH = 31  # class 31: live animals, fresh fruit and vegetables, seeds
# 冻干 is dried, 抗冻 grows in the cold, 果冻 and 皮冻 are jelly.
FROST = re.compile("[速急冷冰]冻(?!干)|(?<![抗防果皮])冻(?!干|结|$)|冰鲜")


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


Ranked = tuple[tuple[int, int], int, Good]


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
    ranked = [(rank, order, row) for order, row in enumerate(goods_on(on)) if (rank := look(wanted, row)) is not None]
    bare = without_frost(wanted)
    if bare:
        ranked = _when_frozen(ranked, bare, on)
    ranked.sort(key=lambda found: found[:2])
    return list({row.key: row for _rank_, _order, row in ranked}.values())[:most]


def without_frost(wanted: str) -> str:
    """冻鲫鱼 → 鲫鱼, 速冻豆角 → 豆角: no longer alive or fresh. Empty for what is not frozen."""
    return FROST.sub("", wanted) if FROST.search(wanted) else ""


@lru_cache(maxsize=32)
def frozen_on(on: date) -> dict[str, Good | None]:
    """Fresh, live or dried word → what it is when frozen, that day; None where the table of goods has no word."""
    there = {row.word: row for row in goods_on(on) if row.nice_class != ALIVE_OR_FRESH}
    with FROZEN_TABLE.open(encoding="utf-8", newline="") as file:
        begun = [row for row in csv.DictReader(file) if date.fromisoformat(row["valid_from"]) <= on]
    begun.sort(key=lambda row: row["valid_from"])
    return {row["word"]: there.get(row["frozen"]) for row in begun}


def _when_frozen(ranked: Iterable[Ranked], bare: str, on: date) -> list[Ranked]:
    """The same finds, each as what it is when frozen; 冻桃 and 冻狗鱼 are found by 桃 and by 鱼."""
    found = list(ranked)
    found += [((2, 0), order, row) for order, row in enumerate(goods_on(on)) if bare in row.names]
    frozen = frozen_on(on)
    kept: list[Ranked] = []
    for rank, order, row in found:
        becomes = frozen.get(row.word, row)
        if becomes is not None:
            kept.append((rank, order, becomes))
    if not found:
        kept = [((5, 0), order, row) for order, row in enumerate(goods_on(on)) if bare[-1] in row.names]
    return kept


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
