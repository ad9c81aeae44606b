"""Which engine answers: Elasticsearch where one is named and well, PostgreSQL otherwise, at once."""

from dataclasses import replace

from search import feed
from search.engines import breaker, elastic_client
from search.engines.elasticsearch import WHOLE, ElasticsearchEngine
from search.engines.postgres import AFTER_ALL, PostgresEngine
from search.ports import ELASTICSEARCH, POSTGRES, Answer, Engine, Query


def engine() -> Engine:
    return Guarded() if feed.configured() else PostgresEngine()


class Guarded:
    """Elasticsearch, with PostgreSQL behind it."""

    def search(self, query: Query) -> Answer:
        if not breaker.is_built():
            return PostgresEngine().search(_for(POSTGRES, query))
        if breaker.may_try():
            try:
                answer = ElasticsearchEngine().search(_for(ELASTICSEARCH, query))
            except elastic_client.TROUBLES as trouble:
                breaker.failed(trouble)
            else:
                breaker.worked()
                return answer
        return replace(PostgresEngine().search(_for(POSTGRES, query)), stand_in=True)


def _for(engine: str, query: Query) -> Query:
    """A page begun in one engine goes on in the other where the scores meet: both reckon them alike.

    They round in their own ways, so a listing on the seam may be seen twice; that is rather than none.
    """
    after = query.after
    if after is None or after.engine == engine:
        return query
    key = after.key
    if query.sort == "relevance" and query.text:
        key = -(-key // WHOLE) if engine == POSTGRES else (key + 1 + AFTER_ALL * (key < 0)) * WHOLE
    return replace(query, after=replace(after, key=key, engine=engine))
