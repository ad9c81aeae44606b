"""Promise O6 on a server of its own: Debian's PostgreSQL with TLS and a role that may only replicate."""

import os
import shutil
import signal
import subprocess
from datetime import UTC, datetime

import pytest

from config.embedded import EmbeddedPostgres
from config.processes import end
from kernel.postgres_clients import wheel_folder
from tests.database import ROOT, SURROUNDINGS, cached_cluster
from tests.prove.real_servers import PASSWORDS, Servers, postgres_program, until

ROWS = 2000


@pytest.fixture
def servers(tmp_path):
    real = Servers(tmp_path)
    real.start_postgres()
    try:
        real.make_database()
        fill(real, tmp_path / "source")
        options = f"sslmode=verify-full&sslrootcert={tmp_path / 'certificates' / 'ca.pem'}"
        url = f"postgresql://jieti_backup:{PASSWORDS['backup']}@127.0.0.1:{real.ports['postgres']}/jieti?{options}"
        own = {name: SURROUNDINGS[name] for name in ("SECRET_KEY", "JIETI_KEYS", "JIETI_HASH_KEY")}
        real.write_settings(JIETI_BACKUP_URL=url, **own)
        yield real
    finally:
        real.end_all()


def fill(real, folder):
    """The tests' own province, poured over: sparing a preparation from nothing."""
    folder.mkdir()
    shutil.copytree(cached_cluster(), folder / "postgres", symlinks=True)
    (folder / "postgres").chmod(0o700)
    source = EmbeddedPostgres(folder / "postgres", folder / "run", folder / "log")
    server = source.start()
    try:
        words = [wheel_folder() / "pg_dump", "-h", folder / "run", "-U", "jieti", "--no-owner", "--no-acl", "jieti"]
        dumped = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    finally:
        end(server, with_signal=signal.SIGINT)
    # An older server does not know every setting of a newer one's dump, and pg_dump's \restrict is psql's own.
    known = "\n".join(line for line in dumped.splitlines() if not line.startswith("SET transaction_timeout"))
    (folder / "dump.sql").write_text(known, encoding="utf-8")
    words = [postgres_program("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-f", folder / "dump.sql", "-o", "/dev/null"]
    address = f"host=127.0.0.1 port={real.ports['postgres']} user=jieti dbname=jieti sslmode=require"
    subprocess.run([*words, address], env={"PGPASSWORD": PASSWORDS["jieti"], "PATH": "/usr/bin:/bin"}, check=True)


def test_a_server_comes_back_by_the_commands_of_the_restore_page(servers, tmp_path):
    photo = tmp_path / "var" / "media" / "c230184" / "rice.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"rice")
    servers._start("wal", servers.words("backup", "wal"), env=servers.env())
    until(lambda: list(tmp_path.glob("backups/wal/*/receiving-1/*.partial")), 60, servers.said)
    assert "2 个县" in servers.command("backup")
    servers.query("CREATE TABLE rehearsal AS SELECT g AS id FROM generate_series(1, %s) g", ROWS)
    assert PASSWORDS["backup"] not in subprocess.run(["ps", "axww"], capture_output=True, text=True, check=True).stdout
    written = datetime.now(UTC)
    until(lambda: archived(servers, written), 60, servers.said)

    servers.kill("postgres")
    shutil.move(tmp_path / "postgres", tmp_path / "postgres.broken")
    shutil.move(tmp_path / "var" / "media", tmp_path / "var" / "media.old")
    servers.kill("wal")
    said = servers.command("restore", str(tmp_path / "backups"), "--data", str(tmp_path / "postgres"))
    for words in ("2 个县，2 个库表一致", "操作记录完整", "恢复完成"):
        assert words in said
    assert photo.read_bytes() == b"rice"

    servers.start_postgres()
    assert servers.query("SELECT count(*) FROM rehearsal") == [(ROWS,)]
    servers._start("wal", servers.words("backup", "wal"), env=servers.env())
    until(lambda: list(tmp_path.glob("backups/wal/*/receiving-2/*.partial")), 60, servers.said)
    servers.command("backup")  # and is kept again, on its new timeline
    assert servers.query("SELECT facts->>'name' > '2026' FROM tenants_safecopy WHERE kind = 'base'") == [(True,)]


def archived(servers, moment):
    """The archive says that it holds whatever was committed before the moment."""
    found = servers.query("SELECT at FROM tenants_safecopy WHERE kind = 'wal' AND at IS NOT NULL")
    return bool(found) and found[0][0] > moment


@pytest.fixture
def in_containers(servers, tmp_path):
    """As compose has it: no TLS between the parts, so the wheel's programs copy a server of another release."""
    rights = tmp_path / "postgres" / "pg_hba.conf"
    rights.write_text(rights.read_text().replace("hostssl all", "host    all"))
    servers.query("SELECT pg_reload_conf()", user="postgres", database="postgres")
    address = f"127.0.0.1:{servers.ports['postgres']}/jieti"
    own = {name: SURROUNDINGS[name] for name in ("SECRET_KEY", "JIETI_KEYS", "JIETI_HASH_KEY")}
    servers.write_settings(
        DATABASE_URL=f"postgresql://jieti:{PASSWORDS['jieti']}@{address}",
        JIETI_BACKUP_URL=f"postgresql://jieti_backup:{PASSWORDS['backup']}@{address}",
        **own,
    )
    return servers


def test_a_province_in_containers_comes_back_by_the_script_of_its_image(in_containers, tmp_path):
    servers = in_containers
    servers._start("wal", servers.words("backup", "wal"), env=servers.env())
    until(lambda: list(tmp_path.glob("backups/wal/*/receiving-1/*.partial")), 60, servers.said)
    assert "2 个县" in servers.command("backup")
    servers.query("CREATE TABLE rehearsal AS SELECT g AS id FROM generate_series(1, %s) g", ROWS)
    written = datetime.now(UTC)
    until(lambda: archived(servers, written), 60, servers.said)
    servers.kill("postgres")
    servers.kill("wal")

    new = tmp_path / "volume"
    new.mkdir(mode=0o755)
    said = restore_by_script(servers, new, "--part", "database")
    for words in ("2 个县，2 个库表一致", "操作记录完整", "恢复完成"):
        assert words in said
    (tmp_path / "postgres").rename(tmp_path / "postgres.broken")
    new.rename(tmp_path / "postgres")
    assert (tmp_path / "postgres" / "PG_VERSION").read_text().strip() == release_of_debians_postgres()
    if os.getuid() == 0:
        assert (tmp_path / "postgres" / "PG_VERSION").stat().st_uid == 999, "the number of the image's own user"
        give_to(tmp_path / "postgres", 0)  # here it is started by another one
    servers.start_postgres()
    assert servers.query("SELECT count(*) FROM rehearsal") == [(ROWS,)]


def restore_by_script(servers, new, *words):
    """``jieti`` on the way is this working tree's, as the image has its own."""
    folder = servers.folder / "bin"
    folder.mkdir()
    own = " ".join(f"'{word}'" for word in servers.words())
    (folder / "jieti").write_text(f'#!/bin/sh\nexec {own} "$@"\n')
    (folder / "jieti").chmod(0o755)
    env = servers.env(
        PATH=f"{folder}:{os.environ['PATH']}",
        JIETI_NEW=str(new),
        JIETI_BACKUP=str(servers.folder / "backups"),
        JIETI_VAR=str(servers.folder / "var"),
    )
    script = ROOT / "deploy" / "restore" / "restore.sh"
    done = subprocess.run(
        ["sh", script, *words], env=env, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-800:] + done.stderr[-2000:]
    return done.stdout


def give_to(folder, number):
    for path in (folder, *folder.rglob("*")):
        os.lchown(path, number, number)


def release_of_debians_postgres():
    said = subprocess.run(
        [postgres_program("postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    return said.split()[2].split(".")[0]
