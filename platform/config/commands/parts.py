"""The platform's programs: how each is started and ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from config import processes
from config.embedded import LOG_LIMIT, EmbeddedPostgres
from config.environment import ROOT, Environment
from config.supervisor import Part

SLOT_KEEPS = "4GB"


def postgres_of(environment: Environment) -> EmbeddedPostgres:
    return EmbeddedPostgres(
        folder=environment.cluster,
        sockets=environment.socket_folder,
        log=environment.var / "logs" / "postgres.log",
        # A backup that is away for long must not fill the database's own disk.
        settings={"max_slot_wal_keep_size": SLOT_KEEPS} if environment.backup else {},
    )


def postgres_part(environment: Environment) -> Part:
    return Part("PostgreSQL", postgres_of(environment).start, end_signal=signal.SIGINT, patience=60)


def web_part(environment: Environment) -> Part:
    return Part("web", partial(start_module, environment, "web", words_of(environment, "web")), patience=12)


def behind_parts(environment: Environment) -> list[Part]:
    """What works behind the pages: worker and clock."""
    return [
        Part(name, partial(start_module, environment, name, words_of(environment, name)), patience=patience)
        for name, patience in (("worker", 20), ("beat", 5))
    ]


def backup_parts(environment: Environment) -> list[Part]:
    """Where a backup folder is named: every change as it is made, and the whole once a day."""
    if environment.backup is None:
        return []
    words = ["config.command", "backup", "wal", "--base-every", "24", "--counties-every", "24"]
    return [Part("backup", partial(start_module, environment, "backup", words), patience=30)]


def words_of(environment: Environment, part: str) -> list[str]:
    """What follows ``python -m`` for a part, in ``jieti up`` and on servers alike."""
    if part == "web":
        config = Path(__file__).resolve().parents[1] / "gunicorn.py"
        return ["gunicorn", "--config", str(config), "config.wsgi:application"]
    celery = ["celery", "--app", "config.celery", part, "--loglevel=WARNING"]
    if part == "worker":
        celery += ["--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    else:
        celery += ["--pidfile=", "--schedule", str(environment.var / "beat-schedule")]
    return celery


def start_module(environment: Environment, name: str, words: Sequence[str]) -> subprocess.Popen[bytes]:
    """``python -m …`` with its words in ``logs/<name>.log``."""
    path = environment.var / "logs" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
    with path.open("ab") as log:
        return processes.start([sys.executable, "-m", *words], env=surroundings(environment), cwd=ROOT, output=log)


def start_step(environment: Environment, step: str) -> subprocess.Popen[bytes]:
    """A step of the first start, speaking to our terminal."""
    return processes.start([sys.executable, "-m", "config.first_start", step], env=surroundings(environment), cwd=ROOT)


def surroundings(environment: Environment) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "JIETI_VAR": str(environment.var),
        "PYTHONUTF8": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
        # glibc otherwise keeps an arena a thread: a third of the memory, unused.
        "MALLOC_ARENA_MAX": "2",
    }
