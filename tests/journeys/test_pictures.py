"""A1 over every page type, at three widths: what ``make pictures`` prints is held to its promises."""

import subprocess
import sys

from tests.database import ROOT
from tests.journeys.pictures import PAGES, SIZES, Seen


def test_every_page_type_keeps_its_promises(province):
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.pictures", "--unseen"],
        cwd=ROOT,
        env=province.env(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-15000:] + done.stderr[-2000:]
    for name, _path, _who in PAGES:
        assert sum(line.split()[0] == name for line in done.stdout.splitlines() if line.strip()) == len(SIZES), name


def test_a_page_that_breaks_one_is_named():
    broken = Seen(status=500, weight=200_000, errors=1, serious=1, wide=True)
    assert len(broken.wrong(200)) == 5
    assert Seen(status=200, weight=40_000).wrong(200) == []
