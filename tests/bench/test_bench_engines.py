"""Both engines at 100 000 listings (JIETI_BENCH_LISTINGS=1000000 for a million), in a process of its own."""

import os
import subprocess
import sys

from tests.database import ROOT
from tests.prove.conftest import elastic_server

COUNT = os.environ.get("JIETI_BENCH_LISTINGS", "100000")


def test_bench_engines():
    elastic_server()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    path = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.engines", COUNT],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-3000:]
    print(f"\n\nBoth engines over {COUNT} listings\n{done.stdout}")
