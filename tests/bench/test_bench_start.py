"""From `jieti up` to the first page, on a first start with the demo province and on its own data; and its memory."""

import contextlib
import time

import psutil

from tests.bench.table import show
from tests.prove.test_up import Platform

FIRST, AGAIN = 600, 120


def memory(process):
    """Proportional set size of a process and all its children, in MB: shared pages are counted once."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            total += one.memory_full_info().pss
    return total / 1_000_000


def start(platform, limit):
    """Seconds until `/` answers 200 and `/readyz` too, and the peak of memory on the way."""
    began = time.monotonic()
    platform.start()
    process, page, peak = psutil.Process(platform.process.pid), None, 0.0
    while time.monotonic() - began < limit:
        assert platform.process.poll() is None, platform.said()
        peak = max(peak, memory(process))
        with contextlib.suppress(OSError):
            if platform.ask("/readyz")[0] == 200 and platform.ask("/")[0] == 200:
                page = time.monotonic() - began
                break
        time.sleep(0.2)
    assert page, platform.said()
    return page, peak


def visit(platform, seconds):
    """Some pages for a while, so that every process has done something."""
    peak, process = 0.0, psutil.Process(platform.process.pid)
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        for path in ("/", "/search/?q=%E5%A4%A7%E7%B1%B3", "/c/wuchang/", "/stories/", "/api/search?q=wcdm"):
            assert platform.ask(path)[0] == 200, path
        peak = max(peak, memory(process))
    return peak


def test_bench_start(tmp_path):
    platform = Platform(tmp_path / "var", JIETI_DEMO="1")
    try:
        first, peak_first = start(platform, FIRST)
        peak_used = visit(platform, 10)
        platform.stop()
        again, peak_again = start(platform, AGAIN)
    finally:
        platform.stop()
    show(
        "Starting the platform (already installed)",
        [
            ("first start with the demo province, to the first page (aim 180 s)", f"{first:.1f} s"),
            ("start on its own data, to the first page (aim 20 s)", f"{again:.1f} s"),
            ("peak memory while first starting, PSS (aim 900 MB)", f"{peak_first:.0f} MB"),
            ("peak memory while pages are visited, PSS", f"{peak_used:.0f} MB"),
            ("peak memory while starting again, PSS", f"{peak_again:.0f} MB"),
        ],
    )
