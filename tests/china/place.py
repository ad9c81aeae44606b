"""Where ``make china`` lives: its own folder, its own PostgreSQL, its own surroundings."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import processes
from config.embedded import EmbeddedPostgres
from config.environment.reading import socket_folder
from config.folder_lock import take_folder
from tests import database

# What a machine that holds a whole country would be given; fsync stays on. A commit may be lost with the machine's
# power, not with a killed process: the next run looks at what is there.
SETTINGS = {
    "shared_buffers": "512MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "2GB",  # what is behind a checkpoint is read again after a kill, before the next run goes on
    "synchronous_commit": "off",
}


@dataclass(frozen=True)
class Place:
    folder: Path
    port: int

    @property
    def postgres(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(
            folder=self.folder / "postgres",
            sockets=socket_folder(self.folder),
            log=self.folder / "logs" / "postgres.log",
            settings=SETTINGS,
        )

    def surroundings(self) -> dict[str, str]:
        """The keys are the tests', with which the copied database was written."""
        return {
            **database.SURROUNDINGS,
            "DJANGO_SETTINGS_MODULE": "tests.china.settings",
            "JIETI_VAR": str(self.folder),
            "JIETI_WEB_WORKERS": "1",
            "JIETI_BACKUP": str(self.folder.with_name(self.folder.name + "-backup")),
            "PORT": str(self.port),
            "PYTHONPATH": f"{database.ROOT}{os.pathsep}{database.ROOT / 'platform'}",
        }

    def python(self, *words: str, log: str) -> "subprocess.Popen[bytes]":
        """``python -m …`` that ends when we end, however we end."""
        path = self.folder / "logs" / f"{log}.log"
        with path.open("ab") as kept:
            return processes.start(
                [sys.executable, "-m", *words],
                env={**os.environ, **self.surroundings()},
                cwd=database.ROOT,
                output=kept,
            )


def place_of(folder: Path) -> Place:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Place(folder, probe.getsockname()[1])


@contextmanager
def settled(place: Place) -> Iterator["subprocess.Popen[bytes]"]:
    """PostgreSQL on the folder, prepared by the first run; one run at a time."""
    place.folder.mkdir(parents=True, exist_ok=True)
    with take_folder(place.folder):
        if not (place.folder / "postgres" / "PG_VERSION").exists():
            draft = place.folder / "postgres.copy"
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(database.cached_cluster(), draft, symlinks=True)
            draft.chmod(0o700)
            draft.rename(place.folder / "postgres")
        server = place.postgres.start()
        try:
            yield server
        finally:
            processes.end(server, with_signal=signal.SIGINT, patience=300)
