"""The outbox: the truth about every effect. A broker is only a wake-up.

``announce`` writes a row in the caller's transaction; ``relay_once`` takes due rows with
``FOR UPDATE SKIP LOCKED`` and runs each handler in one transaction with the row, so that an effect
in this database happens exactly once however often a worker dies.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kernel import audit, clock, failures, logs, terminal
from kernel.errors import DomainError
from kernel.models import OutboxRow

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any], str], None]
Many = Callable[[list[dict[str, Any]]], Sequence[Exception | None]]
HANDLERS: dict[str, Handler] = {}
TOGETHER: dict[str, tuple[Many, int]] = {}
LAST_WORDS: dict[str, Handler] = {}
GIVE_UP_AFTER = 8
LONGEST_PAUSE = timedelta(hours=1)


class NotDead(DomainError):
    """Only what has been given up can be run again."""

    code = "not_dead"


class NotNow(Exception):
    """What an effect needs is away: the row waits ``pause`` seconds, and it does not count as a try."""

    def __init__(self, reason: str, pause: float = 5.0) -> None:
        self.pause = timedelta(seconds=pause)
        super().__init__(reason)


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


def handles_together(kind: str, most: int) -> Callable[[Many], Many]:
    """Register the one handler of a kind whose rows go best in numbers, up to ``most`` at once.

    It gets their payloads and answers for each with None or what went wrong; what it raises is every row's
    trouble. Such rows have no county, and the effect must bear being repeated.
    """

    def register(handler: Many) -> Many:
        if kind in HANDLERS or (kind in TOGETHER and TOGETHER[kind][0].__qualname__ != handler.__qualname__):
            raise RuntimeError(f"two handlers for {kind}")
        TOGETHER[kind] = (handler, most)
        return handler

    return register


def given_up(kind: str) -> Callable[[Handler], Handler]:
    """Register who is told, in the same transaction, that a row of this kind was tried for the last time."""

    def register(told: Handler) -> Handler:
        LAST_WORDS[kind] = told
        return told

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
        request_id=logs.request_id(),
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
    """Run up to ``limit`` due rows, one transaction each or each lot; returns how many were tried."""
    tried = 0
    with terminal.untyped():
        while tried < limit and (ran := _run_next()):
            tried += ran
    return tried


def _due() -> QuerySet[OutboxRow]:
    waiting = OutboxRow.objects.select_for_update(skip_locked=True)
    return waiting.filter(state=OutboxRow.State.WAITING, next_at__lte=clock.now()).order_by("next_at", "id")


def _run_next() -> int:
    """One row, or a lot of those that go together; returns how many."""
    with transaction.atomic():
        row = _due().first()
        if row is None:
            return 0
        rows = [row]
        if row.kind in TOGETHER:
            rows += _due().filter(kind=row.kind).exclude(pk=row.pk)[: TOGETHER[row.kind][1] - 1]
        for one, trouble in zip(rows, _troubles(rows), strict=True):
            _note(one, trouble)
    return len(rows)


def _troubles(rows: list[OutboxRow]) -> Sequence[Exception | None]:
    kind = rows[0].kind
    try:
        with transaction.atomic():
            if kind in TOGETHER:
                return TOGETHER[kind][0]([row.payload for row in rows])
            _run(rows[0])
    except Exception as trouble:
        if not isinstance(trouble, NotNow):
            log.warning("outbox %s %s failed", kind, rows[0].pk, exc_info=True)
            failures.note(failures.TASK, kind, rows[0].county_code)
        return [trouble] * len(rows)
    return [None]


def _note(row: OutboxRow, trouble: Exception | None) -> None:
    if isinstance(trouble, NotNow):
        row.last_trouble, row.next_at = str(trouble)[:2000], clock.now() + trouble.pause
    else:
        if trouble is None:
            row.state, row.done_at = OutboxRow.State.DONE, clock.now()
        else:
            _postpone(row, trouble)
        row.attempts += 1
    row.save(update_fields=["state", "done_at", "attempts", "next_at", "last_trouble"])


def _run(row: OutboxRow) -> None:
    handler = HANDLERS.get(row.kind)
    if handler is None:
        raise LookupError(f"nobody handles {row.kind}")
    doorway = county_doorway(row.county_code) if row.county_code else nullcontext()
    with logs.working_for(row.request_id, outbox=f"{row.kind} {row.pk}"), doorway:
        handler(row.payload, row.county_code)


def _postpone(row: OutboxRow, trouble: Exception) -> None:
    row.last_trouble = f"{type(trouble).__name__}: {trouble}"[:2000]
    if row.attempts + 1 >= GIVE_UP_AFTER and _is_told(row):
        row.state = OutboxRow.State.DEAD
        return
    pause = min(timedelta(seconds=2 ** (row.attempts + 1)), LONGEST_PAUSE)
    row.next_at = clock.now() + pause


def _is_told(row: OutboxRow) -> bool:
    """Whoever waits for the effect knows; where that fails too the row is tried on, or they would wait for ever."""
    told = LAST_WORDS.get(row.kind)
    if told is None:
        return True
    try:
        with transaction.atomic():
            told(row.payload, row.county_code)
    except Exception:
        log.exception("outbox %s %s cannot be given up", row.kind, row.pk)
        return False
    return True


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
