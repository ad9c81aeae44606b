"""How many messages one phone gets, and how many of a kind leave the province: over all counties.

Counted in the database that all processes share, under a lock for the phone and then one for the kind:
twenty workers with twenty messages to one phone take turns, and each sees what the last one claimed.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from django.db import connection

from accounts.models import SmsMessage
from kernel import clock

TABLE = Path(__file__).parent.parent / "data" / "message_limits.csv"
WINDOWS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
LOCKS = 7_302  # the first number of our advisory locks
ANY = "*"


@dataclass(frozen=True)
class Most:
    """At most ``most`` messages of ``kind`` (or any) in a window, over one phone or over all."""

    kind: str
    over: str
    window: str
    most: int
    valid_from: date
    source: str


@lru_cache(maxsize=1)
def table() -> tuple[Most, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Most(
                row["kind"],
                row["over"],
                row["window"],
                int(row["most"]),
                date.fromisoformat(row["valid_from"]),
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def in_force(kind: str, on: date) -> list[Most]:
    """The newest row of each limit that concerns this kind."""
    newest: dict[tuple[str, str, str], Most] = {}
    for row in sorted(table(), key=lambda one: one.valid_from):
        if row.kind in {kind, ANY} and row.valid_from <= on:
            newest[row.kind, row.over, row.window] = row
    return list(newest.values())


def full(message: SmsMessage) -> Most | None:
    """The limit this message would break, or None. The caller claims it in the same transaction."""
    _take_turns(f"phone:{message.phone_hash}")
    _take_turns(f"kind:{message.kind}")
    return next((most for most in in_force(message.kind, clock.today()) if _count(message, most) >= most.most), None)


def _count(message: SmsMessage, most: Most) -> int:
    claimed = SmsMessage.objects.filter(claimed_at__gt=clock.now() - WINDOWS[most.window]).exclude(pk=message.pk)
    if most.kind != ANY:
        claimed = claimed.filter(kind=most.kind)
    if most.over == "phone":
        claimed = claimed.filter(phone_hash=message.phone_hash)
    return claimed.count()


def _take_turns(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCKS, name])
