"""The circuit breaker before the second engine, one for all processes of the platform.

An engine that does not answer is left alone for a while (a row of ``EngineRest``), and each process looks
at that row once a second. When the while is over one caller tries: the next while is longer, or the row goes.
Whoever looks after the platform has it on their list from the first trouble until it is back.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from elasticsearch import ApiError, ConnectionTimeout

from accounts import roles
from kernel import inbox
from search.models import EngineIndex, EngineRest

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0  # seconds
SLOW_IN_A_ROW = 2  # one slow answer is no dead engine
FIRST_REST, LONGEST_REST = 3.0, 20.0  # seconds; the clock on the wall, not the one a demo may shift
KIND = "search.engine"
TOLD = (roles.SYSTEM_ADMIN, roles.COORDINATOR)


@dataclass
class _Seen:
    """What this process last saw: is there an index, and until when is the engine left alone."""

    at: float = float("-inf")
    prefix: str = ""
    live: bool = False
    until: datetime | None = None
    slow: int = 0


_seen = _Seen()


def forget() -> None:
    _seen.at, _seen.slow = float("-inf"), 0


def is_built() -> bool:
    """Is there an index to ask? Until the first is built PostgreSQL answers, and that is no trouble."""
    _look()
    return _seen.live


def may_try() -> bool:
    """Is the engine taken to be well; or is it our turn to find out?"""
    _look()
    if _seen.until is None:
        return True
    if _seen.until > timezone.now():
        return False
    return _claim(_seen.until)


def _look() -> None:
    prefix = settings.ELASTICSEARCH_PREFIX
    if prefix == _seen.prefix and time.monotonic() - _seen.at < LOOK_EVERY:
        return
    _seen.live = EngineIndex.objects.filter(prefix=prefix, state=EngineIndex.State.LIVE).exists()
    _seen.until = EngineRest.objects.filter(pk=prefix).values_list("until", flat=True).first()
    _seen.at, _seen.prefix = time.monotonic(), prefix


def _claim(until: datetime) -> bool:
    """One caller tries; the others go on without until it has."""
    later = timezone.now() + timedelta(seconds=FIRST_REST)
    mine = EngineRest.objects.filter(pk=settings.ELASTICSEARCH_PREFIX, until=until).update(until=later) == 1
    if not mine:
        forget()
    return mine


def worked() -> None:
    """An answer came in time."""
    _seen.slow = 0
    if _seen.until is None:
        return
    prefix = settings.ELASTICSEARCH_PREFIX
    with transaction.atomic():
        EngineRest.objects.filter(pk=prefix).delete()
        for role in TOLD:
            inbox.close_item(KIND, obj=(KIND, f"{prefix}{role}"[:40]), by=None)
    forget()
    log.warning("elasticsearch answers again")


def failed(trouble: Exception) -> None:
    """None came. The shopper is answered all the same, so this never raises."""
    if isinstance(trouble, ApiError) and trouble.meta.status == 400:
        log.error("elasticsearch refuses a query: %s", trouble)
        return
    _seen.slow += 1
    if isinstance(trouble, ConnectionTimeout) and _seen.slow < SLOW_IN_A_ROW and _seen.until is None:
        log.warning("elasticsearch was slow")
        return
    try:
        _rest(trouble)
    except DatabaseError:
        log.exception("the breaker could not be written")
    forget()


@transaction.atomic
def _rest(trouble: Exception) -> None:
    now, prefix = timezone.now(), settings.ELASTICSEARCH_PREFIX
    said = f"{type(trouble).__name__}: {trouble}"[:300]
    rest, new = EngineRest.objects.select_for_update().get_or_create(
        pk=prefix, defaults={"since": now, "until": now + timedelta(seconds=FIRST_REST), "trouble": said}
    )
    if not new:
        rest.tries += 1
        pause = min(FIRST_REST * 2**rest.tries, LONGEST_REST)
        rest.until, rest.trouble = now + timedelta(seconds=pause), said
        rest.save(update_fields=["tries", "until", "trouble"])
        return
    log.error("elasticsearch is left alone: %s", said)
    for role in TOLD:
        inbox.open_item(KIND, obj=(KIND, f"{prefix}{role}"[:40]), title="Elasticsearch", role=role, url="/desk/jobs/")
