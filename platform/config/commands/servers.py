"""One part in the foreground, as systemd and containers start it: ``jieti prepare|web|worker|beat``, and ``jieti alive``."""

import http.client
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from config.commands.parts import surroundings, words_of
from config.environment import ROOT, Environment, read_environment
from config.heartbeats import SIGNS, STALE_AFTER
from config.refusal import Refusal
from kernel.postgres_clients import client_program

PARTS = ("web", "worker", "beat")


def run_part(part: str, words: Sequence[str]) -> int:
    """Become the part: whoever started us watches it, and signals reach it."""
    _no_more(part, words)
    environment = read_environment(os.environ)
    if not environment.broker_url:
        raise Refusal(
            f"jieti {part} 用在正式的服务器上，要设置 DATABASE_URL 和 BROKER_URL；试用请用 jieti up。",
            f"jieti {part} is for real servers: set DATABASE_URL and BROKER_URL, or try jieti up.",
        )
    os.chdir(ROOT)
    told = [sys.executable, "-m", *words_of(environment, part)]
    os.execve(sys.executable, told, surroundings(environment))  # noqa: S606 - our own interpreter


def prepare(words: Sequence[str]) -> int:
    """Bring the database to this release; every start may repeat it, and web and workers wait for it."""
    _no_more("prepare", words)
    environment = read_environment(os.environ)
    if not environment.production:
        raise Refusal(
            "jieti prepare 用在正式的服务器上，要设置 DATABASE_URL；jieti up 会自己准备。",
            "jieti prepare is for real servers: set DATABASE_URL. jieti up prepares by itself.",
        )
    client_program("pg_dump", environment.database["OPTIONS"])  # missing, it is said now and not after a minute
    os.chdir(ROOT)
    told = [sys.executable, "-m", "config.first_start", "prepare"]
    os.execve(sys.executable, told, surroundings(environment))  # noqa: S606 - our own interpreter


def alive(words: Sequence[str]) -> int:
    """For a container's health check: does this part, on this machine, still work? 0 or 1, and one line."""
    if len(words) != 1 or words[0] not in PARTS:
        raise Refusal("请写 jieti alive web、worker 或 beat。", "Say jieti alive web, worker or beat.")
    environment = read_environment(os.environ)
    trouble = web_trouble(environment) if words[0] == "web" else _sign_trouble(words[0])
    print(trouble or "ok")
    return int(bool(trouble))


def web_trouble(environment: Environment) -> str:
    """Asked by the name people use, because an unknown host gets nothing. Empty is good."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(environment.bind, environment.bind)  # noqa: S104 - compared only
    asked = http.client.HTTPConnection(host, environment.port, timeout=5)
    try:
        asked.request("GET", "/healthz", headers={"Host": urlsplit(environment.address).netloc})
        status = asked.getresponse().status
    except (OSError, http.client.HTTPException) as wrong:
        return str(wrong) or type(wrong).__name__
    finally:
        asked.close()
    return "" if status == 200 else f"HTTP {status}"


def _sign_trouble(part: str) -> str:
    folder = os.environ.get(SIGNS)
    if not folder:
        raise Refusal(f"没有设置 {SIGNS}，不知道到哪里看。", f"{SIGNS} is not set: nowhere to look.")
    try:
        age = time.time() - (Path(folder) / part).stat().st_mtime
    except OSError:
        return f"{part}: no sign of life yet"
    return "" if age < STALE_AFTER else f"{part}: silent for {age:.0f} s"


def _no_more(part: str, words: Sequence[str]) -> None:
    if words:
        raise Refusal(f"jieti {part} 后面不写别的。", f"jieti {part} takes nothing more.")
