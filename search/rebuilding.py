"""A new index beside the one that answers, filled from the tables, and put in its place in one moment.

While it is filled every change is told to both. A lot that was read before such a change and arrives after it
carries the smaller version and is refused, so nothing old comes back. How far the filling has come stands in
``EngineIndex``: whoever looks next goes on from there, after a ``kill -9`` too.
"""

import logging
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from kernel.outbox import NotNow
from search import lexicon, telling
from search.engines import breaker, elastic_client
from search.engines.elastic_index import REFRESH, Row, document, index_body, operations, rows_where, tombstone
from search.models import Departed, EngineIndex, ListingIndex

log = logging.getLogger(__name__)
LOT = 4000  # listings in a step
AT_ONCE = 2  # requests on their way: with one the engine waits while the next is written out
KEPT_FOR = timedelta(seconds=30)  # searches under way may still read the old index
LOCK = 0x6A696574  # one planner at a time


def building() -> EngineIndex | None:
    return _of_us().filter(state=EngineIndex.State.BUILDING).first()


def live() -> EngineIndex | None:
    return _of_us().filter(state=EngineIndex.State.LIVE).first()


def _of_us() -> Any:
    return EngineIndex.objects.filter(prefix=settings.ELASTICSEARCH_PREFIX)


@transaction.atomic
def begin() -> EngineIndex:
    """Plan a new index, or the one that is under way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if (under_way := building()) is not None:
        return under_way
    number = (_of_us().aggregate(last=Max("number"))["last"] or 0) + 1
    now = timezone.now()
    index = EngineIndex(
        prefix=settings.ELASTICSEARCH_PREFIX,
        number=number,
        average_length=lexicon.figures()[1],
        total=ListingIndex.objects.count(),
        began_at=now,
        moved_at=now,
    )
    # The index first, the row that sends writers there after it; what an earlier try left is dropped.
    indices = elastic_client.client().indices
    indices.delete(index=index.name, ignore_unavailable=True)
    body = index_body(index, settings.ELASTICSEARCH_SHARDS)
    body["settings"]["refresh_interval"] = "-1"  # nobody reads it yet
    indices.create(index=index.name, **body)
    index.save()
    return index


@transaction.atomic
def step(index: EngineIndex, lot: int = LOT) -> EngineIndex | None:
    """Copy a lot; the last step puts the index in its place. None: somebody else is at it, or it is done."""
    mine = _of_us().select_for_update(skip_locked=True).filter(pk=index.pk, state=EngineIndex.State.BUILDING).first()
    if mine is None:
        return None
    last, taken = _copy_listings(mine, lot)
    if not taken:
        _finish(mine)
        return mine
    mine.cursor, mine.done, mine.moved_at = last, mine.done + taken, timezone.now()
    mine.save(update_fields=["cursor", "done", "moved_at"])
    return mine


def _copy_listings(index: EngineIndex, most: int) -> tuple[int, int]:
    """The last listing taken over, and how many. While requests are on their way the next is made ready."""
    last, taken = index.cursor, 0
    under_way: deque[Future[dict[str, Exception]]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as sender:
        while taken < most and (rows := _next(last, min(telling.LOT, most - taken))):
            lines = operations((document(row, index.average_length) for row in rows), index.entrance)
            if len(under_way) == AT_ONCE:
                _all_taken(under_way.popleft().result())
            under_way.append(sender.submit(telling.send_lot, lines, patience=telling.LONG_PATIENCE))
            last, taken = rows[-1]["listing"], taken + len(rows)
        for one in under_way:
            _all_taken(one.result())
    return last, taken


def _next(last: int, most: int) -> list[Row]:
    return rows_where("i.listing_id > %s ORDER BY i.listing_id LIMIT %s", [last, most])


def _finish(index: EngineIndex) -> None:
    """Tombstones, then the alias turns; writers go on telling both until this commits."""
    _copy_departed(index)
    indices = elastic_client.client().indices
    indices.put_settings(index=index.name, settings={"refresh_interval": REFRESH})
    indices.refresh(index=index.name)
    others = [name for name in _behind(index.alias) if name != index.name]
    actions: list[dict[str, Any]] = [{"add": {"index": index.name, "alias": index.alias}}]
    actions += [{"remove": {"index": name, "alias": index.alias}} for name in others]
    indices.update_aliases(actions=actions)
    now = timezone.now()
    _of_us().filter(state=EngineIndex.State.LIVE).update(state=EngineIndex.State.RETIRED, moved_at=now)
    index.state, index.moved_at = EngineIndex.State.LIVE, now
    index.save(update_fields=["state", "moved_at"])
    transaction.on_commit(breaker.forget)


def _copy_departed(index: EngineIndex) -> None:
    last = 0
    while rows := list(Departed.objects.filter(pk__gt=last).order_by("pk")[:LOT]):
        gone = [tombstone(row.county_code, row.product_id, row.version) for row in rows]
        _all_taken(telling.send(gone, index, patience=telling.LONG_PATIENCE))
        last = rows[-1].pk


def _all_taken(troubles: dict[str, Exception]) -> None:
    if troubles:
        raise NotNow(str(next(iter(troubles.values()))))


def _behind(alias: str) -> list[str]:
    try:
        return list(elastic_client.client().indices.get_alias(name=alias).body)
    except elastic_client.MISSING:
        return []


def run(index: EngineIndex, seconds: float | None = None, say: Any = None) -> bool:
    """Step after step, for so long; returns whether the index is in its place."""
    limit = time.monotonic() + seconds if seconds is not None else float("inf")
    while time.monotonic() < limit:
        moved = step(index)
        if moved is None:
            time.sleep(0.2)
        elif say:
            say(moved)
        index.refresh_from_db()
        if index.state != EngineIndex.State.BUILDING:
            return True
        if moved is None and seconds is not None:
            return False
    return False


def drop_retired(older_than: timedelta = KEPT_FOR) -> int:
    """Delete what is no longer asked. Named one by one: a bare build knows no wildcards here."""
    gone = 0
    for index in _of_us().filter(state=EngineIndex.State.RETIRED, moved_at__lt=timezone.now() - older_than):
        elastic_client.client().indices.delete(index=index.name, ignore_unavailable=True)
        index.delete()
        gone += 1
    return gone


def forget_lost() -> bool:
    """The engine answers, but an index we knew is not there (an emptied disk): it is built anew."""
    indices = elastic_client.client(elastic_client.PATIENCE).indices
    lost = [index for index in telling.written() if not indices.exists(index=index.name)]
    for index in lost:
        log.error("%s is gone", index.name)
        _of_us().filter(pk=index.pk).update(state=EngineIndex.State.RETIRED, moved_at=timezone.now())
    if lost:
        breaker.forget()
    return bool(lost)
