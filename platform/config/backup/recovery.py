"""A PostgreSQL that does nothing but replay the WAL and be asked how far it came.

It runs on settings of its own: those of the dead machine may name libraries, folders and commands that are
not here, and an ``archive_command`` among them would write into the old archive.
"""

import contextlib
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg2

from config import processes
from config.embedded import as_another_user, private_folder
from config.refusal import Refusal
from kernel.clock import SHANGHAI

PATIENCE = 4 * 3600  # replaying a busy day takes its time
MUST_REACH = {
    # A server that shows rows while it replays needs at least what the old one had.
    "max_connections": "max_connections setting",
    "max_worker_processes": "max_worker_processes setting",
    "max_wal_senders": "max_wal_senders setting",
    "max_prepared_transactions": "max_prepared_xacts setting",
    "max_locks_per_transaction": "max_locks_per_xact setting",
}


@dataclass(frozen=True)
class Reached:
    """The last commit that was replayed (none after the base: None), and the timeline that began."""

    last_commit: datetime | None
    timeline: int


@dataclass
class Recovery:
    data: Path
    wal: Path
    programs: Path
    user: str
    database: str
    until: datetime | None = None
    timeline: str = "latest"
    base_alone: bool = False  # stop where the base is whole: what came after it is not kept
    log: Path = field(default_factory=lambda: Path(tempfile.gettempdir()) / "jieti-recovery.log")

    @contextlib.contextmanager
    def running(self) -> Iterator["Running"]:
        """The server, once it has replayed everything and takes writes. Raises Refusal with its last words."""
        with tempfile.TemporaryDirectory(prefix="jieti-", dir="/tmp") as place:
            Path(place).chmod(0o755)
            sockets = Path(place) / "run"
            private_folder(sockets)
            (self.data / "recovery.signal").touch(mode=0o600)
            become = as_another_user(self.data, self.wal, sockets)
            with self.log.open("ab") as log:
                server = processes.start(
                    self._command(Path(place), sockets), with_signal=signal.SIGINT, become=become, output=log
                )
            try:
                yield Running(sockets, self._reached(server, sockets))
            finally:
                processes.end(server, with_signal=signal.SIGINT, patience=600)

    def _command(self, place: Path, sockets: Path) -> list[str | Path]:
        empty, rights, names = place / "postgresql.conf", place / "pg_hba.conf", place / "pg_ident.conf"
        empty.touch()
        names.touch()
        rights.write_text("local all all trust\n", encoding="utf-8")
        for path in (empty, rights, names):
            path.chmod(0o644)
        command: list[str | Path] = [self.programs / "postgres", "-D", self.data]
        for name, value in self._settings(sockets, empty, rights, names).items():
            command += ["-c", f"{name}={value}"]
        return command

    def _settings(self, sockets: Path, empty: Path, rights: Path, names: Path) -> Mapping[str, str]:
        target = {"recovery_target": "immediate"} if self.base_alone else {}
        if self.until:
            target = {"recovery_target_time": self.until.isoformat()}
        return {
            "config_file": str(empty),
            "hba_file": str(rights),
            "ident_file": str(names),
            "listen_addresses": "",
            "unix_socket_directories": str(sockets),
            "shared_preload_libraries": "",
            "archive_mode": "off",
            "logging_collector": "off",
            "log_timezone": "UTC",
            "ssl": "off",
            "hot_standby": "on",
            "autovacuum": "off",
            "max_wal_size": "4GB",
            "restore_command": f'cp "{self.wal}/%f" "%p"',
            "recovery_target_timeline": self.timeline,
            "recovery_target_action": "promote",
            **target,
            **self._limits(),
        }

    def _limits(self) -> dict[str, str]:
        done = subprocess.run(
            [self.programs / "pg_controldata", self.data],
            capture_output=True,
            text=True,
            env={"LC_ALL": "C"},
            check=False,
        )
        said = dict(re.findall(r"^(.+?):\s+(\S.*)$", done.stdout, re.MULTILINE))
        if not said.keys() >= set(MUST_REACH.values()):
            raise Refusal(
                f"读不懂备份里的数据库：{done.stderr.strip()}",
                "The database in the backup cannot be read by these programs.",
            )
        return {name: said[line] for name, line in MUST_REACH.items()}

    def _reached(self, server: "subprocess.Popen[bytes]", sockets: Path) -> Reached:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            if server.poll() is not None:
                break
            with (
                contextlib.suppress(psycopg2.OperationalError),
                contextlib.closing(self._connect(sockets)) as connection,
            ):
                found = _ask(connection)
                if found is not None:
                    return found
            time.sleep(0.2)
        raise self._did_not_come_up()

    def _connect(self, sockets: Path) -> "psycopg2.extensions.connection":
        return psycopg2.connect(host=str(sockets), user=self.user, dbname=self.database)

    def _did_not_come_up(self) -> Refusal:
        said = self.log.read_text(encoding="utf-8", errors="replace")
        if "ended before configured recovery target was reached" in said:
            last = re.findall(r"last completed transaction was at log time (\S+ \S+)", said)
            end = f"（到北京时间 {_in_china(last[-1])}）" if last else ""
            return Refusal(
                f"日志存档到不了 --until 说的时间{end}；不写 --until 就恢复到最后。",
                "The WAL ends before the moment of --until; without it the restore goes to the end.",
            )
        tail = " ".join(said.splitlines()[-4:])
        return Refusal(f"数据库没有恢复起来：{tail}", f"The database did not recover; see {self.log}.")


def _in_china(written: str) -> str:
    """As the database's log writes a moment: 2026-11-23 17:47:17.123456+00."""
    return f"{datetime.fromisoformat(written).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


@dataclass(frozen=True)
class Running:
    sockets: Path
    reached: Reached


def _ask(connection: "psycopg2.extensions.connection") -> Reached | None:
    """None while it still replays."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()")
        replaying, last = cursor.fetchone()
        if replaying:
            return None
        # A timeline's number stands in the name of the file that is written to.
        cursor.execute("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)")
        timeline = int(cursor.fetchone()[0], 16)
    return Reached(last.astimezone(UTC) if last else None, timeline)
