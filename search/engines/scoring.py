# ruff: noqa: S608  statements are joined from our own texts; every value is a parameter
"""BM25 over fields, as SQL: how much a term weighs by where it stands, how rare it is, how long the text.

The tsvector keeps one place per term with its label (A title, B about it, D description), so a term's
frequency is the weight of the best place it stands in. Listings are short; a term said ten times in a
description is no better an answer. https://doi.org/10.1561/1500000019 (BM25F).

A score is read in two steps, because reading every term of every match took most of a search. First each
match gets a rough one: what it was found by, where that stands, how long the text is. Of the best by that
(``postgres.RANKED``) the true score is reckoned.
"""

import math
from typing import Any

from search import words
from search.documents import quoted
from search.lexicon import Told

K1, B = 1.2, 0.5
TITLE, ABOUT, DESCRIPTION = 3.0, 1.5, 0.7
LABELS = f"{{{DESCRIPTION / TITLE:.4f}, 0, {ABOUT / TITLE:.4f}, 1}}"  # D, C, B, A, as ts_rank takes them
RANK_OF_ONE = 1.64493406685  # ts_rank divides by this; undone, it is the label's own weight
# Beside a word's 1. A long word is mostly what its pairs are; letters and digits have no pairs to help them.
LONG, LETTERS, PART, SINGLE = 0.3, 1.9, 0.7, 0.7
SOLD_AS = 1.5  # being the good that was asked for, not only bearing its name: 玉米 is corn before corn oil
ALL_WORDS = 1_000_000  # puts every listing with all words before those with some; twice, if it is about them
SCALE = 1000  # scores are whole numbers, so that pages can be told apart exactly
MOST_TERMS = 60  # a whole paragraph as a query is answered by its first words

Expression = tuple[str, tuple[Any, ...]]


def bm25(asked: words.Asked, told: Told) -> Expression:
    """The score and its values, without the classes of ALL_WORDS; ``i`` is the index table."""
    texts: list[str] = []
    values: list[Any] = []
    for term, best in best_of(asked, told).items():
        frequency = f"{TITLE * RANK_OF_ONE:.6f}::float8 * ts_rank('{LABELS}', i.tsv, %s::tsquery)"
        texts.append(f"{best:.6f}::float8 * (1 - norm.n / (norm.n + {frequency}))")  # tf / (tf + n), read once
        values.append(quoted(term))
    score = (
        f"(SELECT round({SCALE} * ({' + '.join(texts)}) * i.standing / 1000)::bigint"
        f" FROM (SELECT {_norm(told.average)} AS n) norm)"
    )
    return score, tuple(values)


def rough_by_place(asked: words.Asked, *, average: float) -> Expression:
    """A first guess at the score of what has every word: where they stand, the length, the standing."""
    terms = [term for unit in asked.units for term in (unit.word, *unit.pairs)][:MOST_TERMS]
    told = " | ".join(map(quoted, dict.fromkeys(terms)))
    frequency = f"{TITLE * RANK_OF_ONE:.6f}::float8 * ts_rank('{LABELS}', i.tsv, %s::tsquery)"
    return (
        f"round({SCALE} * (1 - {_norm(average)} / ({_norm(average)} + {frequency})) * i.standing / 1000)::bigint",
        (told,),
    )


def rough_by_weight(weight: str, *, average: float) -> str:
    """A first guess at the score of what has some of the words: their weights, the length, the standing."""
    return f"round({SCALE} * {weight} * {TITLE} / ({TITLE} + {_norm(average)}) * i.standing / 1000)::bigint"


def _norm(average: float) -> str:
    """In floating point: as decimal numbers, which literals are, a score took four times as long."""
    return f"({K1 * (1 - B):.6f}::float8 + {K1 * B / max(average, 1.0):.6f}::float8 * i.length)"


def best_of(asked: words.Asked, told: Told) -> dict[str, float]:
    """What each term adds at most."""
    return {term: weight * idf(told.df(term), told.listings) * (K1 + 1) for term, weight in weights_of(asked).items()}


def weights_of(asked: words.Asked) -> dict[str, float]:
    """Each term once, by its heaviest part in the query."""
    weights = {unit.word: _of_word(unit.word) for unit in asked.units}
    for part in asked.parts:
        weights[part] = max(weights.get(part, 0.0), _of_part(part))
    for single in asked.singles:
        weights.setdefault(single, SINGLE)
    return dict(list(weights.items())[:MOST_TERMS])


def _of_word(word: str) -> float:
    if not words.is_hanzi(word):
        return LETTERS
    return {1: SINGLE, 2: 1.0}.get(len(word), LONG)


def _of_part(part: str) -> float:
    if part.startswith("="):
        return SOLD_AS
    return LONG if words.is_hanzi(part) and len(part) > 2 else PART


def idf(df: int, listings: int) -> float:
    df = min(max(df, 1), max(listings, 1))
    return math.log(1 + (max(listings, 1) - df + 0.5) / (df + 0.5))
