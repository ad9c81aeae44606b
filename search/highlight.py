"""Marks what was searched for, safely: the text is escaped piece by piece, only ``<mark>`` is ours."""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from search import words

PASSAGE = 80
SENTENCE_ENDS = "。！？!?；;\n"


def highlight(text: str, query: str) -> SafeString:
    """The text as HTML with the query's words in ``<mark>``; touching marks are one."""
    folded, origin = _folded(text)
    covered = [False] * len(text)
    for needle in needles(query):
        at = folded.find(needle)
        while at >= 0:
            for place in range(at, at + len(needle)):
                covered[origin[place]] = True
            at = folded.find(needle, at + 1)
    return mark_safe("".join(_pieces(text, covered)))  # noqa: S308  every piece is escaped


def passage(text: str, query: str, length: int = PASSAGE) -> SafeString | None:
    """So many signs of the text around the first of the query's words in it, marked; None where it has none."""
    folded, origin = _folded(text)
    found = [origin[at] for needle in needles(query) if (at := folded.find(needle)) >= 0]
    if not found:
        return None
    first = _start_of_sentence(text, min(found), length // 2)
    last = first + length
    before, after = "…" * (first > 0), "…" * (last < len(text))
    return highlight(f"{before}{text[first:last].strip()}{after}", query)


def _start_of_sentence(text: str, at: int, most: int) -> int:
    """Where the sentence begins that has this sign in it; no more than so many signs before it."""
    earliest = max(at - most, 0)
    ends = [place for place in range(earliest, at) if text[place] in SENTENCE_ENDS]
    return ends[-1] + 1 if ends else earliest


@lru_cache(maxsize=500)
def needles(query: str) -> tuple[str, ...]:
    """Words of the query, and pairs inside its long words; longest first. Asked for with every title of a page."""
    said_for = _said_for()
    found: dict[str, None] = {}
    for unit in words.ask(query).units:
        found |= dict.fromkeys([unit.word, *said_for.get(unit.word, []), *(unit.pairs if len(unit.word) > 2 else ())])
    return tuple(sorted(found, key=len, reverse=True))


@lru_cache(maxsize=1)
def _said_for() -> dict[str, list[str]]:
    said_for: dict[str, list[str]] = {}
    for said, common in words.synonyms().items():
        said_for.setdefault(common, []).append(said)
    return said_for


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text as ``words.plain`` folds it, sign by sign, and where each folded sign came from."""
    if text.casefold() == text and unicodedata.is_normalized("NFKC", text):
        return text, range(len(text))  # as most titles are
    folded: list[str] = []
    origin: list[int] = []
    for at, sign in enumerate(text):
        for one in _folded_sign(sign):
            folded.append(one)
            origin.append(at)
    return "".join(folded), origin


@lru_cache(maxsize=10_000)
def _folded_sign(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).casefold()


def _pieces(text: str, covered: list[bool]) -> list[str]:
    pieces: list[str] = []
    start = 0
    while start < len(text):
        end = start
        while end < len(text) and covered[end] == covered[start]:
            end += 1
        piece = escape(text[start:end])
        pieces.append(f"<mark>{piece}</mark>" if covered[start] else piece)
        start = end
    return pieces
