"""The audit trail: who did or saw what, chained so that a change shows.

Entries are written unsealed, in the transaction they speak of. One sealer chains committed rows
every few seconds: a chain inside the transaction made every county wait behind a long import.
"""

import hashlib
import json
from typing import Any

from django.db import connection, transaction

from kernel import clock, terminal
from kernel.models import AuditEntry

START = "0" * 64
SEALER_LOCK = 7_301_201  # pg_advisory lock: one sealer at a time over all processes


def record(
    action: str,
    *,
    by: Any = None,
    county: str = "",
    obj: tuple[str, str] = ("", ""),
    title: str = "",
    **facts: Any,
) -> None:
    """Write one entry. Never put a phone or an identity number into ``facts`` or ``title``."""
    AuditEntry.objects.create(
        at=clock.now(),
        by=by,
        by_name=str(by or terminal.typist()),
        action=action,
        county_code=county,
        object_kind=obj[0],
        object_id=obj[1],
        title=title[:200],
        facts=facts,
    )


def digest(entry: AuditEntry, place: int, previous: str) -> str:
    """SHA-256 over the previous seal and everything the entry says."""
    said = [
        place,
        previous,
        entry.pk,
        entry.at.isoformat(),
        entry.by_id,  # type: ignore[attr-defined]
        entry.by_name,
        entry.action,
        entry.county_code,
        entry.object_kind,
        entry.object_id,
        entry.title,
        entry.facts,
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def seal(limit: int = 2000) -> int:
    """Chain the committed entries that are not yet; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = AuditEntry.objects.filter(place__isnull=False).order_by("-place").first()
    place, previous = (last.place or 0, last.seal) if last else (0, START)
    entries = list(AuditEntry.objects.filter(place__isnull=True).order_by("pk")[:limit])
    for entry in entries:
        place += 1
        entry.place, entry.seal = place, digest(entry, place, previous)
        previous = entry.seal
        entry.save(update_fields=["place", "seal"])
    return len(entries)


def verify() -> int | None:
    """The place of the first broken link, or None when the chain is whole."""
    previous, expected = START, 1
    for entry in AuditEntry.objects.filter(place__isnull=False).order_by("place").iterator():
        if entry.place != expected or entry.seal != digest(entry, expected, previous):
            return expected
        previous, expected = entry.seal, expected + 1
    return None
