"""``jieti up`` as people start it: a real platform in a folder of its own."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = {"web": "gunicorn", "worker": " worker ", "beat": " beat ", "PostgreSQL": "/bin/postgres -D"}
READY_WITHIN = 180


class Platform:
    """One ``jieti up`` with its own port and data folder."""

    def __init__(self, var, **surroundings):
        self.var = var
        self.port = free_port()
        self.surroundings = surroundings
        self.process = None

    def env(self):
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JIETI_", "DJANGO_", "PYTEST", "SECRET_KEY"))
        }
        own = {"JIETI_VAR": str(self.var), "PORT": str(self.port), "JIETI_DEMO": "0"}
        return {**kept, **own, **self.surroundings}

    def command(self, *words, **options):
        return subprocess.run(
            [sys.executable, "-m", "config.command", *words],
            cwd=ROOT,
            env=self.env(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            **options,
        )

    def laid_out(self):
        """With a copy of the tests' own province and the keys it was made with, which spares the first start."""
        from tests.database import SURROUNDINGS, cached_cluster  # it settles where tests' data are: not for make soak

        self.var.mkdir(parents=True, exist_ok=True)
        shutil.copytree(cached_cluster(), self.var / "postgres", symlinks=True)
        (self.var / "postgres").chmod(0o700)
        secrets = {
            "secret_key": SURROUNDINGS["SECRET_KEY"],
            "keys": [SURROUNDINGS["JIETI_KEYS"]],
            "hash_key": SURROUNDINGS["JIETI_HASH_KEY"],
        }
        (self.var / "secrets.json").write_text(json.dumps(secrets))
        (self.var / "secrets.json").chmod(0o600)
        return self

    def start(self):
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "config.command", "up"], cwd=ROOT, env=self.env(), stdout=log, stderr=log
            )
        return self

    def wait_ready(self, seconds=READY_WITHIN):
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            assert self.process.poll() is None, self.said()
            with contextlib.suppress(OSError, ValueError):
                status, facts = self.ask("/readyz")
                if status == 200:
                    return json.loads(facts)
            time.sleep(0.2)
        raise AssertionError(f"not ready in {seconds} s: {self.said()}")

    def ask(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.read()

    def said(self):
        words = (self.var / "up.log").read_text(errors="replace")[-3000:]
        for log in (self.var / "logs").glob("*.log"):
            words += f"\n--- {log.name}\n" + log.read_text(errors="replace")[-1500:]
        return words

    def children(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def part(self, name):
        """The part's own process: a direct child of the supervisor."""
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if PARTS[name] in " ".join(child.cmdline()):
                    return child.pid
        return None

    def left(self):
        """Processes that still work in this data folder."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if str(self.var) in process.environ().get("JIETI_VAR", "") and process.pid != os.getpid():
                    found.append((process.pid, process.cmdline()[:4]))
        return found

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(90)


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    running = Platform(tmp_path_factory.mktemp("var")).start()
    try:
        running.wait_ready()
        yield running
    finally:
        running.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(ask, seconds):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if answer := ask():
            return answer
        time.sleep(0.05)
    return None


def test_it_comes_up_and_says_so_part_by_part(platform):
    facts = platform.wait_ready()
    assert set(facts["parts"]) >= {"database", "worker", "beat", "data"}
    assert platform.ask("/healthz")[0] == 200


@pytest.mark.parametrize("name", ["web", "worker", "beat", "PostgreSQL"])
def test_a_killed_part_is_started_again_within_five_seconds(platform, name):
    platform.wait_ready(60)
    before = platform.part(name)
    assert before
    os.kill(before, signal.SIGKILL)
    killed = time.monotonic()
    assert eventually(lambda: platform.part(name) not in {None, before}, 5), platform.said()
    assert time.monotonic() - killed < 5
    platform.wait_ready(60)


def test_a_killed_web_worker_is_replaced_too(platform):
    platform.wait_ready(60)
    master = psutil.Process(platform.part("web"))
    worker = master.children()[0].pid
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: len(master.children()) >= 2 and worker not in {c.pid for c in master.children()}, 5)
    assert platform.ask("/healthz")[0] == 200


def test_a_second_up_on_the_same_folder_is_refused_and_harms_nothing(platform):
    refused = platform.command("up")
    assert refused.returncode == 2
    assert "JIETI_VAR" in refused.stderr
    assert platform.ask("/healthz")[0] == 200


def test_a_port_in_use_is_refused_before_anything_is_made(platform, tmp_path):
    other = Platform(tmp_path / "var")
    other.port = platform.port
    refused = other.command("up")
    assert refused.returncode == 2
    assert str(platform.port) in refused.stderr
    assert not (tmp_path / "var" / "postgres").exists()


def test_a_rooms_command_works_beside_the_running_platform(platform):
    listed = platform.command("county", "list")
    assert listed.returncode == 0, listed.stderr
    assert platform.ask("/healthz")[0] == 200


def test_a_wrong_variable_is_named(tmp_path):
    refused = Platform(tmp_path / "var", PORT="eight").command("up")
    assert refused.returncode == 2
    assert "PORT" in refused.stderr


def test_another_locale_is_no_trouble(platform):
    platform.surroundings["LC_ALL"] = "POSIX"
    platform.surroundings["PYTHONCOERCECLOCALE"] = "0"
    try:
        answer = platform.command("--help", encoding="utf-8")
    finally:
        platform.surroundings.clear()
    assert answer.returncode == 0
    assert "借梯" in answer.stdout


def test_the_whole_platform_stays_below_nine_hundred_megabytes(platform):
    platform.wait_ready(60)
    for _ in range(50):
        platform.ask("/")
    processes = [psutil.Process(platform.process.pid), *platform.children()]
    pss = sum(process.memory_full_info().pss for process in processes)
    print(f"whole platform: {pss / 1e6:.0f} MB PSS in {len(processes)} processes")
    assert pss < 900e6


def test_a_killed_parent_leaves_nothing_and_the_next_start_works(platform):
    platform.wait_ready(60)
    platform.process.kill()
    platform.process.wait(10)
    assert eventually(lambda: not platform.left(), 10), platform.left()
    platform.start().wait_ready()
    platform.stop()
    assert platform.process.returncode == 0
    assert eventually(lambda: not platform.left(), 5), platform.left()
