"""Debian's own servers in one folder, and the platform's processes beside them as the install page starts them.

Everything listens on 127.0.0.1. PostgreSQL asks for TLS and a password, Redis for a password, nginx has a certificate
of an authority made here, and the settings stand in a file made from ``deploy/env.example``.
"""

import base64
import contextlib
import datetime
import ipaddress
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import processes
from config.embedded import as_another_user
from config.environment.files import settings_in
from tests.database import ROOT
from tests.prove.conftest import free_ports

DEPLOY = ROOT / "deploy"
PASSWORDS = {
    "jieti": "jieti-geheim-1",
    "backup": "backup-geheim-2",
    "postgres": "postgres-geheim-3",
    "redis": "redis-geheim-4",
}
HERE = {
    "JIETI_KEYS": base64.urlsafe_b64encode(b"proofs only: thirty-two bytes ke").decode(),
    "SECRET_KEY": "proofs-only-" + "k7" * 30,
    "JIETI_HASH_KEY": "proofs-only-hash-key-" + "h" * 30,
    "JIETI_OPERATOR": "某省商务厅",
    "JIETI_COMPLAINT_PHONE": "0451-55550000",
    "JIETI_ICP": "黑ICP备00000000号",
    "JIETI_POLICE": "黑公网安备23010000000000号",
}


def program(name, *places, package=""):
    """A program of Debian's; where everything is required its absence is a failure."""
    found = shutil.which(name) or shutil.which(name, path=os.pathsep.join(["/usr/sbin", *map(str, places)]))
    if found:
        return found
    said = f"{name} is missing: apt-get install {package or name}"
    if os.environ.get("JIETI_REQUIRE_ALL"):
        pytest.fail(said)
    return pytest.skip(said)


def postgres_program(name):
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True)
    return program(name, *places, package="postgresql")


def write_certificates(folder):
    """An authority of our own and one certificate for 127.0.0.1."""
    now = datetime.datetime.now(datetime.UTC)

    def made(name, key, issuer=None, signer=None):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder(
            subject_name=subject,
            issuer_name=issuer.subject if issuer else subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - datetime.timedelta(days=1),
            not_valid_after=now + datetime.timedelta(days=30),
        ).add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        if issuer is None:
            usage = x509.KeyUsage(*[False] * 5, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
            builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        else:
            here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
            builder = builder.add_extension(here, critical=False)
            known = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
            builder = builder.add_extension(known, critical=False)
        return builder.sign(signer or key, hashes.SHA256())

    folder.mkdir(exist_ok=True)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = made("Proofs", authority_key)
    certificate = made("127.0.0.1", key, authority, authority_key)
    form = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(authority.public_bytes(form))
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(form))
    (folder / "key.pem").write_bytes(
        key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "key.pem").chmod(0o600)


