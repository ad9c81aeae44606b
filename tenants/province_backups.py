"""How safe the province is: the record of its last good backup, for the status page and ``/metrics``.

The backup's own programs (``config.backup``) write the record; the rooms above only read it. Times are
real ones: a demo's shifted clock does not make a backup older.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from tenants.models import SafeCopy

BASE_MAY_BE = timedelta(hours=26)  # one a day, and two hours for the day it takes longer
WAL_MAY_BE = timedelta(minutes=5)  # promise O6
MEDIA_MAY_BE = timedelta(hours=26)  # the keeper copies every minute or so; each whole backup does too


@dataclass(frozen=True)
class BackupState:
    """Read at ``now``. A time that is None says that there never was such a copy.

    ``base_at``: when the last base backup that was written, read again and found whole began.
    ``wal_at``: every commit before this moment lies in the WAL archive; ``wal_bytes`` are still on their way.
    ``trouble``, ``media_trouble``: what the archive could not do, as a sentence; "" while it works.
    """

    now: datetime
    configured: bool
    base_at: datetime | None = None
    base_name: str = ""
    base_bytes: int = 0
    base_seconds: float = 0
    base_encrypted: bool = False
    wal_at: datetime | None = None
    wal_bytes: int = 0
    media_at: datetime | None = None
    media_files: int = 0
    trouble: str = ""
    media_trouble: str = ""

    @property
    def base_age(self) -> timedelta | None:
        return self.now - self.base_at if self.base_at else None

    @property
    def wal_lag(self) -> timedelta | None:
        """What losing the database's disk now would cost, in time."""
        return self.now - self.wal_at if self.wal_at else None

    @property
    def media_age(self) -> timedelta | None:
        return self.now - self.media_at if self.media_at else None

    @property
    def base_is_late(self) -> bool:
        return self.base_age is None or self.base_age > BASE_MAY_BE

    @property
    def wal_is_to_come(self) -> bool:
        """The first base backup is minutes old: the archive beside it has had no time to say how far it is."""
        return self.wal_lag is None and self.base_age is not None and self.base_age <= WAL_MAY_BE

    @property
    def wal_is_late(self) -> bool:
        if self.wal_lag is None:
            return not self.wal_is_to_come
        return self.wal_lag > WAL_MAY_BE

    @property
    def media_is_late(self) -> bool:
        return self.media_age is None or self.media_age > MEDIA_MAY_BE


def backup_state() -> BackupState:
    """The last good backup and how far the WAL archive is, in one query.

    ``configured`` says whether this province names a backup folder (``JIETI_BACKUP``): where it does not,
    a status page says "no backup is set up" instead of counting ages.
    """
    copies = {copy.kind: copy for copy in SafeCopy.objects.all()}
    base, wal, media = (copies.get(kind) for kind in (SafeCopy.Kind.BASE, SafeCopy.Kind.WAL, SafeCopy.Kind.MEDIA))
    base_facts, wal_facts, media_facts = (copy.facts if copy else {} for copy in (base, wal, media))
    return BackupState(
        now=timezone.now(),
        configured=bool(settings.JIETI_BACKUP),
        base_at=base.at if base else None,
        base_name=base_facts.get("name", ""),
        base_bytes=base_facts.get("bytes", 0),
        base_seconds=base_facts.get("seconds", 0),
        base_encrypted=base_facts.get("encrypted", False),
        wal_at=wal.at if wal else None,
        wal_bytes=wal_facts.get("behind", 0),
        media_at=media.at if media else None,
        media_files=media_facts.get("files", 0),
        trouble=wal_facts.get("trouble", ""),
        media_trouble=media_facts.get("trouble", ""),
    )


def note_copy(kind: str, at: datetime, **facts: Any) -> None:
    """Remember a copy that was checked; the newest replaces the one before."""
    SafeCopy.objects.update_or_create(kind=kind, defaults={"at": at, "facts": facts})


def note_trouble(trouble: str, kind: str = SafeCopy.Kind.WAL) -> None:
    """The archive stands still: say why, and leave the time of the last good copy as it is."""
    copy, _made = SafeCopy.objects.get_or_create(kind=kind)
    copy.facts["trouble"] = trouble
    copy.save(update_fields=["facts"])
