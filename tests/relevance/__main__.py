"""``make relevance``: how well what is found is what was meant. ``make relevance DATA=folder``: over any collection."""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

NODE = os.environ.get("ELASTICSEARCH_URL", "")  # before the tests' own surroundings forget it

from tests import database  # noqa: E402
from tests.relevance import collection, judged, province  # noqa: E402
from tests.relevance.baselines import BigramBm25, PlainVector, WholePhrase  # noqa: E402
from tests.relevance.measures import DEPTH, Quality, kappa, quality, weighted_kappa  # noqa: E402

POSTGRES, ELASTIC = "the PostgreSQL engine", "the Elasticsearch engine"


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
    answers = collection.ask(ids, asked)
    spent = time.perf_counter() - written
    print(f"{len(asked)} queries in {spent:.0f} s, {1000 * spent / max(len(asked), 1):.1f} ms each; {_load()}")
    held = [collection.is_held_out(query) for query, _grades in asked]
    halves = {side: [one for one, out in zip(answers, held, strict=True) if out is side] for side in (False, True)}
    _head()
    _row(f"{len(halves[False])} that may be tuned on", quality(halves[False]))
    _row(f"{len(halves[True])} held out", quality(halves[True]))
    found = quality(answers)
    _row(POSTGRES, found)
    return found.as_json()


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _province() -> dict[str, float]:
    known, held = judged.first(), judged.held_out()
    _agreement("the first judge, read again", judged.second())
    _agreement("another judge, not knowing the grades", judged.other_judge())
    shelf = province.fill()
    goods = {listing: good for good, listing in shelf.items()}
    texts = {good: province.text_of(good) for good in shelf}
    rows: dict[str, tuple[Quality, Quality]] = {}
    answers: dict[str, dict[str, list[str]]] = {}
    plain = [(search.name, search.search) for search in (WholePhrase(texts), PlainVector(texts), BigramBm25(texts))]
    for name, search in chain(plain, _engines(goods)):  # one after another: an index goes when its turn is over
        answers[name] = {query: search(query) for query in (*known, *held)}
        rows[name] = (_over(known, answers[name]), _over(held, answers[name]))
    for number, (title, queries) in enumerate({"known while the tables grew": known, "held out": held}.items()):
        print(f"\n{title}: {len(queries)} queries, {sum(map(len, queries.values()))} goods graded above 0", end="")
        _head()
        for name, qualities in rows.items():
            _row(name, qualities[number])
    if ELASTIC in answers:
        _overlap(answers[POSTGRES], answers[ELASTIC])
    return rows[POSTGRES][0].as_json() | {
        f"held_out_{name}": value for name, value in rows[POSTGRES][1].as_json().items()
    }


def _agreement(who: str, again: judged.Pairs) -> None:
    one, other = judged.grades_of_both(again)
    kept = [(a, b) for a, b in zip(one, other, strict=True) if a or b]
    some, others = [a for a, _b in kept], [b for _a, b in kept]
    print(
        f"{who}: {len(one)} pairs, weighted kappa {weighted_kappa(one, other):.2f}, Cohen's {kappa(one, other):.2f}; "
        f"of {len(kept)} that either calls something {weighted_kappa(some, others):.2f} and {kappa(some, others):.2f}"
    )


def _overlap(one: dict[str, list[str]], other: dict[str, list[str]]) -> None:
    """Of the first ten of both engines."""
    number = len(one)
    shared = [len({*one[query]} & {*other[query]}) / max(len(one[query]), len(other[query]), 1) for query in one]
    shared = [1.0 if not (one[query] or other[query]) else share for query, share in zip(one, shared, strict=True)]
    first = sum(one[query][:1] == other[query][:1] for query in one)
    same = sum(one[query] == other[query] for query in one)
    print(
        f"\nboth engines over {number} queries: top-{DEPTH} overlap {sum(shared) / number:.4f}, "
        f"the same first result {first} times, the same {DEPTH} in the same order {same} times"
    )


def _engines(goods: dict[int, str]):
    from search.engines.postgres import PostgresEngine

    yield POSTGRES, _asking(PostgresEngine(), goods)
    if NODE:
        from django.conf import settings

        from tests.search import engines

        engines.fresh_index(settings, NODE)  # filled from what is published
        yield ELASTIC, _asking(engines.Elastic().engine, goods)
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


def _over(queries: dict[str, dict[str, int]], found: dict[str, list[str]]) -> Quality:
    return quality([(grades, found[query]) for query, grades in queries.items()])


def _head() -> None:
    print(f"\n{'':<28}{f'nDCG@{DEPTH}':>10}{f'recall@{DEPTH}':>12}{f'MRR@{DEPTH}':>10}")


def _row(name: str, found: Quality) -> None:
    print(f"{name:<28}{found.ndcg:>10.3f}{found.recall:>12.3f}{found.mrr:>10.3f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
