"""A PostgreSQL for the tests: built once, copied for each run, cloned for each worker.

Loaded as a plugin (``-p tests.database``): a conftest is imported too late to say where the
database is before Django reads its settings. Nothing starts until a test asks for a database.
"""

import base64
import contextlib
import fcntl
import hashlib
import os
import platform as machine
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
for _place in (ROOT, ROOT / "platform"):
    if str(_place) not in sys.path:
        sys.path.insert(0, str(_place))

from config import processes  # noqa: E402
from config.embedded import EmbeddedPostgres  # noqa: E402

TEMPLATE = "jieti"
ROOMS = ("platform", "tenants", "branding", "search", "catalog", "cms")
ENOUGH_MEMORY = 1_500_000_000
CLUSTERS_KEPT = 4
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "1GB",
    "shared_buffers": "128MB",
    "max_connections": "300",
    "max_locks_per_transaction": "512",
}
SURROUNDINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings.testing",
    "SECRET_KEY": "tests-only-" + "k" * 40,
    "JIETI_KEYS": base64.urlsafe_b64encode(b"tests only: thirty-two bytes key").decode(),
    "JIETI_HASH_KEY": "tests-only-hash-key-" + "h" * 30,
    "JIETI_DEMO": "0",
    "JIETI_PROVINCE": "23",
}
BUILDING = "JIETI_TEST_BUILD"
IN_WORKER = "PYTEST_XDIST_WORKER" in os.environ or BUILDING in os.environ
_server: subprocess.Popen[bytes] | None = None


def _runs() -> Path:
    memory = Path("/dev/shm")
    with contextlib.suppress(OSError):
        if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ENOUGH_MEMORY:
            return memory
    return Path(tempfile.gettempdir())


def _settle() -> Path:
    """Choose this run's folder and tell Django, before it reads its settings."""
    if IN_WORKER:
        return Path(os.environ["JIETI_VAR"])
    for name in (
        "DATABASE_URL",
        "BROKER_URL",
        "REDIS_URL",
        "JIETI_PROXIES",
        "JIETI_STATIC",
        "JIETI_ORIGIN",
        "ALLOWED_HOSTS",
        "DEBUG",
        "PORT",
        "MEDIA_URL",
        "ELASTICSEARCH_URL",
        "ELASTICSEARCH_PREFIX",
        "ELASTICSEARCH_SHARDS",
    ):
        os.environ.pop(name, None)
    folder = _runs() / f"jieti-test-{os.getuid()}-{os.getpid()}"
    os.environ.update(SURROUNDINGS)
    os.environ["JIETI_VAR"] = str(folder)
    return folder


FOLDER = _settle()


def cluster(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(
        folder=folder / "postgres",
        sockets=folder / "run",
        log=folder / "postgres.log",
        settings=FAST,
        initdb_options=("--wal-segsize=4", "--no-sync"),
        end_signal=signal.SIGQUIT,
    )


def cluster_key() -> str:
    """Everything the finished cluster depends on."""
    wanted = {ROOT / "requirements.lock", Path(__file__), Path(__file__).with_name("build_cluster.py")}
    for room in ROOMS:
        for pattern in ("**/migrations/*.py", "**/opening*.py", "**/opening/*.py", "**/pages.py"):
            wanted.update((ROOT / room).glob(pattern))
    wanted.update(
        ROOT / "tenants" / f"{name}.py" for name in ("models", "schemas", "migrating", "migrate_command", "services")
    )
    wanted.update([ROOT / "tenants/data/divisions.csv", ROOT / "search/data/categories.csv"])
    wanted.update((ROOT / "platform" / "config" / "settings").rglob("*.py"))
    wanted.add(ROOT / "platform" / "config" / "embedded.py")
    digest = hashlib.sha256(machine.python_version().encode())
    for path in sorted(path for path in wanted if path.is_file() and "__pycache__" not in path.parts):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


def cached_cluster() -> Path:
    """The folder of the built cluster; the first run after a change builds it."""
    home = Path(os.environ.get("JIETI_TEST_CACHE") or ROOT / "var" / "test-cluster")
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = home / cluster_key()
        if not (kept / "PG_VERSION").exists():
            _build(kept)
            _forget_old(home, kept)
        os.utime(kept)
        return kept


def _build(kept: Path) -> None:
    draft = FOLDER.with_name(FOLDER.name + "-build")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.build_cluster", str(draft)],
        cwd=ROOT,
        env={
            **os.environ,
            **SURROUNDINGS,  # whose surroundings these are (``make china`` has a province of its own), it is the tests'
            "JIETI_VAR": str(draft),
            BUILDING: "1",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    try:
        if done.returncode:
            pytest.exit(f"The test database could not be built:\n{done.stdout[-6000:]}", returncode=3)
        shutil.rmtree(kept, ignore_errors=True)
        shutil.move(draft / "postgres", kept)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _forget_old(home: Path, kept: Path) -> None:
    others = [path for path in home.iterdir() if path.is_dir() and path != kept]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[CLUSTERS_KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def _sweep() -> None:
    """Folders of runs that are gone."""
    for path in FOLDER.parent.glob(f"jieti-test-{os.getuid()}-*"):
        number = path.name.removesuffix("-build").rsplit("-", 1)[-1]
        if number.isdecimal() and not Path("/proc", number).exists():
            shutil.rmtree(path, ignore_errors=True)


def start_server() -> None:
    """This run's own server, on its own copy. Workers use the one their controller started."""
    global _server
    if IN_WORKER or _server is not None:
        return
    _sweep()
    kept = cached_cluster()
    FOLDER.mkdir(parents=True, exist_ok=True)
    shutil.copytree(kept, FOLDER / "postgres", symlinks=True)
    (FOLDER / "postgres").chmod(0o700)
    _server = cluster(FOLDER).start()


def stop_server() -> None:
    global _server
    if _server is not None:
        processes.end(_server, with_signal=signal.SIGQUIT)
        _server = None
    if not IN_WORKER:
        shutil.rmtree(FOLDER, ignore_errors=True)


@contextlib.contextmanager
def _maintenance() -> Iterator:
    with contextlib.closing(cluster(FOLDER).connect("postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def clone(name: str) -> str:
    """A fresh database with public, the template county and the two counties of the tests."""
    with _maintenance() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY file_copy')
    return name


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    start_server()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    stop_server()
