"""Likeness with 1 000, 10 000 and 100 000 marks against a walk over them all, in a process of its own."""

import os
import subprocess
import sys

from tests.database import ROOT

COUNTS = os.environ.get("JIETI_BENCH_MARKS", "1000 10000 100000").split()


def test_bench_likeness():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    path = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.likeness", *COUNTS],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    print(f"\n\nLikeness, the whole pre-check of a name\n{done.stdout}")
