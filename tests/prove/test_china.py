"""``make china`` at its smallest: three counties and two hundred listings, killed twice and gone on with.

A tool that only runs when somebody asks is broken when they do: it once lay so for a day.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import psutil

from tests.database import ROOT

COUNTIES, LISTINGS = 3, 200


class China:
    def __init__(self, folder):
        self.folder, self.log = folder, folder.with_suffix(".log")

    def start(self):
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("JIETI_", "PYTEST", "DJANGO_"))
        }
        cache = {"JIETI_TEST_CACHE": os.environ["JIETI_TEST_CACHE"]} if "JIETI_TEST_CACHE" in os.environ else {}
        own = {
            "JIETI_CHINA_VAR": str(self.folder), "COUNTIES": str(COUNTIES), "LISTINGS": str(LISTINGS),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        }  # fmt: skip
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.china"], cwd=ROOT, env={**kept, **cache, **own}, stdout=log, stderr=log
            )

    def killed_when(self, seen, patience=120):
        running, limit = self.start(), time.monotonic() + patience
        try:
            while not seen():
                assert running.poll() is None, self.said()
                assert time.monotonic() < limit, self.said()
                time.sleep(0.02)
        finally:
            running.send_signal(signal.SIGKILL)
            running.wait()

    def said(self):
        return self.log.read_text(errors="replace")[-3000:]

    def steps(self):
        """Steps of openings that were done so far."""
        return sum(len(path.read_text().splitlines()) for path in self.folder.glob("open-*.csv"))

    def left(self):
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if str(self.folder) in process.environ().get("JIETI_VAR", "") or str(self.folder) in process.cwd():
                    found.append(process.cmdline()[:4])
        return found


def test_killed_twice_it_ends_with_every_county_and_listing(tmp_path):
    china = China(tmp_path / "china")
    china.killed_when(lambda: china.steps() >= 2)
    done = china.steps()
    china.killed_when(
        lambda: (
            '"list_load"' in (china.folder / "ledger.json").read_text()
            if (china.folder / "ledger.json").exists()
            else False
        )
    )
    assert china.steps() < done + 3 * COUNTIES, "what was opened is not opened again"
    last = china.start()
    assert last.wait(240) == 0, china.said()
    said = china.said()
    assert f"{COUNTIES} counties, {LISTINGS} listings" in said
    for line in (
        "search with facets, p50",
        "the same by one Elasticsearch",
        "one AddField over",
        "jieti backup of all",
        "backup of one county",
        "a web process, PSS",
    ):
        assert re.search(rf"{re.escape(line)}.*\d", said), said
    assert re.search(r"pages not served +\d+ s, 0\n", said), said
    assert china.left() == []
    again = china.start()
    assert again.wait(60) == 0, china.said()
    assert "——" not in china.said().rsplit("on one machine", 2)[-2], "a second run has nothing left to do"
