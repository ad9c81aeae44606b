"""Both engines over the same generated listings: ``python -m tests.bench.engines [COUNT]``.

For every query of a mix: our whole call (read, asked, ranked, counted in five facets, fetched, marked) beside the
engine's own query: the very statements or request our engine made, sent again bare. For Elasticsearch also what
one would write by hand: a ``match`` ranked by the server's BM25, with the same facets and twenty hits.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests import database
from tests.bench import search as goods
from tests.bench.table import show

COUNT = 100_000
ROUNDS = 10
LOT = 500


def main(count: int) -> None:
    database.start_server()
    try:
        with tempfile.TemporaryDirectory(prefix="jieti-bench-") as folder:
            _measure(count, Path(folder))
    finally:
        database.stop_server()


def _measure(count: int, folder: Path) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from tests.prove.conftest import make_node

    connections["default"].settings_dict["NAME"] = database.clone("bench_engines")
    began = time.perf_counter()
    goods.fill(count)
    print(f"{count} listings written in {time.perf_counter() - began:.0f} s")
    goods._settle()
    node = make_node(folder / "node", heap="512m", java_options="").start()
    try:
        settings.ELASTICSEARCH_URLS = [node.url]
        settings.ELASTICSEARCH_PREFIX = "bench-"
        _index(count)
        for name, engine, own in _engines():
            _ask(name, engine, own)
        _by_hand()
    finally:
        node.kill()
        connections.close_all()


# --- indexing ----------------------------------------------------------------------------------------


def _index(count: int) -> None:
    """Our rebuild against the bare bulk of the same documents into an index of the same kind."""
    from search import rebuilding
    from search.engines import elastic_client, elastic_index

    began = time.perf_counter()
    rebuilding.run(rebuilding.begin())
    ours = time.perf_counter() - began
    index = rebuilding.live()
    client = elastic_client.client()
    bare, last = 0.0, 0
    body = elastic_index.index_body(index, 1)
    body["settings"]["refresh_interval"] = "-1"
    client.indices.create(index="bare", settings=body["settings"], mappings=body["mappings"])
    while rows := elastic_index.rows_where("i.listing_id > %s ORDER BY i.listing_id LIMIT %s", [last, LOT]):
        lines: list = []
        for row in rows:
            lines += [{"index": {"_index": "bare"}}, elastic_index.document(row, index.average_length)]
        began = time.perf_counter()
        client.bulk(operations=lines)
        bare += time.perf_counter() - began
        last = rows[-1]["listing"]
    client.indices.delete(index="bare")
    client.options(request_timeout=600).indices.forcemerge(index=index.name, max_num_segments=1)
    show(
        f"Indexing {count} listings",
        [
            ("Elasticsearch, rebuilt from the tables", f"{count / ours:.0f}/s"),
            ("bare bulk of the same documents", f"{count / bare:.0f}/s"),
            ("ratio (aim 0.5)", f"{bare / ours:.2f}"),
        ],
    )


# --- asking ------------------------------------------------------------------------------------------


def _engines():
    from search.engines.elasticsearch import ElasticsearchEngine
    from search.engines.postgres import PostgresEngine

    yield "Elasticsearch", ElasticsearchEngine(patience=30), _own_request
    yield "PostgreSQL", PostgresEngine(), _own_statements


def _own_request(engine, query):
    """The last request the engine made, ready to be sent again."""
    from search.engines import elastic_client

    bodies: list = []
    ask = engine.ask
    engine.ask = lambda body: bodies.append(body) or ask(body)
    try:
        engine.search(query)
    finally:
        del engine.ask
    client = elastic_client.client().options(request_timeout=30)
    return lambda: [client.search(index=engine.alias, body=body) for body in bodies]


def _own_statements(engine, query):
    """What the engine said to the tables of listings."""
    from django.db import connection

    said: list = []

    def hear(execute, sql, params, many, context):
        if "search_listingindex" in sql:
            said.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        engine.search(query)

    def again():
        with connection.cursor() as cursor:
            for sql, params in said:
                cursor.execute(sql, params)
                cursor.fetchall()

    return again


def _ask(name, engine, own_of) -> None:
    from search import finding
    from search.finding import find, query_of
    from search.forms import Wish
    from search.reading import read

    finding.engine = lambda: engine
    whole: list[float] = []
    own: list[float] = []
    print(f"\n{name}\n{'query':<18}{'total':>9}{'whole ms':>12}{'own ms':>10}")
    for text in goods.MIX:
        wish = Wish(q=text)
        again = own_of(engine, query_of(wish, read(text)))
        found = find(wish)
        again()
        ours, theirs = [], []
        for turn in range(ROUNDS):  # in turn, so that a busy moment meets both
            pair = [(ours, lambda wish=wish: find(wish)), (theirs, again)]
            for times, call in pair if turn % 2 else reversed(pair):  # whoever is second finds warm caches
                times.append(goods._ms(call))
        whole += ours
        own += theirs
        about = "~" * found.answer.approximate
        print(f"{text or '(all)':<18}{about + str(found.answer.total):>9}{min(ours):>12.1f}{min(theirs):>10.1f}")
    _figures(f"{name}: our whole call", whole)
    _figures(f"{name}: its own query", own)
    p50, p99 = (_at(whole, percent) / _at(own, percent) for percent in (50, 99))
    print(f"{name}: ratio at p50 {p50:.2f}, at p99 {p99:.2f} (aim 1.2)")


def _by_hand() -> None:
    """``match`` on the words of the whole query, ranked by the server, with the facets."""
    from search import words
    from search.engines import elastic_client
    from search.engines.elasticsearch import ElasticsearchEngine
    from search.reading import read

    engine, client = ElasticsearchEngine(), elastic_client.client().options(request_timeout=30)
    facets = {name: {"terms": {"field": name, "size": 200}} for name in ("county", "category", "in_stock")}
    times: list[float] = []
    for text in goods.MIX:
        said = " ".join(words.words(read(text).text))
        query = {"match": {"words": {"query": said, "operator": "and"}}} if said else {"match_all": {}}
        shown = {"bool": {"must": [query], "filter": [{"term": {"shown": True}}]}}
        for _round in range(ROUNDS):
            began = time.perf_counter()
            client.search(index=engine.alias, query=shown, aggs=facets, size=20, track_total_hits=True)
            times.append((time.perf_counter() - began) * 1000)
    _figures("Elasticsearch: a match by hand, with facets", times)


def _figures(name: str, times: list[float]) -> None:
    figures = ", ".join(f"p{percent} {_at(times, percent):.1f} ms" for percent in (50, 95, 99))
    print(f"{name}: {figures}")


def _at(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
