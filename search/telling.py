"""Telling Elasticsearch: documents out in bulk, and every single answer read."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings

from kernel.outbox import NotNow
from search import feed
from search.engines import elastic_client
from search.engines.elastic_index import Row, document, identity, operations, rows_where, tombstone
from search.models import Departed, EngineIndex, EngineRest

LOT = 500  # documents in one request, about one megabyte
DONE = (200, 201, 409)  # 409: it knows a later version already
BUSY = (429, 503)
PATIENCE = 5.0  # seconds for a lot: a hanging engine must not hold the worker's other work
LONG_PATIENCE = 30.0  # for who has nothing else to do
REST = 3.0  # seconds

Key = tuple[str, int]


class Refused(Exception):
    """Elasticsearch took what was sent and would not have this document."""


def tell_engine(payloads: list[dict[str, Any]]) -> list[Exception | None]:
    """What each row of the outbox asks for; the answers in their order."""
    indices = written()
    if not (feed.configured() and indices):
        return [None] * len(payloads)  # the first index is filled from the tables
    _not_while_resting()
    told, gone = _current(payloads)
    troubles: dict[str, Exception] = {}
    for index in indices:
        documents = [document(row, index.average_length) for row in told]
        troubles |= send([*documents, *gone], index)
    return [_trouble_of(payload, troubles) for payload in payloads]


def written() -> list[EngineIndex]:
    """The one that answers, and the one that is being built beside it."""
    wanted = (EngineIndex.State.LIVE, EngineIndex.State.BUILDING)
    return list(EngineIndex.objects.filter(prefix=settings.ELASTICSEARCH_PREFIX, state__in=wanted))


def _not_while_resting() -> None:
    """Whoever tries whether it is back, it is not we."""
    rest = EngineRest.objects.filter(pk=settings.ELASTICSEARCH_PREFIX).first()
    if rest:
        raise NotNow(rest.trouble, pause=REST)


def _current(payloads: list[dict[str, Any]]) -> tuple[list[Row], list[dict[str, Any]]]:
    """The listings these rows speak of, as they are now, and tombstones of those that are gone."""
    counties = sorted({payload["county"] for payload in payloads if not payload["products"]})
    keys = sorted({(payload["county"], product) for payload in payloads for product in payload["products"]})
    rows = rows_where("l.county_code = ANY(%s)", [counties]) if counties else []
    if keys:
        codes, products = zip(*keys, strict=True)
        pairs = "(l.county_code, l.product_id) IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))"
        rows += rows_where(pairs, [list(codes), list(products)])
    there = {(row["county"], row["product"]) for row in rows}
    return rows, tombstones(key for key in keys if key not in there)


def tombstones(keys: Iterable[Key]) -> list[dict[str, Any]]:
    wanted = set(keys)
    found = Departed.objects.filter(
        county_code__in={county for county, _ in wanted}, product_id__in={product for _, product in wanted}
    ).values_list("county_code", "product_id", "version")
    return [tombstone(*row) for row in found if row[:2] in wanted]


def _trouble_of(payload: dict[str, Any], troubles: dict[str, Exception]) -> Exception | None:
    if not payload["products"]:
        ours = f"c{payload['county']}:"
        return next((trouble for name, trouble in troubles.items() if name.startswith(ours)), None)
    names = (identity(payload["county"], product) for product in payload["products"])
    return next((troubles[name] for name in names if name in troubles), None)


def send(
    documents: Sequence[dict[str, Any]], index: EngineIndex, *, again: bool = False, patience: float | None = None
) -> dict[str, Exception]:
    """All of it, in lots; what went wrong by the document's name. Raises NotNow when the engine is away."""
    troubles: dict[str, Exception] = {}
    for first in range(0, len(documents), LOT):
        lines = operations(documents[first : first + LOT], index.entrance, again=again)
        troubles |= send_lot(lines, patience=patience or PATIENCE)
    if any("index_not_found" in str(trouble) for trouble in troubles.values()) and not _still_written(index):
        return {}  # done with while we wrote
    return troubles


def send_lot(lines: list[dict[str, Any]], *, patience: float) -> dict[str, Exception]:
    """One request, of at most LOT documents; asks no table, so that it may be made beside other work."""
    try:
        answer = elastic_client.client(patience).bulk(operations=lines)
    except elastic_client.TROUBLES as trouble:
        raise NotNow(f"{type(trouble).__name__}: {trouble}"[:300]) from trouble
    return _read(answer["items"]) if answer["errors"] else {}


def _read(items: list[dict[str, Any]]) -> dict[str, Exception]:
    troubles: dict[str, Exception] = {}
    for item in items:
        (told,) = item.values()
        if told["status"] in DONE:
            continue
        said = f"{told['_id']}: {told['error'].get('type')}: {told['error'].get('reason')}"
        troubles[told["_id"]] = NotNow(said) if told["status"] in BUSY else Refused(said)
    return troubles


def _still_written(index: EngineIndex) -> bool:
    return any(one.pk == index.pk for one in written())
