"""``jieti doctor`` over machines with real broken parts: each is named, with what to do, and no secret is shown."""

import base64
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import quote

import pytest

from config import processes
from config.embedded import EmbeddedPostgres
from config.environment import read_environment
from config.refusal import Refusal
from tests.database import ROOT

SECRETS = {
    "SECRET_KEY": "doctor-sees-" + "q7" * 30,
    "JIETI_KEYS": base64.urlsafe_b64encode(b"the doctor's key: thirty-two byt").decode(),
    "JIETI_HASH_KEY": "hash-" + "z" * 40,
    "METRICS_TOKEN": "token-" + "w" * 30,
}
PRODUCTION = {
    **SECRETS,
    "BROKER_URL": "redis://:broker-word@127.0.0.1:1/0",
    "JIETI_ORIGIN": "https://jieti.invalid",
    "JIETI_ICP": "黑ICP备00000000号",
    "JIETI_POLICE": "黑公网安备 23010000000000号",
    "JIETI_OPERATOR": "某省商务厅",
    "JIETI_COMPLAINT_PHONE": "0451-55550000",
}
OURS = ("JIETI_", "DATABASE_URL", "BROKER_URL", "REDIS_URL", "SECRET_KEY", "METRICS_", "PORT", "DJANGO_", "ELASTIC")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def examine(tmp_path, *words, before="true", **surroundings):
    """The doctor's lines by their codes, its exit code, and everything it said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    given = {"JIETI_VAR": str(tmp_path / "var"), "PORT": str(free_port()), "JIETI_DEMO": "0", **surroundings}
    done = subprocess.run(
        ["sh", "-c", f'{before}; exec "$@"', "sh", sys.executable, "-m", "config.command", "doctor", "--json", *words],
        cwd=ROOT,
        env={**kept, **given, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    told = json.loads(done.stdout)
    lines = {line["code"]: line for line in told["lines"]}
    assert told["mend"] == sum(line["verdict"] == "mend" for line in told["lines"])
    assert done.returncode == int(told["mend"] > 0), done.stderr
    return lines, done


def wrong(lines):
    return {code for code, line in lines.items() if line["verdict"] == "mend"}


def test_a_fit_machine_has_nothing_to_mend_before_the_installation(tmp_path):
    lines, done = examine(tmp_path, "--before")
    assert wrong(lines) == set()
    assert done.returncode == 0
    assert {"python", "packages", "memory", "locale", "open_files", "clock", "fonts", "disk", "folder", "port"} <= set(
        lines
    )
    assert "database" not in lines
    assert list(tmp_path.iterdir()) == []  # nothing was made for a look


def test_every_line_speaks_both_languages_and_says_what_to_do(tmp_path):
    lines, _done = examine(tmp_path, DATABASE_URL="mysql://x", PORT="eight")
    for line in lines.values():
        assert line["chinese"]
        assert line["english"].isascii() or "→" not in line["english"]
        assert line["verdict"] == "good" or line["code"].startswith("status.") or line["do_chinese"]


def test_a_port_that_another_program_holds_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        lines, _done = examine(tmp_path, "--before", PORT=number)
    assert wrong(lines) == {"port"}
    assert number in lines["port"]["chinese"]


def test_a_port_that_the_platform_holds_is_well(tmp_path):
    class Alive(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Alive)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        lines, _done = examine(tmp_path, "--before", PORT=str(server.server_port))
    finally:
        server.shutdown()
        server.server_close()
    assert lines["port"]["verdict"] == "good"


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    lines, _done = examine(tmp_path, "--before", JIETI_VAR=str(tmp_path / "file" / "var"))
    assert wrong(lines) == {"folder"}


def test_a_shell_that_begins_with_few_open_files_is_no_trouble(tmp_path):
    """As Debian's do: 1024, and far more to be had."""
    lines, _done = examine(tmp_path, "--before", before="ulimit -Sn 512")
    assert wrong(lines) == set()
    assert "4096" in lines["open_files"]["chinese"]


def test_too_few_open_files_are_named(tmp_path):
    lines, _done = examine(tmp_path, "--before", before="ulimit -n 512")
    assert wrong(lines) == {"open_files"}


def test_all_variables_that_are_wrong_are_named_at_once_and_no_secret_is_shown(tmp_path):
    given = {
        **PRODUCTION,
        "DATABASE_URL": "postgresql://jieti:the-password@127.0.0.1:1/x",
        "METRICS_TOKEN": "too-short",
    }
    del given["JIETI_ICP"], given["JIETI_OPERATOR"]
    given["SECRET_KEY"] = "changeme-" * 8
    lines, done = examine(tmp_path, **given)
    assert {code for code in wrong(lines) if code.startswith("variable.")} == {
        "variable.SECRET_KEY",
        "variable.METRICS_TOKEN",
        "variable.JIETI_ICP",
        "variable.JIETI_OPERATOR",
    }
    assert "database" not in lines  # with a wrong variable nothing would start
    for secret in ("the-password", "broker-word", "too-short", "changeme", *SECRETS.values()):
        assert secret not in done.stdout + done.stderr


def test_keys_that_others_may_read_are_named(tmp_path):
    read_environment({"JIETI_VAR": str(tmp_path / "var")})
    assert "secrets" not in wrong(examine(tmp_path, "--before")[0])
    (tmp_path / "var" / "secrets.json").chmod(0o644)
    lines, _done = examine(tmp_path, "--before")
    assert wrong(lines) == {"secrets"}