class Servers:
    """What others keep, and what we keep, each a process of its own that can be killed."""

    def __init__(self, folder, elasticsearch_url=""):
        self.folder = folder
        self.running = {}
        self.elasticsearch_url = elasticsearch_url
        names = ("postgres", "redis", "plain", "tls", "web1", "web2")
        self.ports = dict(zip(names, free_ports(len(names)), strict=True))
        self.origin = f"https://127.0.0.1:{self.ports['tls']}"
        self.settings_file = folder / "jieti.env"
        write_certificates(folder / "certificates")

    # --- what others keep ----------------------------------------------------------------------

    def start_postgres(self):
        data = self.folder / "postgres"
        if not data.exists():
            self._make_postgres(data)
        words = [postgres_program("postgres"), "-D", data, "-p", self.ports["postgres"], "-k", data]
        for setting in ("listen_addresses=127.0.0.1", "ssl=on", "max_locks_per_transaction=256", "wal_level=replica"):
            words += ["-c", setting]
        self._start("postgres", words, as_another_user(data), signal.SIGINT, cwd=data)
        until(lambda: self.query("SELECT 1", user="postgres", database="postgres"), 60)

    def _make_postgres(self, data):
        data.mkdir(mode=0o700)
        secret = self.folder / "postgres-password"
        secret.write_text(PASSWORDS["postgres"])
        words = [postgres_program("initdb"), "-D", data, "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
        words += ["--auth-host=scram-sha-256", "--auth-local=reject", f"--pwfile={secret}"]
        subprocess.run(words, check=True, capture_output=True, preexec_fn=as_another_user(data))
        for source, target in (("certificate.pem", "server.crt"), ("key.pem", "server.key")):
            shutil.copy(self.folder / "certificates" / source, data / target)
            (data / target).chmod(0o600)
        allowed = (data / "pg_hba.conf").read_text().replace("host    all", "hostssl all")
        (data / "pg_hba.conf").write_text(allowed)
        if os.getuid() == 0:
            as_another_user(data)  # where namespaces are forbidden, the copies too belong to the other user

    def make_database(self):
        """By the script that the install page names."""
        env = {
            **os.environ,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.ports["postgres"]),
            "PGPASSWORD": PASSWORDS["postgres"],
            "PGDATA": str(self.folder / "postgres"),
            "JIETI_PASSWORD": PASSWORDS["jieti"],
            "BACKUP_PASSWORD": PASSWORDS["backup"],
        }
        subprocess.run(["sh", DEPLOY / "postgres" / "init.sh"], env=env, check=True, capture_output=True)

    def query(self, sql, *values, user="jieti", database="jieti"):
        with contextlib.closing(self.connect(user, database)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def connect(self, user="jieti", database="jieti"):
        return psycopg2.connect(
            host="127.0.0.1",
            port=self.ports["postgres"],
            user=user,
            password=PASSWORDS[user],
            dbname=database,
            sslmode="verify-full",
            sslrootcert=str(self.folder / "certificates" / "ca.pem"),
        )

    def start_redis(self):
        folder = self.folder / "redis"
        folder.mkdir(exist_ok=True)
        words = [program("redis-server"), "--bind", "127.0.0.1", "--port", self.ports["redis"], "--dir", folder]
        words += ["--appendonly", "yes", "--requirepass", PASSWORDS["redis"], "--save", ""]
        self._start("redis", words)

    def start_nginx(self):
        folder = self.folder / "nginx"
        lay_out_nginx(folder, self.ports, self.folder / "certificates")
        self._start("nginx", [program("nginx"), "-c", folder / "nginx.conf", "-p", folder, "-e", folder / "error.log"])

    # --- what we keep --------------------------------------------------------------------------

    def write_settings(self, **more):
        """``deploy/env.example`` as somebody fills it in."""
        database = f"postgresql://jieti:{PASSWORDS['jieti']}@127.0.0.1:{self.ports['postgres']}/jieti"
        authority = self.folder / "certificates" / "ca.pem"
        own = {
            **HERE,
            "DATABASE_URL": f"{database}?sslmode=verify-full&sslrootcert={authority}",
            "BROKER_URL": f"redis://:{PASSWORDS['redis']}@127.0.0.1:{self.ports['redis']}/0",
            "REDIS_URL": f"redis://:{PASSWORDS['redis']}@127.0.0.1:{self.ports['redis']}/1",
            "JIETI_ORIGIN": self.origin,
            "JIETI_VAR": str(self.folder / "var"),
            "JIETI_BACKUP": str(self.folder / "backups"),
            "JIETI_WEB_WORKERS": "1",
            **({"ELASTICSEARCH_URL": self.elasticsearch_url} if self.elasticsearch_url else {}),
            **more,
        }
        example = settings_in((DEPLOY / "env.example").read_text(encoding="utf-8"))
        (self.folder / "var").mkdir(exist_ok=True)
        lines = [f"{name}={value}" for name, value in {**example, **own}.items()]
        self.settings_file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def env(self, **more):
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in HERE and not name.startswith(("JIETI_", "DJANGO_", "PYTEST", "PG"))
        }
        return {**kept, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", **more}

    def words(self, *words):
        return [sys.executable, "-m", "config.command", "--env", str(self.settings_file), *words]

    def command(self, *words, patience=180):
        done = subprocess.run(
            self.words(*words), cwd=ROOT, env=self.env(), capture_output=True, text=True, timeout=patience, check=False
        )
        assert done.returncode == 0, f"{words}: {done.stdout[-800:]} {done.stderr[-2000:]} {self.said()}"
        return done.stdout

    def start_part(self, name, part):
        """``start_part("web1", "web")``: one process group that can be killed."""
        signs = self.folder / f"run-{name}"
        signs.mkdir(exist_ok=True)
        more = {"RUNTIME_DIRECTORY": str(signs)}
        if name in self.ports:
            more["PORT"] = str(self.ports[name])
        self._start(name, self.words(part), env=self.env(**more), cwd=ROOT)

    def start_platform(self):
        for name in ("web1", "web2"):
            self.start_part(name, "web")
        for name in ("worker1", "worker2"):
            self.start_part(name, "worker")
        self.start_part("beat", "beat")
        self.start_nginx()
        until(lambda: self.visitor("web1").get("/readyz").status_code == 200, 90, self.said)
        until(lambda: self.visitor("web2").get("/readyz").status_code == 200, 30, self.said)

    # --- asking ---------------------------------------------------------------------------------

    def visitor(self, door="nginx"):
        return Visitor(self, door)

    # --- processes -------------------------------------------------------------------------------

    def _start(self, name, words, become=None, with_signal=signal.SIGTERM, **more):
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = processes.start(
                [str(word) for word in words], with_signal=with_signal, become=become, output=log, **more
            )

    def kill(self, name):
        """``kill -9`` of the whole group at once."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self, name):
        process = self.running.pop(name)
        processes.end(process, with_signal=signal.SIGINT if name == "postgres" else signal.SIGTERM, patience=30)
        return process.returncode

    def end_all(self):
        for name in [*(name for name in self.running if name not in {"postgres", "redis"}), "redis", "postgres"]:
            if name in self.running:
                self.end(name)

    def said(self):
        logs = [*sorted(self.folder.glob("*.log")), self.folder / "nginx" / "error.log"]
        return "".join(f"\n--- {log.name}\n{log.read_text(errors='replace')[-1500:]}" for log in logs if log.exists())


class Visitor:
    """Somebody with a cookie jar: through nginx, or told to a web process as nginx tells it."""

    def __init__(self, servers, door):
        self.servers, self.cookies = servers, {}
        through = door == "nginx"
        self.base = servers.origin if through else f"http://127.0.0.1:{servers.ports[door]}"
        self.headers = {"Referer": f"{servers.origin}/"}
        if not through:
            self.headers |= {
                "Host": f"127.0.0.1:{servers.ports['tls']}",
                "X-Forwarded-Proto": "https",
                "X-Forwarded-For": "127.0.0.1",
            }

    def at(self, door):
        """The same person, at another door."""
        other = Visitor(self.servers, door)
        other.cookies = self.cookies
        return other

    def ask(self, method, path, **more):
        headers = {**self.headers, **more.pop("headers", {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        authority = str(self.servers.folder / "certificates" / "ca.pem")
        answer = requests.request(
            method, self.base + path, headers=headers, verify=authority, timeout=30, allow_redirects=False, **more
        )
        for cookie in answer.cookies:
            self.cookies[cookie.name] = cookie.value
        return answer

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, form, **more):
        """With the token of the page that holds the form."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(more.pop("page", path)).text)
        assert token, path
        return self.ask("POST", path, data={**form, "csrfmiddlewaretoken": token[1]}, **more)


def lay_out_nginx(folder, ports, certificates, extra=""):
    """The files of ``deploy/nginx`` as they lie in /etc/nginx; what differs from place to place is ours."""
    (folder / "conf.d").mkdir(parents=True, exist_ok=True)
    (folder / "jieti").mkdir(exist_ok=True)
    shutil.copy(DEPLOY / "nginx" / "jieti.conf", folder / "conf.d")
    shutil.copy(DEPLOY / "nginx" / "proxy.conf", folder / "jieti")
    places = (DEPLOY / "nginx" / "on-a-host" / "places.conf").read_text(encoding="utf-8")
    for said, ours in (("127.0.0.1:8001", "web1"), ("127.0.0.1:8002", "web2")):
        assert said in places
        places = places.replace(said, f"127.0.0.1:{ports[ours]}")
    (folder / "jieti" / "places.conf").write_text(places, encoding="utf-8")
    written = f"access_log {folder}/access.log asked;\naccess_log {folder}/visits.log jieti;\n"
    for name, where in (("plain", "default_server"), ("tls", "ssl http2 default_server")):
        here = folder / "jieti" / f"listen-{name}.conf"
        here.write_text(f"listen 127.0.0.1:{ports[name]} {where};\n{written}", encoding="utf-8")
    for name in ("certificate.pem", "key.pem"):
        shutil.copy(certificates / name, folder / "jieti")
    temporary = "".join(
        f"    {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"""\
{"user root;" if os.getuid() == 0 else ""}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    log_format asked '$status $upstream_addr $request_method $request_uri';
{temporary}{extra}
    include conf.d/jieti.conf;
}}
"""
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")


def until(ask, seconds, said=lambda: ""):
    limit = time.monotonic() + seconds
    trouble = None
    while time.monotonic() < limit:
        try:
            if answer := ask():
                return answer
        except (OSError, psycopg2.Error) as wrong:  # requests' errors are OSErrors
            trouble = wrong
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {trouble} {said()}")
