"""What the public tables, the disk and the certificate say: few statements, none of them in a county's schema."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Min, Q, Sum
from django.utils import timezone

from kernel import clock
from kernel.models import Failure, Heartbeat, OutboxRow, PartProcess
from search.feed import INDEX
from search.models import EngineIndex, EngineRest
from search.ports import ELASTICSEARCH, POSTGRES
from tenants.models import Opening
from tenants.province_backups import BackupState, backup_state
from tenants.states import OpeningState

WINDOW = timedelta(hours=1)
HEARD_WITHIN = 60.0  # seconds without a sign of life
MOST_STUCK = 5  # counties named in one sentence; their page has them all
MOST_COUNTIES = 200  # whose failures are told apart; the others are one line


@dataclass(frozen=True)
class Effects:
    """The outbox's rows of one kind; ``due_since`` is when the oldest that waits should have been done."""

    kind: str
    waiting: int = 0
    retrying: int = 0
    dead: int = 0
    due_since: datetime | None = None
    dead_since: datetime | None = None


@dataclass(frozen=True)
class Failing:
    """What failed within the last hour in one county ("" is the province)."""

    county: str
    kind: str
    count: int
    since: datetime


@dataclass(frozen=True)
class Stuck:
    """A county whose opening stands still: on which step (its name), since when, and what stopped it."""

    county: str
    step: str
    since: datetime
    trouble: str


@dataclass(frozen=True)
class Engine:
    configured: bool = False
    answers: str = POSTGRES
    resting_since: datetime | None = None
    trouble: str = ""
    built: bool = False
    building: int | None = None  # hundredths done


@dataclass(frozen=True)
class Certificate:
    """``until`` is None where no file is named, or where ``trouble`` says why it cannot be read."""

    configured: bool = False
    until: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True)
class Facts:
    """Read at ``now``, the wall's; ``due_now`` is the clock that effects and deadlines go by."""

    now: datetime
    due_now: datetime
    effects: list[Effects] = field(default_factory=list)
    signs: dict[str, datetime] = field(default_factory=dict)
    processes: list[tuple[str, str, datetime]] = field(default_factory=list)  # part, host, last sign
    engine: Engine = Engine()
    openings_stuck: int = 0
    openings_since: datetime | None = None
    stuck: list[Stuck] = field(default_factory=list)  # who they are, the longest first, at most ``MOST_STUCK``
    deadlines_late: int = 0
    deadlines_since: date | None = None
    sign_ins_failed: int = 0
    sign_ins_locked: int = 0
    unsealed_since: datetime | None = None
    counties_troubled: int = 0
    connections: int = 0
    connections_most: int = 1
    failing: list[Failing] = field(default_factory=list)
    backup: BackupState | None = None
    certificate: Certificate = Certificate()
    disk_free: int = 0
    disk_size: int = 1

    @property
    def lag(self) -> float:
        """Seconds the oldest due effect has waited."""
        return max([self._waited(one) for one in self.effects], default=0.0)

    @property
    def index_lag(self) -> float:
        """Seconds by which the second engine is behind the tables."""
        return max([self._waited(one) for one in self.effects if one.kind == INDEX], default=0.0)

    @property
    def dead(self) -> int:
        return sum(one.dead for one in self.effects)

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.effects)

    def silence(self, part: str) -> float | None:
        """Seconds since a part's last sign of life; None where it never gave one."""
        return (self.now - self.signs[part]).total_seconds() if part in self.signs else None

    def living(self, part: str) -> int:
        return len([one for one in self.processes if one[0] == part]) - len(self.lost(part))

    def lost(self, part: str) -> list[str]:
        """Hosts on which a process of this part died and was not started again."""
        limit = self.now - timedelta(seconds=HEARD_WITHIN)
        return [host for name, host, at in self.processes if name == part and at < limit]

    def _waited(self, one: Effects) -> float:
        return (self.due_now - one.due_since).total_seconds() if one.due_since else 0.0


def read_facts() -> Facts:
    now, due_now = timezone.now(), clock.now()
    disk = shutil.disk_usage(_standing(Path(settings.JIETI_VAR)))
    numbers = _numbers(due_now)
    return Facts(
        now=now,
        due_now=due_now,
        effects=_effects(due_now),
        signs=dict(Heartbeat.objects.values_list("part", "at")),
        processes=list(PartProcess.objects.order_by("part", "host", "number").values_list("part", "host", "at")),
        engine=_engine(),
        failing=list(_failing(now)),
        backup=backup_state(),
        certificate=read_certificate(settings.CERTIFICATE_FILE),
        disk_free=disk.free,
        disk_size=disk.total,
        stuck=_stuck() if numbers["openings_stuck"] else [],
        **numbers,
    )


