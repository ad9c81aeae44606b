"""What the web processes of a machine count together, and what stays of those that ended."""

import json
import subprocess
import sys

import pytest

from config.watch import shelf

COUNT = """
import os, sys
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[1]
from config.watch import meters
for _ in range(int(sys.argv[2])):
    meters.count("web:home", "GET", 200, 0.02, 3)
print(os.getpid())
"""
TELL = """
import os, sys, json
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[1]
from pathlib import Path
from prometheus_client.multiprocess import MultiProcessCollector
from config.watch import shelf
with shelf.reading(Path(sys.argv[1])) as files:
    found = MultiProcessCollector.merge(files)
print(json.dumps({s.name + str(s.labels.get("le", "")): s.value for m in found for s in m.samples}))
"""


def run(script, *words):
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, words)], capture_output=True, text=True, check=True, cwd=shelf_root()
    )
    return done.stdout.strip()


def shelf_root():
    from tests.database import ROOT

    return ROOT


def told(folder):
    return json.loads(run(TELL, folder))


@pytest.fixture
def folder(tmp_path):
    place = shelf.place(tmp_path, 8001)
    assert shelf.open_up(place)
    return place


def test_two_processes_are_counted_together(folder):
    run(COUNT, folder, 3)
    run(COUNT, folder, 4)
    found = told(folder)
    assert found["jieti_requests_total"] == 7
    assert found["jieti_request_seconds_count"] == 7
    assert found["jieti_request_queries_bucket5.0"] == 7
    assert found["jieti_request_queries_sum"] == 21


def test_what_ended_processes_counted_stays_in_one_file_however_many_they_were(folder):
    for _ in range(4):
        shelf.bury(folder, int(run(COUNT, folder, 5)))
    alive = run(COUNT, folder, 1)
    found = told(folder)
    assert found["jieti_requests_total"] == 21
    assert found["jieti_request_seconds_bucket0.025"] == 21
    names = sorted(file.name for file in folder.glob("*.db"))
    assert names == sorted(f"{kind}_{pid}.db" for kind in ("counter", "histogram") for pid in (0, alive))


def test_burying_somebody_twice_or_who_never_lived_adds_nothing(folder):
    pid = int(run(COUNT, folder, 2))
    for number in (pid, pid, 4_999_999):
        shelf.bury(folder, number)
    assert told(folder)["jieti_requests_total"] == 2


def test_a_start_goes_on_from_what_was_counted_in_one_file(folder):
    """A counter that falls would be read as a rush of requests."""
    run(COUNT, folder, 2)
    run(COUNT, folder, 3)
    shelf.begin(folder)
    shelf.begin(folder)
    assert told(folder)["jieti_requests_total"] == 5
    assert sorted(file.name for file in folder.glob("*.db")) == ["counter_0.db", "histogram_0.db"]


def test_a_file_torn_by_a_power_cut_does_not_stop_the_start(folder):
    torn = folder / f"counter_{run(COUNT, folder, 2)}.db"
    torn.write_bytes(torn.read_bytes()[:3])
    shelf.begin(folder)
    assert "jieti_requests_total" not in told(folder)
    assert told(folder)["jieti_request_seconds_count"] == 2


def test_the_ports_of_one_machine_answer_for_each_other(folder, tmp_path):
    other = shelf.place(tmp_path, 8002)
    assert shelf.open_up(other)
    run(COUNT, folder, 2)
    run(COUNT, other, 3)
    assert told(folder)["jieti_requests_total"] == told(other)["jieti_requests_total"] == 5
    shelf.begin(other)
    assert told(folder)["jieti_requests_total"] == 5


def test_nobody_reads_while_one_is_added_to_those_who_are_gone(folder):
    """Else a scrape between the two steps would count a process twice, and the next would see a counter fall."""
    pid = int(run(COUNT, folder, 2))
    waiting = f"""
import sys
from pathlib import Path
from config.watch import shelf
print("begun", flush=True)
shelf.bury(Path(sys.argv[1]), {pid})
print("done", flush=True)
"""
    with shelf.reading(folder):
        other = subprocess.Popen(
            [sys.executable, "-c", waiting, str(folder)], stdout=subprocess.PIPE, text=True, cwd=shelf_root()
        )
        assert other.stdout.readline() == "begun\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.5)
    assert other.communicate(timeout=10)[0] == "done\n"


def test_hosts_on_one_volume_have_a_folder_each(tmp_path, monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "web-1")
    first = shelf.place(tmp_path, 8000)
    monkeypatch.setattr("socket.gethostname", lambda: "web")
    second = shelf.place(tmp_path, 8000)
    for folder, number in ((first, 2), (second, 3)):
        assert shelf.open_up(folder)
        run(COUNT, folder, number)
    assert (told(first)["jieti_requests_total"], told(second)["jieti_requests_total"]) == (2, 3)


def test_on_a_full_disk_each_counts_for_itself_and_nobody_dies(tmp_path, monkeypatch):
    import errno
    import os

    from config.watch import meters

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    place = shelf.place(tmp_path, 8001)
    assert not shelf.open_up(place)
    assert list(place.glob("*.db")) == []
    with pytest.raises(OSError, match="No space"):
        shelf.reserve(place, 5)
    monkeypatch.setattr(meters, "counting", False)
    meters.count("web:home", "GET", 200, 0.1, 1)


def test_the_room_that_is_reserved_is_real(folder):
    shelf.reserve(folder, 7)
    assert all((folder / f"{kind}_7.db").stat().st_blocks * 512 >= shelf.ROOM for kind in shelf.KINDS)
    shelf.bury(folder, 7)
    assert told(folder) == {}
