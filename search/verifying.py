"""Does the second engine hold what the tables hold? Counted, summed, and where they differ compared row by row.

Every document bears a checksum and the number of the row it was made from. Their sums over a county agree in one
request; where they do not, each of its documents is compared whole with the one that should be there, and what
differs is told again with a new number: the engine may know a larger one than the tables (a database put back
from a copy, a document changed by hand), and would refuse the old.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from kernel.models import OutboxRow
from search import feed, telling, versions
from search.engines import elastic_client
from search.engines.elastic_index import CHECKSUM, document, rows_where, tombstone
from search.models import Departed, EngineIndex, ListingIndex

PAGE = 1000
PATIENCE = 60.0  # seconds a request over a whole index may take
MOST_COUNTIES = 4000

OURS = f"""
SELECT i.county_code, count(*), count(*) FILTER (WHERE NOT i.hidden), sum({CHECKSUM})::bigint, sum(i.version)::bigint
  FROM search_listingindex i JOIN search_listing l ON l.id = i.listing_id GROUP BY 1
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Sum:
    """Of one county: documents, those that may be seen, and checksums and numbers added up."""

    documents: int = 0
    shown: int = 0
    checksums: int = 0
    numbers: int = 0


@dataclass
class Difference:
    """What was found wrong in a county, by product."""

    county: str
    ours: Sum
    theirs: Sum
    missing: list[int] = field(default_factory=list)
    stale: list[int] = field(default_factory=list)
    ahead: list[int] = field(default_factory=list)
    left_over: dict[int, int] = field(default_factory=dict)  # with the number it has there
    largest: int = 0

    @property
    def rows(self) -> int:
        return len({*self.missing, *self.stale, *self.left_over, *self.ahead})


def wait_for_feed(seconds: float = 15) -> None:
    """What is on its way is no difference."""
    limit = time.monotonic() + seconds
    waiting = OutboxRow.objects.filter(kind=feed.INDEX, state=OutboxRow.State.WAITING)
    while waiting.exists() and time.monotonic() < limit:
        time.sleep(0.2)


def differences(index: EngineIndex, *, every_row: bool = False) -> Iterator[Difference]:
    """County by county, those that differ; with ``every_row`` each is looked at document by document."""
    _patient().indices.refresh(index=index.name)
    ours, theirs = our_sums(), their_sums(index)
    for county in sorted({*ours, *theirs}):
        difference = Difference(county, ours.get(county, Sum()), theirs.get(county, Sum()))
        if every_row or difference.ours != difference.theirs:
            _look_closer(difference, index)
            if difference.rows:
                yield difference


def our_sums() -> dict[str, Sum]:
    with connection.cursor() as cursor:
        cursor.execute(OURS)
        return {county: Sum(*figures) for county, *figures in cursor.fetchall()}


def their_sums(index: EngineIndex) -> dict[str, Sum]:
    sums = {name: {"sum": {"field": name}} for name in ("checksum", "version")}
    aggregations: dict[str, Any] = {
        "county": {
            "terms": {"field": "county", "size": MOST_COUNTIES},
            "aggs": {"shown": {"filter": {"term": {"shown": True}}}, **sums},
        }
    }
    answer = _patient().search(index=index.name, size=0, query={"term": {"withdrawn": False}}, aggs=aggregations)
    return {
        bucket["key"]: Sum(
            bucket["doc_count"],
            bucket["shown"]["doc_count"],
            int(bucket["checksum"]["value"]),
            int(bucket["version"]["value"]),
        )
        for bucket in answer["aggregations"]["county"]["buckets"]
    }


def _look_closer(difference: Difference, index: EngineIndex) -> None:
    theirs = their_documents(difference.county, index)
    difference.largest = max((number for _found, number in theirs.values()), default=0)
    for row in rows_where("l.county_code = %s", [difference.county]):
        wanted, (found, _number) = document(row, index.average_length), theirs.pop(row["product"], (None, 0))
        if found is None or found["withdrawn"]:
            difference.missing.append(row["product"])
        elif found["version"] > wanted["version"]:
            difference.ahead.append(row["product"])
        elif found != wanted:
            difference.stale.append(row["product"])
    difference.left_over |= {product: number for product, (found, number) in theirs.items() if not found["withdrawn"]}


def their_documents(county: str, index: EngineIndex) -> dict[int, tuple[Any, int]]:
    """Product → document, as it was sent, and the number the engine has for it; tombstones too."""
    found: dict[int, tuple[Any, int]] = {}
    after: list[Any] | None = None
    while True:
        answer = _patient().search(
            index=index.name,
            size=PAGE,
            query={"term": {"county": county}},
            sort=[{"product": "asc"}],
            search_after=after,
            version=True,
        )
        hits = answer["hits"]["hits"]
        found |= {hit["_source"]["product"]: (hit["_source"], hit["_version"]) for hit in hits}
        if len(hits) < PAGE:
            return found
        after = hits[-1]["sort"]


def mend(difference: Difference, index: EngineIndex) -> int:
    """Tell it again what is true, with numbers beyond all it knows; returns how many documents that were."""
    wanted = sorted({*difference.missing, *difference.stale, *difference.ahead})
    if wanted:
        versions.beyond(difference.largest)
        rows = ListingIndex.objects.filter(county_code=difference.county, listing__product_id__in=wanted)
        numbers = list(rows.values_list("pk", flat=True))
        ListingIndex.objects.filter(pk__in=numbers).update(version=versions.next_version())
    told = rows_where("l.county_code = %s AND l.product_id = ANY(%s)", [difference.county, wanted])
    documents = [document(row, index.average_length) for row in told] + _goings(difference)
    troubles = telling.send(documents, index, again=True, patience=telling.LONG_PATIENCE)
    if troubles:
        raise next(iter(troubles.values()))
    return len(documents)


def _goings(difference: Difference) -> list[dict[str, Any]]:
    """Tombstones with no larger number than is known, so that a publishing under way is not refused."""
    known = Departed.objects.filter(county_code=difference.county, product_id__in=list(difference.left_over))
    numbers = dict(known.values_list("product_id", "version"))
    return [
        tombstone(difference.county, product, max(version, numbers.get(product, 0)))
        for product, version in difference.left_over.items()
    ]


def _patient() -> Any:
    return elastic_client.client(PATIENCE)
