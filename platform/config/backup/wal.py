"""Every change, out of the disk's reach as it is made.

``pg_receivewal --synchronous`` writes what the server commits into a growing segment beside the backup and
says how far it is only when that lies on the disk; a slot makes the server keep what has not come over yet.
So no segment needs to be switched early: what a dead disk costs is what was on the wire. Finished segments
are put on the shelf, compressed and sealed on request.

How far the archive is, in time: the server's position is asked now and then, and once the slot has confirmed
a position, everything committed before the moment of asking is in the archive.
"""

import contextlib
import json
import re
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import psycopg2

from config import processes
from config.backup.age import Recipient
from config.backup.packing import PART, Damaged, pack, plain_name, sum_of
from config.backup.source import SLOT, Source, System, identify, lsn
from config.backup.store import Store, moment_of, stamp_of, write_json
from config.refusal import Refusal

SEGMENT = re.compile(r"[0-9A-F]{24}")
RECEIVED = re.compile(r"[0-9A-F]{24}|[0-9A-F]{8}\.history")
GROWING = ".partial"
CHAIN = "chain.json"  # since when the shelf has no hole
ASK_EVERY = 2.0
NOTE_EVERY = 10.0
STANDS_STILL = timedelta(minutes=1)
SLOT_GONE = "lost"


def shelf_of(store: Store, system: System) -> Path:
    return store.wal(system.name)


def receiving_folder(store: Store, system: System) -> Path:
    """One for each timeline: after a restore the receiving begins anew beside what was received before."""
    return shelf_of(store, system) / f"receiving-{system.timeline}"


@dataclass(frozen=True)
class Progress:
    """Every commit before ``safe_at`` is in the archive; ``behind`` bytes are not."""

    safe_at: datetime | None
    behind: int
    trouble: str = ""


@dataclass
class Keeper:
    """Receives until it is told to stop. ``note`` hears how far it is, ``between`` runs now and then."""

    source: Source
    store: Store
    recipient: Recipient | None
    note: Callable[[Progress], None]
    between: Callable[["Keeper"], None] = lambda _keeper: None
    stopping: bool = False
    _asked: deque[tuple[datetime, int]] = field(default_factory=lambda: deque(maxlen=3600))
    _safe_at: datetime | None = None
    _began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _noted: float = 0
    _receiver: "subprocess.Popen[bytes] | None" = None

    def stop(self, *_: object) -> None:
        self.stopping = True

    def run(self) -> None:
        system = self.source.system()
        receiving = receiving_folder(self.store, system)
        receiving.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.make_slot(system, receiving)
        complaints = receiving.parent / "receiving.log"
        try:
            while not self.stopping:
                if self._receiver is None or self._receiver.poll() is not None:
                    with complaints.open("wb") as words:
                        self._receiver = self._start(receiving, words)
                self._look(system, receiving, complaints, self._shelve(receiving))
                self.between(self)
                self._pause()
        finally:
            if self._receiver is not None:
                processes.end(self._receiver, with_signal=signal.SIGINT, patience=20)
            self._shelve(receiving)

    def _shelve(self, receiving: Path) -> str:
        """A shelf that is full or broken must not end the receiving; "" while it works."""
        try:
            shelve(receiving, self.recipient)
        except (OSError, Damaged) as wrong:
            return f"日志收着，但放不进备份：{wrong}"
        return ""

    def _start(self, receiving: Path, words: IO[bytes]) -> "subprocess.Popen[bytes]":
        command: list[str | Path] = [
            self.source.program("pg_receivewal"),
            "-D",
            receiving,
            "-S",
            SLOT,
            "--synchronous",
            "--status-interval=1",
        ]
        command += ["--no-password", "-d", self.source.conninfo]
        return processes.start(command, with_signal=signal.SIGINT, env=self.source.env, output=words)

    def _pause(self) -> None:
        limit = time.monotonic() + ASK_EVERY
        while not self.stopping and time.monotonic() < limit:
            time.sleep(0.1)

    # --- how far -----------------------------------------------------------------------------

    def _look(self, system: System, receiving: Path, complaints: Path, trouble: str = "") -> None:
        try:
            progress = self._ask(system)
        except (Refusal, psycopg2.Error):  # away before we asked, or while we did
            progress = Progress(self._safe_at, 0, "数据库现在连不上，日志存档停着。")
        if progress.trouble == SLOT_GONE:
            self._begin_anew(system, receiving)
            return
        if trouble:
            progress = Progress(progress.safe_at, progress.behind, trouble)
        if not progress.trouble and progress.behind and self._stands_still():
            said = complaints.read_text(encoding="utf-8", errors="replace").strip()[-300:]
            progress = Progress(progress.safe_at, progress.behind, f"日志存档停着：{said or '一分钟没有收到新的。'}")
        if time.monotonic() - self._noted >= NOTE_EVERY or progress.trouble:
            self._noted = time.monotonic()
            self.note(progress)

    def _stands_still(self) -> bool:
        return datetime.now(UTC) - (self._safe_at or self._began) > STANDS_STILL

    def _ask(self, system: System) -> Progress:
        with self.source.replication() as cursor:
            asked_at = datetime.now(UTC)
            now = identify(cursor)
            if (now.name, now.timeline) != (system.name, system.timeline):
                # Another cluster, or this one came back on another timeline: what we receive into is not its folder.
                self.stopping = True
                return Progress(self._safe_at, 0, "数据库换了一条时间线，日志存档重新开始。")
            confirmed = confirmed_position(cursor)
        if confirmed is None:
            return Progress(self._safe_at, 0, SLOT_GONE)
        self._asked.append((asked_at, now.position))
        while self._asked and self._asked[0][1] <= confirmed:
            self._safe_at = self._asked.popleft()[0]
        return Progress(self._safe_at, max(0, now.position - confirmed))

    # --- the slot ----------------------------------------------------------------------------

    def make_slot(self, system: System, receiving: Path) -> None:
        with self.source.replication() as cursor:
            if confirmed_position(cursor) is not None:
                return
        self._begin_anew(system, receiving)

    def _begin_anew(self, system: System, receiving: Path) -> None:
        """No slot, or the server had to give up on us: what came so far stays, and a new chain begins."""
        if self._receiver is not None:
            processes.end(self._receiver, with_signal=signal.SIGINT, patience=20)
            self._receiver = None
        with self.source.replication() as cursor:
            with contextlib.suppress(psycopg2.errors.UndefinedObject):
                cursor.execute(f'DROP_REPLICATION_SLOT "{SLOT}"')
            # Without RESERVE_WAL it would keep nothing until the first segment was asked for.
            cursor.execute(f'CREATE_REPLICATION_SLOT "{SLOT}" PHYSICAL RESERVE_WAL')
        shelve(receiving, self.recipient, all_of_it=True)
        self._asked.clear()
        write_json(shelf_of(self.store, system) / CHAIN, {"since": stamp_of(datetime.now(UTC))})


