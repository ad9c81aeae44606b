"""The whole call a shopper waits for, over the filled country, by both engines.

The mix is that of ``make bench``; every text once before, then in rounds.
"""

import os
import shutil
import statistics
import time

from tests.china.ledger import Ledger
from tests.china.place import Place

ROUNDS = 5
HEAP = "2g"


def search(ledger: Ledger) -> None:
    """By PostgreSQL, with the processor time of ours and of its process."""
    from tests.bench.search import _cpu, _ms

    walls, spent = _asked(_ms, _cpu)
    _note(ledger, "search", walls)
    _note(ledger, "search_cpu", spent)
    ledger.note(
        search_load=os.getloadavg()[0],
        search_slowest={text or "（全部）": min(times) for text, times in sorted(spent.items(), key=lambda one: -min(one[1]))[:5]},
    )  # fmt: skip


def search_elsewhere(place: Place, ledger: Ledger) -> None:
    """By one Elasticsearch on the same machine, filled from the tables: what such a province would set."""
    from django.conf import settings

    from config.elastic_node import ElasticProblem
    from search import finding, rebuilding
    from search.engines.elasticsearch import ElasticsearchEngine
    from tests.bench.search import _ms
    from tests.prove.conftest import make_node, unpacked_server

    try:
        unpacked_server()
    except ElasticProblem as problem:
        print(f"{problem}\nElasticsearch is left out.", flush=True)
        return
    folder = place.folder / "elasticsearch"
    shutil.rmtree(folder, ignore_errors=True)
    node = make_node(folder, heap=HEAP, java_options="").start()
    kept = finding.engine
    try:
        settings.ELASTICSEARCH_URLS, settings.ELASTICSEARCH_PREFIX = [node.url], "china-"
        began = time.monotonic()
        rebuilding.run(rebuilding.begin())
        ledger.note(elastic_seconds=time.monotonic() - began)
        print(f"Elasticsearch {ledger['elastic_seconds']:.0f} s", flush=True)
        engine = ElasticsearchEngine(patience=60)
        finding.engine = lambda: engine
        (walls,) = _asked(_ms)
        _note(ledger, "elastic", walls)
        ledger.note(elastic_load=os.getloadavg()[0])
    finally:
        finding.engine = kept
        node.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _asked(*clocks) -> list[dict[str, list[float]]]:
    from search.finding import find
    from search.forms import Wish
    from tests.bench.search import MIX

    for text in MIX:
        find(Wish(q=text))
    times: list[dict[str, list[float]]] = [{text: [] for text in MIX} for _clock in clocks]
    for _round in range(ROUNDS):
        for text in MIX:
            for told, clock in zip(times, clocks, strict=True):
                told[text].append(clock(lambda text=text: find(Wish(q=text))))
    return times


def _note(ledger: Ledger, name: str, times: dict[str, list[float]]) -> None:
    every = [one for some in times.values() for one in some]
    ledger.note(**{f"{name}_p50": statistics.median(every), f"{name}_p99": statistics.quantiles(every, n=100)[98]})
