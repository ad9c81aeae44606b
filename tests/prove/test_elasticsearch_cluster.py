"""Three nodes, one of them killed with ``kill -9`` under writes and searches: nothing acknowledged is lost, no search fails.

``make cluster`` shows the table. About two gigabytes of memory while it runs.
"""

import statistics
import threading
import time

import pytest
from django.db import connections

from kernel.outbox import NotNow
from search import rebuilding, telling
from search.engines import elastic_client
from search.engines.elasticsearch import ElasticsearchEngine
from search.ports import Query
from tests.bench.table import show
from tests.prove.conftest import QUICK_START, elastic_server, free_ports
from tests.search import engines

DOCUMENTS = 12_000
LOT = 200
PATIENCE = 20.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    from config.elastic_node import Node

    server, folder = elastic_server(), tmp_path_factory.mktemp("cluster")
    ports = free_ports(6)
    peers = {f"node-{number}": ports[number + 2] for number in (1, 2, 3)}
    password = "cluster-of-the-tests"
    nodes = [
        Node(
            server,
            folder / name,
            ports[at],
            transport,
            name,
            peers,
            heap="400m",
            java_options=QUICK_START,
            password=password,
        )
        for at, (name, transport) in enumerate(peers.items())
    ]
    began = time.monotonic()
    try:
        for node in nodes:
            node.launch()
        for node in nodes:
            node.wait(nodes=3)
        print(f"\nthree nodes formed in {time.monotonic() - began:.0f} s")
        yield nodes
    finally:
        for node in nodes:
            node.kill()


def document(number):
    return {
        "withdrawn": False, "shown": True, "county": "230184", "product": number, "listing": number,
        "category": "grain.rice", "categories": ["grain", "grain.rice"], "price_fen": 100 + number,
        "in_stock": True, "published": number, "standing": 1000, "length": 10, "version": number + 1,
        "checksum": number, "title": f"大米 n{number}", "told": "五常", "rest": "",
        "lift_words": 0.3, "lift_about": 0.2, "lift_title": 0.1,
    }  # fmt: skip


class Writer(threading.Thread):
    """Writes on through the loss, and remembers what was acknowledged."""

    def __init__(self, index):
        super().__init__(daemon=True)
        self.index, self.acknowledged, self.waited, self.trouble = index, [], 0, None

    def run(self):
        try:
            for first in range(0, DOCUMENTS, LOT):
                self.send([document(number) for number in range(first, first + LOT)])
        except Exception as trouble:
            self.trouble = trouble
        finally:
            connections.close_all()

    def send(self, documents):
        """As the outbox does: what cannot be now is sent again."""
        for _time in range(60):
            try:
                troubles = telling.send(documents, self.index)
            except NotNow:
                troubles = {"all": NotNow("away")}
            if not troubles:
                self.acknowledged += [one["product"] for one in documents]
                return
            self.waited += 1
            time.sleep(0.5)
        raise AssertionError(f"never taken: {troubles}")


class Searcher(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.ended, self.times, self.failed = threading.Event(), [], []

    def run(self):
        engine = ElasticsearchEngine(patience=PATIENCE)
        while not self.ended.is_set():
            began = time.monotonic()
            try:
                engine.search(Query(text="大米"))
            except elastic_client.TROUBLES as trouble:
                self.failed.append(trouble)
            self.times.append(time.monotonic() - began)
            time.sleep(0.02)
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_killed_node_costs_nothing(cluster, settings, monkeypatch):
    monkeypatch.setattr(telling, "PATIENCE", PATIENCE)
    engines.fresh_index(settings, ",".join(node.url for node in cluster), shards=2)
    index = rebuilding.live()
    client = elastic_client.client()
    client.cluster.health(index=index.name, wait_for_status="green", timeout="60s")
    victim = holder_of_a_primary(client, index, cluster)
    searchers, writer = [Searcher(), Searcher()], Writer(index)
    for thread in (*searchers, writer):
        thread.start()
    while len(writer.acknowledged) < DOCUMENTS // 3 and writer.is_alive():
        time.sleep(0.02)
    victim.kill()
    killed_at, before = time.monotonic(), len(writer.acknowledged)
    writer.join(240)
    wrote_for = time.monotonic() - killed_at
    time.sleep(1)
    for thread in searchers:
        thread.ended.set()
        thread.join(60)
    client.options(request_timeout=60).indices.refresh(index=index.name)
    kept = ElasticsearchEngine(patience=PATIENCE).search(Query(text="大米")).total
    times = [one for thread in searchers for one in thread.times]
    failed = [one for thread in searchers for one in thread.failed]
    show(
        "A cluster of three nodes, one killed with kill -9",
        [
            ("the killed node held", f"a primary of {index.name[-11:]}"),
            ("acknowledged before the kill / in all", f"{before} / {len(writer.acknowledged)}"),
            ("found afterwards", str(kept)),
            ("lost", str(len(writer.acknowledged) - kept)),
            ("lots that had to be sent again", str(writer.waited)),
            ("the rest was written in", f"{wrote_for:.1f} s"),
            ("searches meanwhile, failed", f"{len(times)}, {len(failed)}"),
            ("search p50, longest", f"{statistics.median(times) * 1000:.0f} ms, {max(times):.1f} s"),
        ],
    )
    assert writer.trouble is None
    assert before < DOCUMENTS
    assert len(writer.acknowledged) == kept == DOCUMENTS
    assert failed == []
    nodes = client.cluster.health(wait_for_nodes="2", wait_for_status="green", timeout="60s")["number_of_nodes"]
    assert nodes == 2


def holder_of_a_primary(client, index, cluster):
    shards = client.cat.shards(index=index.name, format="json").body
    name = next(shard["node"] for shard in shards if shard["prirep"] == "p")
    return next(node for node in cluster if node.name == name)
