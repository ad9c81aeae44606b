import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config import processes
from config.embedded import EmbeddedPostgres, PostgresProblem
from config.folder_lock import FolderTaken, take_folder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def postgres(tmp_path):
    made = EmbeddedPostgres(
        tmp_path / "postgres",
        tmp_path / "run",
        tmp_path / "postgres.log",
        settings={"fsync": "off"},
        initdb_options=("--wal-segsize=4", "--no-sync"),
        end_signal=signal.SIGQUIT,
    )
    made.create()
    yield made
    made.clear_remains()


def facts_of(postgres):
    connection = postgres.connect("jieti")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'jieti'")
            found = cursor.fetchone()
            cursor.execute("SELECT '五' ~ '\\w', current_setting('listen_addresses')")
            return (*found, *cursor.fetchone())
    finally:
        connection.close()


def test_it_speaks_chinese_over_a_private_socket_alone(postgres):
    server = postgres.start()
    postgres.make_database("jieti")
    assert facts_of(postgres) == ("C.UTF-8", "UTF8", True, "")
    assert (postgres.sockets.stat().st_mode & 0o777, postgres.folder.stat().st_mode & 0o777) == (0o700, 0o700)
    processes.end(server, with_signal=signal.SIGINT)
    assert server.returncode == 0


def test_a_stale_pid_file_does_not_block_the_start(postgres):
    (postgres.folder / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.folder}\n1\n5432\n\n\n\nready\n")
    server = postgres.start()
    assert postgres.is_ready(server.pid)
    processes.end(server, with_signal=signal.SIGQUIT)


def test_what_a_killed_parent_left_is_ended_before_the_next_start(postgres):
    server = postgres.start()
    backends = processes.occupants(postgres.folder)
    assert server.pid in backends
    server.kill()
    server.wait()
    again = postgres.start()
    assert server.pid != again.pid
    assert not set(backends) & set(processes.occupants(postgres.folder))
    processes.end(again, with_signal=signal.SIGQUIT)


def test_it_ends_with_its_parent(postgres):
    code = (
        "import sys, os, signal, pathlib\n"
        f"sys.path.insert(0, {str(ROOT / 'platform')!r})\n"
        "from config.embedded import EmbeddedPostgres\n"
        f"EmbeddedPostgres(*map(pathlib.Path, {[str(p) for p in (postgres.folder, postgres.sockets, postgres.log)]!r})).start()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    limit = time.monotonic() + 10
    while processes.occupants(postgres.folder) and time.monotonic() < limit:
        time.sleep(0.05)
    assert processes.occupants(postgres.folder) == []


def test_a_broken_cluster_says_why(postgres):
    (postgres.folder / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresProblem, match=r"(?i)version"):
        postgres.start()


def test_another_users_socket_folder_is_refused(postgres):
    postgres.sockets.symlink_to("/")
    with pytest.raises(PostgresProblem):
        postgres.start()


def test_a_folder_is_taken_once_and_freed_by_closing(tmp_path):
    with take_folder(tmp_path), pytest.raises(FolderTaken, match=str(os.getpid())):
        take_folder(tmp_path)
    take_folder(tmp_path).close()
