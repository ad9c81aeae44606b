"""Typing help over 100 000 generated listings against the bare look-up, in a process of its own."""

import os
import subprocess
import sys

from tests.database import ROOT

COUNT = os.environ.get("JIETI_BENCH_LISTINGS", "100000")


def test_bench_suggest():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.suggest", COUNT],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    print(f"\n\nTyping help over {COUNT} listings\n{done.stdout}")
