"""How a text is read and sounds: its plain signs, its Latin words, its pinyin with and without tones.

``data/hanzi_variants.csv`` holds the facts of Unicode's Unihan database (kSimplifiedVariant; kZVariant and
kSemanticVariant where both sound alike and Big5 or JIS has the sign) for hanzi of GB 2312, and a few written in
Hong Kong, Taiwan or Japan. A hanzi that is itself in use here (乾 in 乾安, 喆 and 昇 in names) folds to nothing.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

VARIANTS = Path(__file__).parent / "data" / "hanzi_variants.csv"
LONGEST = 60
# A stretch of Latin words, and the words in it: HaErBin is three, Xi'an is one.
STRETCH = re.compile(r"[A-Za-z](?:[\s'\u2019\u00b7.\-_]*[A-Za-z])*")
WORD = re.compile(r"(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+)(?:['\u2019][a-z]+)*")
MOST_JOINED = 6


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    with VARIANTS.open(encoding="utf-8", newline="") as file:
        return {ord(sign): row["simplified"] for row in csv.DictReader(file) for sign in row["traditional"]}


def plain(text: str) -> str:
    """Compatibility forms and traditional hanzi folded, small letters, letters and digits only, at most 60 of them."""
    folded = unicodedata.normalize("NFKC", text[: LONGEST * 4]).casefold().translate(_simplified())
    return "".join(sign for sign in folded if sign.isalnum())[:LONGEST]


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring Latin words of a text written as one; ``words`` of them from ``begin`` of the ``stretch``."""

    text: str
    stretch: tuple[str, ...]
    begin: int
    words: int

    @property
    def end(self) -> int:
        return self.begin + self.words


def latin_runs(text: str) -> Iterator[Run]:
    """Every Latin word and every few neighbours joined, the longest first: Hei Long Jiang Rice → heilongjiang, rice."""
    signs = unicodedata.normalize("NFKD", text[: LONGEST * 4])
    bare = "".join(sign for sign in signs if not unicodedata.combining(sign))[: LONGEST * 4]
    for found in STRETCH.findall(bare):
        stretch = tuple(word.casefold() for word in WORD.findall(found))
        for words in range(min(MOST_JOINED, len(stretch)), 0, -1):
            for begin in range(len(stretch) - words + 1):
                joined = "".join(stretch[begin : begin + words])
                yield Run(re.sub(r"\W", "", joined), stretch, begin, words)


def is_latin(text: str) -> bool:
    return bool(text) and text.isascii()


@lru_cache(maxsize=20_000)
def toned(text: str) -> str:
    """山椴语 → shan1duan4yu3; what is no hanzi stays as it is."""
    from pypinyin import Style

    return "".join(_syllables(text, Style.TONE3))


@lru_cache(maxsize=20_000)
def toneless(text: str) -> str:
    """山椴语 → shanduanyu."""
    from pypinyin import Style

    return "".join(_syllables(text, Style.NORMAL))


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """山椴语 → sdy."""
    from pypinyin import Style

    return "".join(one[0] for one in _syllables(text, Style.NORMAL) if one)


def _syllables(text: str, style: Any) -> list[str]:
    from pypinyin import lazy_pinyin

    return lazy_pinyin(text, style=style, v_to_u=False, neutral_tone_with_five=True)
