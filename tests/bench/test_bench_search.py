"""Search with facets over 100 000 generated listings against the engine's bare query, in a process of its own."""

import os
import subprocess
import sys

from tests.database import ROOT

COUNT = os.environ.get("JIETI_BENCH_LISTINGS", "100000")


def test_bench_search():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    path = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.search", COUNT],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    print(f"\n\nSearch over {COUNT} listings\n{done.stdout}")
