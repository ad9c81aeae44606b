"""The platform is watched as it runs: two web processes counted as one, and nobody's phone in any log."""

import contextlib
import json
import os
import re
import signal
import socket
import statistics
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.prove.test_up import Platform, eventually

TOKEN = "prove-" + "t" * 30
ASKED = 200
PHONE, WRITTEN = "13812345678", "138-1234-5678"


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    running = Platform(tmp_path_factory.mktemp("watched"), METRICS_TOKEN=TOKEN, JIETI_LOGS="json").laid_out().start()
    try:
        running.wait_ready()
        yield running
    finally:
        running.stop()


def ask(platform, path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{platform.port}{path}", headers=headers)
    with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(request, timeout=20) as answer:
        return answer.headers, answer.read().decode()
    return {}, ""


def scrape(platform):
    _headers, text = ask(platform, "/metrics", Authorization=f"Bearer {TOKEN}")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


ABOUT = 'jieti_requests_total{method="GET",status="2xx",view="web:about"}'


def visit(platform, number):
    with ThreadPoolExecutor(16) as people:
        list(people.map(lambda _: ask(platform, "/about/"), range(number)))


def test_what_both_web_processes_counted_is_told_by_either(platform):
    assert ABOUT not in scrape(platform)
    visit(platform, ASKED)
    assert {scrape(platform)[ABOUT] for _ in range(12)} == {ASKED}


def test_neither_alone_has_seen_them_all(platform):
    """Else the test before would prove nothing."""
    from prometheus_client.mmap_dict import MmapedDict

    alone = []
    for file in (platform.var / "run" / "metrics").rglob("counter_*.db"):
        counted = {key: value for key, value, _at, _place in MmapedDict.read_all_values_from_file(str(file))}
        alone.append(sum(value for key, value in counted.items() if '"web:about"' in key))
    assert len([number for number in alone if number]) >= 2
    assert max(alone) < ASKED
    assert sum(alone) == ASKED


def test_a_killed_process_takes_nothing_with_it_and_leaves_no_file(platform):
    before = scrape(platform)[ABOUT]
    master = psutil.Process(platform.part("web"))
    for child in master.children():
        os.kill(child.pid, signal.SIGKILL)
        assert eventually(lambda gone=child.pid: gone not in {one.pid for one in master.children()}, 10)
    assert eventually(lambda: len(master.children()) >= 2, 10)
    visit(platform, 20)
    assert scrape(platform)[ABOUT] == before + 20
    alive = {str(child.pid) for child in master.children()} | {"0"}
    left = {file.stem.rpartition("_")[2] for file in (platform.var / "run" / "metrics").rglob("*.db")}
    assert left <= alive


def test_a_restart_of_the_website_makes_no_counter_fall(platform):
    before, old = scrape(platform)[ABOUT], platform.part("web")
    os.kill(old, signal.SIGTERM)
    # Until the old one has gone it goes on answering; only the new one's answer tells anything.
    assert eventually(lambda: platform.part("web") not in {None, old}, 60)
    assert eventually(lambda: scrape_or_nothing(platform).get(ABOUT) == before, 60)


def scrape_or_nothing(platform):
    try:
        return scrape(platform)
    except OSError:
        return {}


def test_worker_and_beat_are_heard(platform):
    found = scrape(platform)
    for part in ("beat", "worker"):
        assert found[f'jieti_part_silent_seconds{{part="{part}"}}'] < 30


def test_a_scrape_takes_little(platform):
    took = []
    for _ in range(60):
        began = time.perf_counter()
        assert scrape(platform)
        took.append((time.perf_counter() - began) * 1000)
    plain = []
    for _ in range(60):
        began = time.perf_counter()
        ask(platform, "/healthz")
        plain.append((time.perf_counter() - began) * 1000)
    cuts, ground = statistics.quantiles(took, n=20), statistics.quantiles(plain, n=20)
    print(
        f"scrape p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms; healthz p50 {ground[9]:.1f} ms, p95 {ground[18]:.1f} ms"
    )
    assert cuts[18] < 5000


def test_a_line_of_the_log_is_found_by_what_the_browser_was_told(platform):
    headers, _body = ask(platform, f"/search/?q={PHONE}")
    lines = eventually(lambda: [line for line in log(platform) if line.get("request_id") == headers["X-Request-ID"]], 5)
    (line,) = [line for line in lines if line["logger"] == "jieti.request"]
    assert (line["view"], line["status"]) == ("search:results", 200)


def log(platform, part="web"):
    found = []
    for line in (platform.var / "logs" / f"{part}.log").read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(ValueError):
            found.append(json.loads(line))
    return found


def test_no_phone_is_in_any_log_however_it_came(platform):
    for path in (f"/about/?phone={PHONE}", f"/no-such-{PHONE}/", f"/c/{PHONE}/", f"/metrics?x={WRITTEN}"):
        ask(platform, path)
        ask(platform, path, Host=f"{PHONE}.example")
    for rubbish in (
        f"GET /?q={PHONE} HTTP/7.x\r\n\r\n",
        f"{PHONE} / HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET /{PHONE}\r\n: \r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", platform.port), 5) as raw:
            raw.sendall(rubbish.encode())
            with contextlib.suppress(OSError):
                raw.recv(4096)
    time.sleep(1)
    logs = {file.name: file.read_text(errors="replace") for file in (platform.var / "logs").glob("*.log")}
    assert "138****5678" in logs["web.log"], "the planted phone never came near a log"
    assert [name for name, text in logs.items() if PHONE in text or WRITTEN in text] == []


def test_the_doctor_finds_the_running_platform_well(platform):
    told = platform.command("doctor", "--counties", "--json")
    lines = {line["code"]: line for line in json.loads(told.stdout)["lines"]}
    bad = {code for code, line in lines.items() if line["verdict"] == "mend"}
    assert bad == set(), [lines[code]["english"] for code in bad]
    assert told.returncode == 0
    assert lines["status.beat"]["verdict"] == lines["status.worker"]["verdict"] == "good"
    assert re.search(str(platform.port), lines["port"]["chinese"])
