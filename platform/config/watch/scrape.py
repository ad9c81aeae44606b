"""``/metrics``: what a scraper reads, for whoever brings the token."""

import contextlib
import logging
import time
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config.watch import meters, shelf
from console.checks import Facts, judge, read_facts
from kernel import failures
from kernel.logs import same_secret
from search.ports import ELASTICSEARCH, POSTGRES

log = logging.getLogger(__name__)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _may_scrape(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_scrape(request: HttpRequest) -> bool:
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return scheme.lower() == "bearer" and same_secret(token.strip(), settings.METRICS_TOKEN)


def exposition() -> bytes:
    """What all processes counted, and what the tables say now; without a database the first all the same."""
    registry = CollectorRegistry()
    registry.register(Province())
    return _counted() + generate_latest(registry)


def _counted() -> bytes:
    place = shelf.folder()
    if place is None:
        return generate_latest(meters.REGISTRY)
    with shelf.reading(place) as files:
        return generate_latest(_Once(MultiProcessCollector.merge(files)))


class _Once(CollectorRegistry):
    def __init__(self, found: Iterable[Metric]) -> None:
        super().__init__()
        self.found = found

    def collect(self) -> Iterable[Metric]:
        return self.found


class Province(Collector):
    """Gauges of the whole province, read once a scrape."""

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        began = time.perf_counter()
        facts = None
        with contextlib.suppress(Exception):
            facts = _facts()
        yield _gauge("database_up", "1 while the database answers.", 0 if facts is None else 1)
        if facts is not None:
            yield from _of(facts)
        yield _gauge("scrape_seconds", "How long the tables took to read.", time.perf_counter() - began)


def _facts() -> Facts:
    try:
        failures.write()
        return read_facts()
    except Exception:
        log.exception("the province's state could not be read for a scrape")
        raise


def _gauge(name: str, words: str, value: float | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"jieti_{name}", words, value=value)


def _labelled(name: str, words: str, labels: list[str], rows: Iterable[tuple[list[str], float | None]]) -> Metric:
    family = GaugeMetricFamily(f"jieti_{name}", words, labels=labels)
    for values, value in rows:
        if value is not None:
            family.add_metric(values, value)
    return family


def _of(facts: Facts) -> Iterator[Metric]:
    yield from _effects(facts)
    yield from _parts(facts)
    yield from _copies(facts)
    yield _gauge("openings_stuck", "Counties whose opening stands still.", facts.openings_stuck)
    yield _gauge("deadlines_missed", "Running deadlines that are past.", facts.deadlines_late)
    yield _gauge("audit_unsealed_seconds", "Age of the oldest entry of the trail that is not sealed.", _age(facts))
    yield _gauge("counties_troubled", "Counties whose tables could not be brought up to date.", facts.counties_troubled)
    yield _labelled(
        "sign_ins_failed",
        "Sign-ins that failed within the last hour, and those that were locked.",
        ["how"],
        [(["failed"], facts.sign_ins_failed), (["locked"], facts.sign_ins_locked)],
    )
    yield _labelled(
        "county_failures",
        "Pages and tasks that failed within the last hour, by county; the province is 0.",
        ["county", "kind"],
        [([one.county or "0", one.kind], one.count) for one in facts.failing],
    )
    yield _labelled(
        "check",
        "What the status page says: 0 well, 1 look at it, 2 mend it now.",
        ["check"],
        [([one.code], one.level.number) for one in judge(facts)],
    )


def _effects(facts: Facts) -> Iterator[Metric]:
    yield _gauge("outbox_lag_seconds", "How long the oldest due effect has waited.", facts.lag)
    for name, words in (
        ("waiting", "Effects that wait, by kind."),
        ("retrying", "Effects that failed and will be tried again, by kind."),
        ("dead", "Effects that were given up, by kind."),
    ):
        yield _labelled(f"outbox_{name}", words, ["kind"], [([one.kind], getattr(one, name)) for one in facts.effects])


def _parts(facts: Facts) -> Iterator[Metric]:
    engine = facts.engine
    silent = [([part], facts.silence(part)) for part in ("beat", "worker")]
    yield _labelled("part_silent_seconds", "Seconds since a part's last sign of life.", ["part"], silent)
    living = [([part], float(facts.living(part))) for part in ("beat", "worker")]
    yield _labelled("part_processes_living", "Processes that gave a sign of life, by part.", ["part"], living)
    lost = [([part], float(len(facts.lost(part)))) for part in ("beat", "worker")]
    yield _labelled("part_processes_lost", "Processes that died and were not started again.", ["part"], lost)
    yield _labelled(
        "search_answers",
        "1 for the engine that answers searches.",
        ["engine"],
        [([name], float(name == engine.answers)) for name in (POSTGRES, ELASTICSEARCH)],
    )
    yield _gauge("search_wanted", "1 where Elasticsearch is configured.", float(engine.configured))
    yield _gauge("search_resting", "1 while the breaker leaves Elasticsearch alone.", float(bool(engine.resting_since)))
    yield _gauge("search_index_lag_seconds", "By how much the index is behind the tables.", facts.index_lag)
    yield _gauge("database_connections", "Connections to the database.", facts.connections)
    yield _gauge("database_connections_most", "Connections the database allows.", facts.connections_most)
    yield _gauge("disk_free_bytes", "Free on the disk of JIETI_VAR.", facts.disk_free)
    yield _gauge("disk_size_bytes", "Size of the disk of JIETI_VAR.", facts.disk_size)


def _copies(facts: Facts) -> Iterator[Metric]:
    """An age that is not known has no sample: an alert on absence says so."""
    backup, until = facts.backup, facts.certificate.until
    yield _gauge("backup_wanted", "1 where a backup folder is configured.", float(bool(backup and backup.configured)))
    ages = [
        (["base"], backup.base_age.total_seconds() if backup and backup.base_age else None),
        (["wal"], backup.wal_lag.total_seconds() if backup and backup.wal_lag else None),
        (["media"], backup.media_age.total_seconds() if backup and backup.media_age else None),
    ]
    yield _labelled("backup_age_seconds", "Age of the last good copy, by kind.", ["kind"], ages)
    yield _gauge("certificate_wanted", "1 where a certificate's file is named.", float(facts.certificate.configured))
    days: list[tuple[list[str], float | None]] = [([], (until - facts.now).total_seconds() / 86400)] if until else []
    yield _labelled("certificate_days_left", "Days until the certificate ends.", [], days)


def _age(facts: Facts) -> float:
    return max((facts.due_now - facts.unsealed_since).total_seconds(), 0.0) if facts.unsealed_since else 0.0
