"""Promise O6 on a server of its own: Debian's PostgreSQL with TLS and a role that may only replicate."""

import shutil
import signal
import subprocess
from datetime import UTC, datetime

import pytest

from config.embedded import EmbeddedPostgres
from config.processes import end
from kernel.postgres_clients import wheel_folder
from tests.database import SURROUNDINGS, cached_cluster
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