def _standing(folder: Path) -> Path:
    """The folder itself or the nearest above it: the doctor may look before anything was written."""
    return folder if folder.exists() else _standing(folder.parent)


def _effects(now: datetime) -> list[Effects]:
    waiting, dead = Q(state=OutboxRow.State.WAITING), Q(state=OutboxRow.State.DEAD)
    rows = (
        OutboxRow.objects.filter(state__in=[OutboxRow.State.WAITING, OutboxRow.State.DEAD])
        .values("kind")
        .annotate(
            waiting=Count("pk", filter=waiting),
            retrying=Count("pk", filter=waiting & Q(attempts__gt=0)),
            dead=Count("pk", filter=dead),
            due_since=Min("next_at", filter=waiting & Q(next_at__lte=now)),
            dead_since=Min("next_at", filter=dead),
        )
        .order_by("kind")
    )
    return [Effects(**row) for row in rows]


def _engine() -> Engine:
    if not settings.ELASTICSEARCH_URLS:
        return Engine()
    prefix = settings.ELASTICSEARCH_PREFIX
    rest = EngineRest.objects.filter(pk=prefix).first()
    indices = {index.state: index for index in EngineIndex.objects.filter(prefix=prefix)}
    built, building = EngineIndex.State.LIVE in indices, indices.get(EngineIndex.State.BUILDING)
    return Engine(
        configured=True,
        answers=ELASTICSEARCH if built and rest is None else POSTGRES,
        resting_since=rest.since if rest else None,
        trouble=rest.trouble if rest else "",
        built=built,
        building=min(100 * building.done // max(building.total, 1), 100) if building else None,
    )


def _stuck() -> list[Stuck]:
    standing = Opening.objects.filter(state=OpeningState.STUCK).order_by("moved_at", "county__code")
    rows = standing.values_list("county__code", "step", "moved_at", "trouble")
    return [Stuck(*row) for row in rows[:MOST_STUCK]]


def _failing(now: datetime) -> Iterator[Failing]:
    """The worst first; what is beyond ``MOST_COUNTIES`` is added up under no county's name."""
    rows = list(
        Failure.objects.filter(slot__gt=now - WINDOW)
        .values_list("county_code", "kind")
        .annotate(number=Sum("count"), since=Min("slot"), last=Max("last_at"))
        .order_by("-number", "county_code", "kind")
    )
    for county, kind, number, since, _last in rows[:MOST_COUNTIES]:
        yield Failing(county, kind, number, since)
    for kind in sorted({row[1] for row in rows[MOST_COUNTIES:]}):
        others = [row for row in rows[MOST_COUNTIES:] if row[1] == kind]
        yield Failing("others", kind, sum(row[2] for row in others), min(row[3] for row in others))


_NUMBERS = """
SELECT (SELECT count(*) FROM tenants_opening WHERE state = 'stuck') AS openings_stuck,
       (SELECT min(moved_at) FROM tenants_opening WHERE state = 'stuck') AS openings_since,
       (SELECT count(*) FROM kernel_deadline WHERE stopped_at IS NULL AND due < %(today)s) AS deadlines_late,
       (SELECT min(due) FROM kernel_deadline WHERE stopped_at IS NULL AND due < %(today)s) AS deadlines_since,
       (SELECT count(*) FROM kernel_auditentry WHERE at >= %(since)s AND action = 'sign_in.failed') AS sign_ins_failed,
       (SELECT count(*) FROM kernel_auditentry WHERE at >= %(since)s AND action = 'sign_in.locked') AS sign_ins_locked,
       (SELECT min(at) FROM kernel_auditentry WHERE place IS NULL) AS unsealed_since,
       (SELECT count(*) FROM tenants_schemastate WHERE trouble <> '') AS counties_troubled,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
       (SELECT current_setting('max_connections')::int) AS connections_most
"""


def _numbers(now: datetime) -> dict[str, Any]:
    """Ten numbers in one statement."""
    asked = {"today": clock.day_of(now), "since": now - WINDOW}
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, asked)
        return dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))


def read_certificate(file: str) -> Certificate:
    """The first certificate of a PEM file, nginx's own."""
    if not file:
        return Certificate()
    try:
        first = x509.load_pem_x509_certificates(Path(file).read_bytes())[0]
    except (OSError, ValueError, IndexError) as wrong:
        return Certificate(configured=True, trouble=f"{file}: {type(wrong).__name__}")
    return Certificate(configured=True, until=first.not_valid_after_utc)
