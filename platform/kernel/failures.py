"""How often pages and tasks fail, by county: a small public table that every process adds to.

A failing page must not become slower by being counted, and a thousand failures must not be a thousand
statements: they are added up in the process and written a few seconds later.
"""

import logging
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from kernel.models import Failure

log = logging.getLogger(__name__)
PAGE, TASK = Failure.Kind.PAGE, Failure.Kind.TASK
SLOT = timedelta(minutes=10)
WRITE_AFTER = 3.0  # seconds
KEPT = timedelta(days=14)
MOST_KEYS = 5_000  # in one process between two writes; what goes beyond is counted under no name

Key = tuple[str, str, str]
_counted: Counter[Key] = Counter()
_guard = threading.Lock()
_timer: threading.Timer | None = None


def note(kind: str, what: str, county: str = "") -> None:
    """One more failure; never raises, whatever the database does."""
    global _timer
    key = (str(kind), county if len(county) == 6 else "", what[:120])
    with _guard:
        _counted[key if key in _counted or len(_counted) < MOST_KEYS else (str(kind), "", "")] += 1
        if _timer is None and settings.COUNT_FAILURES_BY_TIMER:
            _timer = threading.Timer(WRITE_AFTER, _write_later)
            _timer.daemon = True
            _timer.start()


def _write_later() -> None:
    global _timer
    with _guard:
        _timer = None
    try:
        write()
    finally:
        connection.close()


def write() -> None:
    """Add what was counted to the table; what cannot be written now is kept for the next time."""
    with _guard:
        taken = dict(_counted)
        _counted.clear()
    if not taken:
        return
    try:
        _add(sorted(taken.items()), timezone.now())
    except Exception:
        log.warning("failures could not be counted", exc_info=True)
        with _guard:
            _counted.update(taken)


def _add(counted: Sequence[tuple[Key, int]], now: datetime) -> None:
    """In one order, so that two processes never wait for each other in a ring."""
    slot = datetime.fromtimestamp(now.timestamp() // SLOT.total_seconds() * SLOT.total_seconds(), tz=now.tzinfo)
    rows = [(kind, county, what, slot, number, now) for (kind, county, what), number in counted]
    places = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO public.kernel_failure AS f (kind, county_code, what, slot, count, last_at) VALUES {places}"  # noqa: S608
            " ON CONFLICT (slot, kind, county_code, what)"
            " DO UPDATE SET count = f.count + excluded.count, last_at = excluded.last_at",
            [value for row in rows for value in row],
        )


def forget_old() -> int:
    """What nobody asks for any more; returns how many rows went."""
    return Failure.objects.filter(slot__lt=timezone.now() - KEPT).delete()[0]