def test_an_unknown_word_is_refused():
    from config.commands.doctor import doctor

    with pytest.raises(Refusal, match="--befor"):
        doctor(["--befor"])


# --- with a database ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A PostgreSQL that asks for a password."""
    folder = tmp_path_factory.mktemp("pg")
    server = EmbeddedPostgres(folder=folder / "postgres", sockets=folder / "run", log=folder / "log")
    server.create()
    running = server.start()
    with contextlib.closing(server.connect("postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("ALTER ROLE jieti PASSWORD 'right-word'")
            cursor.execute(
                "CREATE DATABASE poor ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc TEMPLATE template0"
            )
            rules = folder / "postgres" / "pg_hba.conf"
            rules.write_text("local all all scram-sha-256\n")
            cursor.execute("SELECT pg_reload_conf()")
    yield lambda word, name="postgres": f"postgresql://jieti:{word}@/{name}?host={quote(str(folder / 'run'), safe='')}"
    processes.end(running, with_signal=signal.SIGQUIT)


def test_a_wrong_password_is_named_and_not_shown(tmp_path, guarded):
    lines, done = examine(tmp_path, **{**PRODUCTION, "DATABASE_URL": guarded("wrong-word")})
    assert "database" in wrong(lines)
    assert "password authentication failed" in lines["database"]["english"]
    assert "wrong-word" not in done.stdout + done.stderr


def test_a_database_that_does_not_know_hanzi_is_named(tmp_path, guarded):
    lines, _done = examine(tmp_path, **{**PRODUCTION, "DATABASE_URL": guarded("right-word", "poor")})
    assert "database_letters" in wrong(lines)
    assert "C.UTF-8" in lines["database_letters"]["do_english"]


def test_an_empty_database_wants_its_tables_and_fewer_processes_fit(tmp_path, guarded):
    given = {**PRODUCTION, "DATABASE_URL": guarded("right-word"), "JIETI_WEB_WORKERS": "60"}
    lines, _done = examine(tmp_path, **given)
    assert {"migrations", "database_connections"} <= wrong(lines)
    assert lines["database"]["verdict"] == "good"


def test_a_database_that_is_not_there_is_named(tmp_path):
    given = {**PRODUCTION, "DATABASE_URL": "postgresql://jieti:x@127.0.0.1:1/x"}
    lines, _done = examine(tmp_path, **given)
    assert "database" in wrong(lines)
    assert "migrations" not in lines


# The keys that the tests' province was opened with.
INSTALLED = {**PRODUCTION, "JIETI_KEYS": os.environ["JIETI_KEYS"], "JIETI_HASH_KEY": os.environ["JIETI_HASH_KEY"] * 3}


def province():
    from django.db import connection

    facts = connection.settings_dict
    return f"postgresql://{facts['USER']}@/{facts['NAME']}?host={quote(facts['HOST'], safe='')}"


@pytest.mark.django_db
def test_an_installed_province_is_looked_at_part_by_part(tmp_path):
    lines, done = examine(tmp_path, "--counties", **{**INSTALLED, "DATABASE_URL": province()})
    for code in ("database", "database_letters", "clock_skew", "migrations", "keys", "media", "private", "counties"):
        assert lines[code]["verdict"] == "good", lines[code]
    # The tests' database has no table for a cache, nobody at work and no broker.
    assert wrong(lines) == {"broker", "cache", "certificate", "status.beat", "status.worker"}
    assert lines["status.dead_letters"]["verdict"] == "good"
    assert lines["https_seen"]["verdict"] == "unknown"
    assert lines["sms"]["verdict"] == "unknown"
    for secret in ("broker-word", *SECRETS.values()):
        assert secret not in done.stdout + done.stderr


@pytest.mark.django_db
def test_keys_that_do_not_fit_the_data_are_named(tmp_path):
    lines, _done = examine(tmp_path, **{**PRODUCTION, "DATABASE_URL": province()})
    assert "keys" in wrong(lines)
    assert "status.dead_letters" in lines


@pytest.mark.django_db(transaction=True)
def test_a_county_whose_tables_differ_is_named_when_all_are_asked(tmp_path):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS c230184.doctor_was_here")
        cursor.execute("CREATE INDEX doctor_was_here ON c230184.catalog_producer (name)")
    given = {**INSTALLED, "DATABASE_URL": province()}
    assert not any(code.startswith("county.") for code in examine(tmp_path, **given)[0])
    lines, _done = examine(tmp_path, "--counties", **given)
    assert "county.230184" in wrong(lines)
    assert "county.231086" not in lines


def test_a_certificate_that_nobody_watches_is_to_be_mended(tmp_path):
    """Over https only: the alert is silent without the file's name, and one night nobody comes in."""
    from config.doctor import surroundings

    def verdict(**more):
        given = {**PRODUCTION, "DATABASE_URL": "postgresql://a:b@127.0.0.1/c", "JIETI_VAR": str(tmp_path), **more}
        said = [line for line in surroundings.optional(read_environment(given)) if line.code == "certificate"]
        return [line.verdict for line in said]

    kept = tmp_path / "certificate.pem"
    kept.write_text("-----BEGIN CERTIFICATE-----\n")
    assert verdict() == ["mend"]
    assert verdict(JIETI_CERTIFICATE=str(tmp_path / "away.pem")) == ["mend"]
    assert verdict(JIETI_CERTIFICATE=str(kept)) == ["good"]
    trial = read_environment({"JIETI_VAR": str(tmp_path)})
    assert [line for line in surroundings.optional(trial) if line.code == "certificate"] == []
