"""Any collection of texts in the PostgreSQL engine: the same analysis, index, lexicon, matching and ranking.

``texts.jsonl`` has {"id", "text"} a line, ``judged.jsonl`` {"query", "relevant": {id: grade}}. A text is a listing
that is all title; nothing else of it says anything. Written by COPY, asked by as many processes as there are cores.
"""

import hashlib
import io
import json
import multiprocessing
import os
from collections.abc import Sequence
from pathlib import Path

from tests.relevance.measures import DEPTH

SHELF = "230184"  # all texts stand on one county's shelf


def read(folder: Path) -> tuple[list[str], list[str], list[tuple[str, dict[str, int]]]]:
    """Ids, texts, and queries with their grades."""
    texts = _lines(folder / "texts.jsonl")
    judged = [
        (line["query"], {str(one): int(grade) for one, grade in line["relevant"].items()})
        for line in _lines(folder / "judged.jsonl")
    ]
    return [str(line["id"]) for line in texts], [line["text"] for line in texts], judged


def _lines(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def write(texts: Sequence[str]) -> None:
    """The n-th text becomes listing n, counted from 1."""
    from django.db import connection

    from search import lexicon, services, words
    from search.documents import text_document

    services.load_categories()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX listing_words")  # made again in one go: ten times faster
        _copy(cursor, "search_listing", LISTING, ([number, *SHELVED] for number in range(1, len(texts) + 1)))
        documents = (text_document(text) for text in texts)
        rows = ([number, length, tsv] for number, (tsv, length) in enumerate(documents, 1))
        _copy(cursor, "search_listingindex", INDEX, ([number, *INDEXED, length, tsv] for number, length, tsv in rows))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE INDEX listing_words ON search_listingindex USING gin (tsv) WITH (fastupdate = off)")
        named = {word[:60] for text in texts for word in words.words(text) if len(word) > 1 and words.is_hanzi(word)}
        _copy(
            cursor,
            "search_term",
            ("term", "kind", "pinyin", "initials"),
            ([word, "word", "", ""] for word in sorted(named)),
        )
    lexicon.count_terms()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


LISTING = (
    "id", "county_code", "county_name", "county_slug", "title", "summary", "description", "producer_name", "place",
    "category_id", "price_fen", "unit", "in_stock", "picture", "badges", "season", "published_at", "hidden", "product_id",
)  # fmt: skip
DAY = "2026-01-01T00:00:00Z"
SHELVED = (SHELF, "", "", "", "", "", "", "", "grain", 0, "", "t", "{}", "[]", "{}", DAY, "f")
INDEX = (
    "listing_id", "county_code", "category_code", "price_fen", "in_stock", "hidden", "published_at", "standing",
    "version", "length", "tsv",
)  # fmt: skip
INDEXED = (SHELF, "grain", 0, "t", "f", DAY, 1000, 0)


def _copy(cursor, table: str, columns: Sequence[str], rows) -> None:
    buffer = io.StringIO()
    for row in rows:
        cells = [*row, row[0]] if table == "search_listing" else row  # its product is numbered like itself
        buffer.write("\t".join(map(_cell, cells)) + "\n")
    buffer.seek(0)
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", buffer)


def _cell(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("\t", " ").replace("\n", " ").replace("\r", " ")


Asked = tuple[str, dict[str, int]]
Answered = tuple[dict[str, int], Sequence[str]]


def is_held_out(query: str) -> bool:
    """Half of any collection's queries, always the same ones: what was tried on the others is told by these."""
    return hashlib.sha256(query.encode()).digest()[0] % 2 == 1


def ask(ids: Sequence[str], judged: Sequence[Asked]) -> list[Answered]:
    """Every query to the engine, cores side by side; the grades and what was found."""
    from django.db import connections

    connections.close_all()
    cores = os.cpu_count() or 1
    with multiprocessing.get_context("fork").Pool(cores) as pool:
        found = pool.map(_found, [query for query, _grades in judged], chunksize=100)
    names = [[ids[number - 1] for number in numbers] for numbers in found]
    return [(grades, one) for (_query, grades), one in zip(judged, names, strict=True)]


def _found(query: str) -> tuple[int, ...]:
    from search.engines.postgres import PostgresEngine
    from search.ports import Query

    return PostgresEngine().search(Query(text=query, size=DEPTH)).listings
