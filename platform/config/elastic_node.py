"""A real Elasticsearch node on this machine, for `make elasticsearch`, the tests and the benchmarks.

The server comes by Maven (``deploy/elasticsearch/pom.xml``) and is unpacked only with the sum below.
It listens on 127.0.0.1 alone, asks for a name and a password all the same, and refuses to run as root:
there it becomes another user as the embedded PostgreSQL does.
"""

import base64
import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from config import processes
from config.embedded import as_another_user
from config.environment import ROOT

VERSION = "8.19.3"
ARCHIVE = f"elasticsearch-{VERSION}.zip"
SUM = "c4b08b70523700efde9f3e4c9287229f085c2c0db1efca5c6a7d65abbdb9f2e1"  # its jar is the one Central signs for
USER = "jieti"
PATIENCE = 300  # seconds until a node answers
ROUNDS = 10_000  # of PBKDF2, as the server makes them itself
NO_ROLES_INDEX = "-Des.queryable_built_in_roles_enabled=false"  # an index the bare build cannot make
CHATTY = ("-Xlog:gc", "-XX:+HeapDumpOnOutOfMemoryError", "-XX:ErrorFile")


class ElasticProblem(Exception):
    """The server cannot be had or started; the sentence says why."""


def fetch_server(home: Path) -> Path:
    """The unpacked server below ``home``; fetched when it is not there."""
    server = home / f"elasticsearch-{VERSION}"
    if (server / "bin" / "elasticsearch").exists():
        return server
    home.mkdir(parents=True, exist_ok=True)
    archive = home / ARCHIVE
    if not archive.exists():
        _ask_maven(home)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SUM:
        archive.unlink()
        raise ElasticProblem(
            f"{ARCHIVE} 与登记的校验和不符，已删除。 {ARCHIVE} has not the sum we know; it was removed."
        )
    draft = Path(f"{server}.new")
    shutil.rmtree(draft, ignore_errors=True)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(draft)
    for program in (draft / server.name / "bin").iterdir():
        program.chmod(0o755)
    (draft / server.name).rename(server)
    shutil.rmtree(draft)
    archive.unlink()
    return server


def _ask_maven(home: Path) -> None:
    if not shutil.which("mvn"):
        raise ElasticProblem(
            "需要 maven 和 Java 17：apt install maven openjdk-17-jre-headless。"
            " Maven and Java 17 are needed: apt install maven openjdk-17-jre-headless."
        )
    words = ["mvn", "-q", "-B", "-f", str(ROOT / "deploy" / "elasticsearch" / "pom.xml"), "package", f"-Dfolder={home}"]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode or not (home / ARCHIVE).exists():
        raise ElasticProblem(f"Elasticsearch 没有取到。 Elasticsearch could not be fetched:\n{done.stdout[-1500:]}")


def java_home() -> Path:
    for variable in ("ES_JAVA_HOME", "JAVA_HOME"):
        if os.environ.get(variable):
            return Path(os.environ[variable])
    java = shutil.which("java")
    if java is None:
        raise ElasticProblem(
            "需要 Java 17：apt install openjdk-17-jre-headless。 Java 17 is needed: apt install openjdk-17-jre-headless."
        )
    return Path(java).resolve().parents[1]


@dataclass
class Node:
    """One node with its own folder and ports. ``peers`` are the transport ports of its cluster, its own among them."""

    server: Path
    folder: Path
    port: int
    transport_port: int
    name: str = "node-1"
    peers: dict[str, int] = field(default_factory=dict)
    heap: str = "400m"
    java_options: str = ""
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://{USER}:{self.password}@127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "node.log"

    def launch(self) -> "Node":
        """Start the program; ``wait`` waits for it."""
        self._write_config()
        env = {name: value for name, value in os.environ.items() if not name.startswith(("ES_", "JAVA_"))}
        env |= {
            "ES_JAVA_HOME": str(java_home()),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_JAVA_OPTS": f"-Xms{self.heap} -Xmx{self.heap} {NO_ROLES_INDEX} {self.java_options}".strip(),
        }
        with self.log.open("ab") as log:
            self.process = processes.start(
                [self.server / "bin" / "elasticsearch"],
                with_signal=signal.SIGTERM,
                become=as_another_user(self.folder, self.server),
                env=env,
                cwd=self.folder,
                output=log,
            )
        return self

    def start(self) -> "Node":
        return self.launch().wait()

    def wait(self, nodes: int = 1) -> "Node":
        """Until the node answers and its cluster has so many nodes."""
        limit = time.monotonic() + PATIENCE
        address = f"http://127.0.0.1:{self.port}/_cluster/health?wait_for_nodes=%3E%3D{nodes}&timeout=2s"
        mark = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        asked = urllib.request.Request(address, headers={"Authorization": f"Basic {mark}"})
        while time.monotonic() < limit:
            if self.process is None or self.process.poll() is not None:
                raise ElasticProblem(f"Elasticsearch 没有起来。 Elasticsearch did not start:\n{self.last_words()}")
            with contextlib.suppress(OSError, urllib.error.HTTPError), urllib.request.urlopen(asked, timeout=5):  # noqa: S310
                return self
            time.sleep(0.2)
        self.stop()
        raise ElasticProblem(f"Elasticsearch 没有回答。 Elasticsearch does not answer:\n{self.last_words()}")

    def stop(self) -> None:
        """Ask the server to end. The launcher passes the wish on."""
        if self.process is not None:
            processes.end(self.process, patience=30)
            self._kill_group()

    def kill(self) -> None:
        """``kill -9``: launcher and server at once."""
        self._kill_group()
        if self.process is not None:
            self.process.wait()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _kill_group(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def last_words(self) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
        return ""

    # --- its folder --------------------------------------------------------------------------

    def _write_config(self) -> None:
        config = self.folder / "config"
        for folder in (config / "jvm.options.d", self.folder / "tmp", self.folder / "data", self.folder / "logs"):
            folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        shutil.copy(self.server / "config" / "log4j2.properties", config)
        options = (self.server / "config" / "jvm.options").read_text(encoding="utf-8").splitlines()
        kept = [line for line in options if not line.startswith(CHATTY)]
        (config / "jvm.options").write_text("\n".join(kept) + "\n", encoding="utf-8")
        (config / "users").write_text(f"{USER}:{_hashed(self.password)}\n", encoding="utf-8")
        (config / "users_roles").write_text(f"superuser:{USER}\n", encoding="utf-8")
        (config / "elasticsearch.yml").write_text(self._settings(), encoding="utf-8")

    def _settings(self) -> str:
        lines = {
            "cluster.name": "jieti",
            "node.name": self.name,
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "network.host": "127.0.0.1",
            "http.port": str(self.port),
            "transport.port": str(self.transport_port),
            "action.auto_create_index": "false",
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "xpack.security.enabled": "true",
            "xpack.security.http.ssl.enabled": "false",
            "xpack.security.transport.ssl.enabled": "false",
        }
        if len(self.peers) > 1:
            lines["discovery.seed_hosts"] = "[" + ", ".join(f'"127.0.0.1:{port}"' for port in self.peers.values()) + "]"
            lines["cluster.initial_master_nodes"] = "[" + ", ".join(f'"{name}"' for name in self.peers) + "]"
        else:
            lines["discovery.type"] = "single-node"
        return "".join(f"{name}: {value}\n" for name, value in lines.items())


def _hashed(password: str) -> str:
    """As the server's own file realm keeps it: PBKDF2 with SHA-512, 32 bytes of salt and of key."""
    salt = secrets.token_bytes(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS, 32)
    return f"{{PBKDF2}}{ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"
