# ruff: noqa: S608  statements are joined from our own texts; every value is a parameter
"""BM25 over fields, as SQL: how much a term weighs by where it stands, how rare it is, how long the text.

The tsvector keeps one place per term with its label (A title, B about it, D description), so a term's
frequency is the weight of the best place it stands in. Listings are short; a term said ten times in a
description is no better an answer. https://doi.org/10.1561/1500000019 (BM25F).
"""

import math
from typing import Any

from search import lexicon, words
from search.documents import quoted

K1, B = 1.2, 0.5
TITLE, ABOUT, DESCRIPTION = 3.0, 1.5, 0.7
LABELS = f"{{{DESCRIPTION / TITLE:.4f}, 0, {ABOUT / TITLE:.4f}, 1}}"  # D, C, B, A, as ts_rank takes them
RANK_OF_ONE = 1.64493406685  # ts_rank divides by this; undone, it is the label's own weight
PART, SINGLE = 0.5, 0.15  # beside a whole word's 1
ALL_WORDS = 1_000_000  # puts every listing with all words before those with some; twice, if it is about them
SCALE = 1000  # scores are whole numbers, so that pages can be told apart exactly


def bm25(
    asked: words.Asked, every_word: str, about_every: str, *, listings: int, average: float
) -> tuple[str, tuple[Any, ...]]:
    """The expression and its values; ``i`` is the index table."""
    weights = weights_of(asked)
    known = lexicon.document_frequencies(list(weights))
    texts: list[str] = []
    values: list[Any] = [about_every, every_word]
    for term, weight in weights.items():
        best = weight * idf(known.get(term, 0), listings) * (K1 + 1)
        frequency = f"{TITLE * RANK_OF_ONE:.6f} * ts_rank('{LABELS}', i.tsv, %s::tsquery)"
        texts.append(f"{best:.6f} * (1 - norm.n / (norm.n + {frequency}))")  # tf / (tf + n), read once
        values.append(quoted(term))
    norm = f"(SELECT {K1 * (1 - B):.6f} + {K1 * B / max(average, 1.0):.6f} * i.length AS n)"
    score = (
        f"(SELECT (CASE WHEN i.tsv @@ %s::tsquery THEN {2 * ALL_WORDS}"
        f" WHEN i.tsv @@ %s::tsquery THEN {ALL_WORDS} ELSE 0 END"
        f" + round({SCALE} * ({' + '.join(texts)}) * i.standing / 1000.0))::bigint FROM {norm} norm)"
    )
    return score, tuple(values)


def weights_of(asked: words.Asked) -> dict[str, float]:
    """Each term once, by its heaviest part in the query."""
    weights = {unit.word: 1.0 for unit in asked.units}
    for part in asked.parts:
        weights.setdefault(part, PART)
    for single in asked.singles:
        weights.setdefault(single, SINGLE)
    return dict(list(weights.items())[:MOST_TERMS])


MOST_TERMS = 60  # a whole paragraph as a query is answered by its first words


def idf(df: int, listings: int) -> float:
    df = min(max(df, 1), max(listings, 1))
    return math.log(1 + (max(listings, 1) - df + 0.5) / (df + 0.5))
