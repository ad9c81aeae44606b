"""``make relevance``: how well what is found is what was meant. ``make relevance DATA=folder``: over any collection."""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

NODE = os.environ.get("ELASTICSEARCH_URL", "")  # before the tests' own surroundings forget it

from tests import database  # noqa: E402
from tests.relevance import collection, judged, province  # noqa: E402
from tests.relevance.baselines import BigramBm25, PlainVector, WholePhrase  # noqa: E402
from tests.relevance.measures import DEPTH, Quality, kappa, quality  # noqa: E402


def main(folder: str) -> None:
    with _database():
        found = _collection(Path(folder)) if folder else _province()
    print(json.dumps(found))


@contextmanager
def _database():
    database.start_server()
    try:
        import django

        django.setup()
        from django.db import connections

        connections["default"].settings_dict["NAME"] = database.clone("relevance")
        yield
        connections.close_all()
    finally:
        database.stop_server()


def _collection(folder: Path) -> dict[str, float]:
    ids, texts, asked = collection.read(folder)
    began = time.perf_counter()
    collection.write(texts)
    written = time.perf_counter()
    print(f"{len(texts)} texts written in {written - began:.0f} s", flush=True)
    found = collection.ask(ids, asked)
    spent = time.perf_counter() - written
    print(f"{len(asked)} queries in {spent:.0f} s, {1000 * spent / max(len(asked), 1):.1f} ms each")
    _head()
    _row("the PostgreSQL engine", found)
    return found.as_json()


def _province() -> dict[str, float]:
    queries = judged.first()
    one, other = judged.grades_of_both()
    print(f"{len(queries)} queries, {sum(map(len, queries.values()))} goods graded above 0")
    print(
        f"read again: {len(one)} pairs, Cohen's kappa {kappa(one, other):.2f}, without 0-0 {_without_nothing(one, other):.2f}"
    )
    shelf = province.fill()
    goods = {listing: good for good, listing in shelf.items()}
    texts = {good: province.text_of(good) for good in shelf}
    _head()
    for search in (WholePhrase(texts), PlainVector(texts), BigramBm25(texts)):
        _row(search.name, _over(queries, search.search))
    found = None
    for name, search in _engines(goods):
        quality_of = _over(queries, search)
        found = found or quality_of
        _row(name, quality_of)
    return found.as_json()


def _engines(goods: dict[int, str]):
    from search.engines.postgres import PostgresEngine

    yield "the PostgreSQL engine", _asking(PostgresEngine(), goods)
    if NODE:
        from django.conf import settings

        from tests.search import engines

        engines.fresh_index(settings, NODE)  # filled from what is published
        yield "the Elasticsearch engine", _asking(engines.Elastic().engine, goods)
        engines.drop_indices()


def _asking(engine, goods: dict[int, str]) -> Callable[[str], list[str]]:
    """As a shopper asks: what was written is read first."""
    from search.ports import Query
    from search.reading import read

    def search(text: str) -> list[str]:
        reading = read(text)
        answer = engine.search(Query(text=reading.text, prices=reading.prices, size=DEPTH))
        return [goods[number] for number in answer.listings]

    return search


def _over(queries: dict[str, dict[str, int]], search: Callable[[str], list[str]]) -> Quality:
    return quality([(grades, search(query)) for query, grades in queries.items()])


def _without_nothing(one: list[int], other: list[int]) -> float:
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a or b]
    return kappa([a for a, _b in pairs], [b for _a, b in pairs])


def _head() -> None:
    print(f"\n{'':<28}{f'nDCG@{DEPTH}':>10}{f'recall@{DEPTH}':>12}{f'MRR@{DEPTH}':>10}")


def _row(name: str, found: Quality) -> None:
    print(f"{name:<28}{found.ndcg:>10.3f}{found.recall:>12.3f}{found.mrr:>10.3f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
