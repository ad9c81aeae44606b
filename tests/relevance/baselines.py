"""What the engines are compared with: the three searches somebody would build first."""

import math
from collections import Counter
from itertools import pairwise

from tests.relevance.measures import DEPTH


class WholePhrase:
    """``ILIKE '%query%'`` over all that is written about a good."""

    name = "whole-phrase ILIKE"

    def __init__(self, texts: dict[str, str]) -> None:
        _table("phrases", "good text, text text", list(texts.items()))

    def search(self, query: str) -> list[str]:
        escaped = query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return _ask("SELECT good FROM phrases WHERE text ILIKE %s ORDER BY good LIMIT %s", [f"%{escaped}%", DEPTH])


class PlainVector:
    """A tsvector of segmented words, ``plainto_tsquery`` and ``ts_rank``."""

    name = "plain tsvector on words"

    def __init__(self, texts: dict[str, str]) -> None:
        from search import words

        rows = [(good, " ".join(words.words(text))) for good, text in texts.items()]
        _table("vectors", "good text, text text", rows)

    def search(self, query: str) -> list[str]:
        from search import words

        return _ask(
            "SELECT good FROM vectors, plainto_tsquery('simple', %s) asked WHERE to_tsvector('simple', text) @@ asked"
            " ORDER BY ts_rank(to_tsvector('simple', text), asked) DESC, good LIMIT %s",
            [" ".join(words.words(query)), DEPTH],
        )


class BigramBm25:
    """BM25 (k1 1.2, b 0.75) over pairs of characters, by the book."""

    name = "BM25 on bigrams"

    def __init__(self, texts: dict[str, str]) -> None:
        self.terms = {good: Counter(_pairs(text)) for good, text in texts.items()}
        self.length = {good: sum(terms.values()) for good, terms in self.terms.items()}
        self.average = sum(self.length.values()) / max(len(texts), 1)
        self.df = Counter(term for terms in self.terms.values() for term in terms)

    def search(self, query: str) -> list[str]:
        scores = {good: self._score(good, _pairs(query)) for good in self.terms}
        return sorted((good for good, score in scores.items() if score), key=lambda good: (-scores[good], good))[:DEPTH]

    def _score(self, good: str, asked: list[str]) -> float:
        norm = 1.2 * (0.25 + 0.75 * self.length[good] / self.average)
        terms, number = self.terms[good], len(self.terms)
        return sum(
            math.log(1 + (number - self.df[term] + 0.5) / (self.df[term] + 0.5))
            * terms[term]
            * 2.2
            / (terms[term] + norm)
            for term in asked
            if term in terms
        )


def _pairs(text: str) -> list[str]:
    from search import words

    return [first + second for run in words.runs(text) for first, second in pairwise(run)]


def _table(name: str, columns: str, rows: list[tuple[str, str]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {name} ({columns})")
        cursor.executemany(f"INSERT INTO {name} VALUES (%s, %s)", rows)


def _ask(sql: str, values: list) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]
