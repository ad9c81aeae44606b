"""The engines under test: how each is asked, and how it hears of what was published."""

import os
import uuid

from django.conf import settings

from kernel import outbox
from search import rebuilding
from search.engines import breaker, elastic_client
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.postgres import PostgresEngine
from search.models import EngineIndex

RUNNING = "JIETI_TEST_ELASTICSEARCH"  # the address of a node that tests may use


class Postgres:
    name = "postgresql"

    def __init__(self):
        self.engine = PostgresEngine()

    def settle(self):
        """Nothing to wait for: the index is written with the listing."""

    def search(self, query):
        return self.engine.search(query)


class Elastic:
    name = "elasticsearch"

    def __init__(self, patience=20.0):
        self.engine = ElasticsearchEngine(patience=patience)

    def settle(self):
        """Empty the outbox, and let the engine show what it was told."""
        while outbox.relay_once():
            pass
        assert not outbox.OutboxRow.objects.filter(kind="search.index").exclude(state="done").exists()
        index = rebuilding.live()
        elastic_client.client().indices.refresh(index=index.name)

    def search(self, query):
        return self.engine.search(query)


def fresh_index(settings, url, shards=1):
    """An index of its own for one test; what publishes from now on is told to it."""
    settings.ELASTICSEARCH_URLS = url.split(",")
    settings.ELASTICSEARCH_PREFIX = f"t{uuid.uuid4().hex[:12]}-"
    settings.ELASTICSEARCH_SHARDS = shards
    breaker.forget()
    rebuilding.run(rebuilding.begin())
    breaker.forget()


def drop_indices():
    """What the test made, by name."""
    names = [f"{settings.ELASTICSEARCH_PREFIX}listings-v{number}" for number in range(1, 9)]
    elastic_client.client().indices.delete(index=names, ignore_unavailable=True)
    EngineIndex.objects.filter(prefix=settings.ELASTICSEARCH_PREFIX).delete()


def running_node():
    return os.environ.get(RUNNING, "")
