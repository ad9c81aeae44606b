"""The outbox: the truth about every effect. A broker is only a wake-up.

``announce`` writes a row in the caller's transaction; ``relay_once`` takes due rows with
``FOR UPDATE SKIP LOCKED`` and runs each handler in one transaction with the row, so that an effect
in this database happens exactly once however often a worker dies.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from kernel import audit, clock
from kernel.errors import DomainError
from kernel.models import OutboxRow

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any], str], None]
HANDLERS: dict[str, Handler] = {}
GIVE_UP_AFTER = 8
LONGEST_PAUSE = timedelta(hours=1)


class NotDead(DomainError):
    """Only what has been given up can be run again."""

    code = "not_dead"


def _no_county(county_code: str) -> AbstractContextManager[Any]:
    return nullcontext()


# tenants replaces this at start: the floor cannot know what a county's scope is.
county_doorway: Callable[[str], AbstractContextManager[Any]] = _no_county


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the one handler of a kind of row."""

    def register(handler: Handler) -> Handler:
        if kind in HANDLERS and HANDLERS[kind].__qualname__ != handler.__qualname__:
            raise RuntimeError(f"two handlers for {kind}")
        HANDLERS[kind] = handler
        return handler

    return register


def announce(
    kind: str,
    payload: dict[str, Any],
    *,
    county: str = "",
    key: str = "",
    at: datetime | None = None,
) -> None:
    """Write an effect in this transaction; with a key, a second announcement is ignored."""
    now = clock.now()
    row = OutboxRow(
        kind=kind,
        county_code=county,
        payload=payload,
        key=key or None,
        next_at=at or now,
        written_at=now,
    )
    OutboxRow.objects.bulk_create([row], ignore_conflicts=bool(key))
    _wake_on_commit()


def _wake_on_commit() -> None:
    """One wake-up a transaction, however many rows it wrote."""
    if not any(entry[1] is _wake for entry in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    from kernel.tasks import wake_relay

    wake_relay()


def relay_once(limit: int = 50) -> int:
    """Run up to ``limit`` due rows, one transaction each; returns how many were tried."""
    tried = 0
    while tried < limit and _run_next():
        tried += 1
    return tried


def _run_next() -> bool:
    with transaction.atomic():
        row = (
            OutboxRow.objects.select_for_update(skip_locked=True)
            .filter(state=OutboxRow.State.WAITING, next_at__lte=clock.now())
            .order_by("next_at", "id")
            .first()
        )
        if row is None:
            return False
        try:
            with transaction.atomic():
                _run(row)
        except Exception as trouble:
            log.warning("outbox %s %s failed", row.kind, row.pk, exc_info=True)
            _postpone(row, trouble)
        else:
            row.state, row.done_at = OutboxRow.State.DONE, clock.now()
        row.attempts += 1
        row.save(update_fields=["state", "done_at", "attempts", "next_at", "last_trouble"])
    return True


def _run(row: OutboxRow) -> None:
    handler = HANDLERS.get(row.kind)
    if handler is None:
        raise LookupError(f"nobody handles {row.kind}")
    doorway = county_doorway(row.county_code) if row.county_code else nullcontext()
    with doorway:
        handler(row.payload, row.county_code)


def _postpone(row: OutboxRow, trouble: Exception) -> None:
    row.last_trouble = f"{type(trouble).__name__}: {trouble}"[:2000]
    if row.attempts + 1 >= GIVE_UP_AFTER:
        row.state = OutboxRow.State.DEAD
        return
    pause = min(timedelta(seconds=2 ** (row.attempts + 1)), LONGEST_PAUSE)
    row.next_at = clock.now() + pause


@transaction.atomic
def rerun(row: OutboxRow, *, by: Any) -> OutboxRow:
    """Give a dead row its tries back."""
    row = OutboxRow.objects.select_for_update().get(pk=row.pk)
    if row.state != OutboxRow.State.DEAD:
        raise NotDead(_("这一条没有放弃，不用重做。"))
    row.state, row.attempts, row.next_at = OutboxRow.State.WAITING, 0, clock.now()
    row.save(update_fields=["state", "attempts", "next_at"])
    audit.record("outbox.rerun", by=by, county=row.county_code, obj=("outbox", str(row.pk)), title=row.kind)
    _wake_on_commit()
    return row


def lag_seconds() -> float:
    """How long the oldest due row has waited."""
    oldest = (
        OutboxRow.objects.filter(state=OutboxRow.State.WAITING, next_at__lte=clock.now())
        .order_by("next_at")
        .values_list("next_at", flat=True)
        .first()
    )
    return (clock.now() - oldest).total_seconds() if oldest else 0.0