def confirmed_position(cursor: Any) -> int | None:
    """How far the slot knows the archive to be; None when there is no slot, or the server gave up on it."""
    cursor.execute(f'READ_REPLICATION_SLOT "{SLOT}"')
    kind, restart, _timeline = cursor.fetchone()
    return None if kind is None or restart is None else lsn(restart)


def chain_since(store: Store, system: System) -> datetime | None:
    """A base older than this has a hole behind it."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        return moment_of(json.loads((shelf_of(store, system) / CHAIN).read_text(encoding="utf-8"))["since"])
    return None


def shelve(receiving: Path, recipient: Recipient | None, *, all_of_it: bool = False) -> int:
    """Put finished segments on the shelf; returns how many.

    The newest finished one stays: pg_receivewal, started again, goes on behind what it finds. With
    ``all_of_it`` the growing one goes too, and stands on the shelf as it is.
    """
    finished = sorted(path for path in receiving.iterdir() if RECEIVED.fullmatch(path.name))
    segments = [path for path in finished if SEGMENT.fullmatch(path.name)]
    stays = set() if all_of_it else set(segments[-1:])
    chosen = [path for path in finished if path not in stays]
    if all_of_it:
        chosen += receiving.glob(f"*{GROWING}")
    for path in chosen:
        _put_on_shelf(path, receiving.parent, recipient)
    return len(chosen)


def _put_on_shelf(path: Path, shelf: Path, recipient: Recipient | None) -> None:
    if path.name.endswith(GROWING) or not is_on_shelf(shelf, path.name):
        with path.open("rb") as file:
            packed = pack(file, shelf / path.name, recipient)
        if sum_of(shelf / packed.name) != packed.sha256:
            (shelf / packed.name).unlink()
            raise Damaged(shelf / packed.name, "what lies on the disk is not what was written")
    path.unlink()


def is_on_shelf(shelf: Path, name: str) -> bool:
    return any((shelf / f"{name}{end}").exists() for end in (".gz", ".gz.age"))


def on_shelf(shelf: Path) -> dict[str, Path]:
    """Segments and histories by their PostgreSQL name: the shelf's, and what is still being received."""
    found: dict[str, Path] = {}
    for folder in sorted(shelf.glob("receiving-*")):
        found |= {path.name: path for path in folder.iterdir() if RECEIVED.fullmatch(path.name.removesuffix(GROWING))}
    packed = [path for path in shelf.glob("*.gz*") if not path.name.endswith(PART)]
    found |= {plain_name(path): path for path in packed}
    return found


def forget_before(shelf: Path, segment: str) -> int:
    """Remove what no kept base needs: segments before ``segment`` on any timeline. Histories are small and stay."""
    gone = 0
    for name, path in on_shelf(shelf).items():
        whole = name.removesuffix(GROWING)
        if SEGMENT.fullmatch(whole) and path.parent == shelf and whole[8:] < segment[8:]:
            path.unlink()
            gone += 1
    return gone


@dataclass(frozen=True)
class Chain:
    """The segments from one on, in their order, as far as they go without a hole.

    ``hole`` names the first segment that is missing while later ones are there, ``after`` the first of those.
    """

    names: list[str]
    files: dict[str, Path]
    hole: str
    after: str = ""

    @property
    def paths(self) -> list[Path]:
        return [self.files[name] for name in self.names]

    @classmethod
    def of(cls, shelf: Path, first: str, segment_bytes: int) -> "Chain":
        """A segment may lie there on several timelines: where one ended and the next began, both hold a part of it."""
        files = on_shelf(shelf) if shelf.is_dir() else {}
        by_number: dict[int, list[str]] = {}
        for name in files:
            whole = name.removesuffix(GROWING)
            if SEGMENT.fullmatch(whole) and whole[8:] >= first[8:]:
                by_number.setdefault(_number(whole, segment_bytes), []).append(name)
        names: list[str] = []
        number = _number(first, segment_bytes)
        while number in by_number:
            names += sorted(by_number.pop(number))
            number += 1
        if not by_number:
            return cls(names, files, "")
        return cls(names, files, _written(number, segment_bytes), _written(min(by_number), segment_bytes))


def _number(segment: str, segment_bytes: int) -> int:
    return int(segment[8:16], 16) * (2**32 // segment_bytes) + int(segment[16:], 16)


def _written(number: int, segment_bytes: int) -> str:
    per_file = 2**32 // segment_bytes
    return f"{number // per_file:08X}{number % per_file:08X}"
