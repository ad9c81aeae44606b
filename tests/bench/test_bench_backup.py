"""A province's backup and its way back, against pg_dump and pg_restore of the same database in the same run.

``JIETI_BENCH_PROVINCE=folder`` names a platform's data folder (the demo's); without it the tests' province.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from config.embedded import EmbeddedPostgres
from config.folder_lock import take_folder
from config.processes import end
from kernel.postgres_clients import wheel_folder
from tests.bench.table import show
from tests.database import ROOT, SURROUNDINGS, cached_cluster
from tests.prove.test_up import Platform

PASSPHRASE = "four words on a card"


def timed(words, **more):
    begun = time.monotonic()
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-1500:]
    return time.monotonic() - begun


def commanded(platform, *words):
    begun = time.monotonic()
    told = [sys.executable, "-m", "config.command", *words]
    done = subprocess.run(told, cwd=ROOT, env=platform.env(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-1500:]
    return time.monotonic() - begun, done.stdout


def province(home):
    """(data folder, what ends it): the named one, running or not, or a copy of the tests' own."""
    var = Path(os.environ.get("JIETI_BENCH_PROVINCE") or home / "var")
    if not var.exists():
        var.mkdir()
        shutil.copytree(cached_cluster(), var / "postgres", symlinks=True)
        (var / "postgres").chmod(0o700)
        keys = {"secret_key": "SECRET_KEY", "hash_key": "JIETI_HASH_KEY"}
        held = {name: SURROUNDINGS[variable] for name, variable in keys.items()}
        (var / "secrets.json").write_text(json.dumps({**held, "keys": [SURROUNDINGS["JIETI_KEYS"]]}))
    elif EmbeddedPostgres(var / "postgres", var / "run", var / "log").is_ready():
        return var, lambda: None
    lock = take_folder(var)
    postgres = EmbeddedPostgres(var / "postgres", var / "run", var / "log")
    server = postgres.start()

    def finish():
        end(server, with_signal=signal.SIGINT, patience=60)
        lock.close()

    return var, finish


def dumped_and_poured(var, home):
    """What everybody knows: pg_dump in its own format, pg_restore with two jobs into a fresh server."""
    dump = home / "dump"
    seconds = timed([wheel_folder() / "pg_dump", "-h", var / "run", "-U", "jieti", "-Fc", "-Z1", "-f", dump, "jieti"])
    fresh = EmbeddedPostgres(home / "fresh" / "postgres", home / "fresh" / "run", home / "fresh" / "log")
    fresh.folder.parent.mkdir()
    begun = time.monotonic()
    fresh.create()
    server = fresh.start()
    try:
        fresh.make_database("jieti")
        timed([wheel_folder() / "pg_restore", "-h", fresh.sockets, "-U", "jieti", "-d", "jieti", "-j2", dump])
        back = time.monotonic() - begun
    finally:
        end(server, with_signal=signal.SIGINT, patience=60)
    return seconds, dump.stat().st_size, back


def test_bench_backup(tmp_path):
    var, finish = province(tmp_path)
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE)
    try:
        running = Platform(var, JIETI_BACKUP=str(tmp_path / "backup"))
        written, _said = commanded(running, "backup")
        commanded(running, "backup", "keys", "--to", str(tmp_path / "keys"), "--passphrase-file", str(passphrase))
        dump, dump_size, poured = dumped_and_poured(var, tmp_path)
    finally:
        finish()
    size = sum(path.stat().st_size for path in tmp_path.glob("backup/bases/*/base*"))
    words = [
        "restore",
        str(tmp_path / "backup"),
        "--keys",
        str(tmp_path / "keys"),
        "--passphrase-file",
        str(passphrase),
    ]
    back, said = commanded(Platform(tmp_path / "new"), *words)
    assert "恢复完成" in said
    show(
        "the province, backed up and brought back (ours checked and looked over)",
        [
            ("base backup, written and read again", f"{written:.1f} s"),
            ("pg_dump -Fc -Z1", f"{dump:.1f} s ({written / dump:.2f} ×)"),
            ("on the disk", f"{size / 1e6:.1f} MB"),
            ("pg_dump's file", f"{dump_size / 1e6:.1f} MB ({size / dump_size:.2f} ×)"),
            ("jieti restore, keys, files and checks", f"{back:.1f} s"),
            ("initdb and pg_restore -j2", f"{poured:.1f} s ({back / poured:.2f} ×)"),
        ],
    )
    one_county(tmp_path / "new", tmp_path)


def one_county(var, home):
    """Promise O1 in the province that just came back: every other county's rows are compared, table by table."""
    postgres = EmbeddedPostgres(var / "postgres", var / "run", var / "log")
    with take_folder(var):
        server = postgres.start()
        try:
            others, own = rows_of(postgres, "<> 'c230184'"), rows_of(postgres, "= 'c230184'")
            platform = Platform(var)
            whole, said = commanded(platform, "backup", "230184", "--to", str(home / "county"))
            file = next((home / "county").glob("county-230184-*.zip"))
            with contextlib.closing(postgres.connect("jieti")) as connection, connection, connection.cursor() as cursor:
                cursor.execute("TRUNCATE c230184.catalog_product, c230184.wagtailcore_site CASCADE")
            assert rows_of(postgres, "= 'c230184'") != own
            again, said = commanded(platform, "restore", str(file))
            assert rows_of(postgres, "= 'c230184'") == own
            changed = [name for name, mark in rows_of(postgres, "<> 'c230184'").items() if others.get(name) != mark]
        finally:
            end(server, with_signal=signal.SIGINT, patience=60)
    assert changed == []
    show(
        "O1: one county, the commands with their start",
        [
            ("jieti backup 230184 (aim 5 s)", f"{whole:.1f} s, {file.stat().st_size / 1e6:.2f} MB"),
            ("jieti restore (aim 60 s)", f"{again:.1f} s"),
            ("tables of other counties compared, changed", f"{len(others)}, {len(changed)}"),
            ("rows named that point at nothing", str(len(said.splitlines()) - 1)),
        ],
    )


def rows_of(postgres, which):
    """A mark over all rows of each county table."""
    found = {}
    with contextlib.closing(postgres.connect("jieti")) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"SELECT schemaname, tablename FROM pg_tables WHERE schemaname ~ '^c[0-9]{{6}}$' AND schemaname {which}"
        )
        for schema, table in cursor.fetchall():
            cursor.execute(f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{schema}"."{table}" t')
            found[f"{schema}.{table}"] = cursor.fetchone()
    return found
