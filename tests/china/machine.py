"""What a part of the machine uses: memory counted once (PSS), processor time, disk."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import psutil

MB = 1_000_000


def pss(pids: Iterable[int]) -> float:
    """MB of these processes; pages that several share are counted in parts."""
    total = 0
    for pid in pids:
        with suppress(OSError, ValueError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total / MB


def family(pid: int) -> list[int]:
    """A process and all below it."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return [pid, *(child.pid for child in process.children(recursive=True))]
    return []


def processor_seconds(pid: int) -> float:
    """Of one process, exactly; the time it waited for a busy machine is not in it."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def disk(folder: Path) -> tuple[float, int]:
    """MB on the disk, and how many files."""
    told = subprocess.run(["du", "-sk", folder], capture_output=True, text=True, check=False).stdout.split()
    files = subprocess.run(["du", "-s", "--inodes", folder], capture_output=True, text=True, check=False).stdout.split()
    return int(told[0]) * 1024 / MB, int(files[0])


class Peak:
    """The most memory that some processes had while we looked, and how busy the machine was."""

    def __init__(self, pids: Callable[[], Iterable[int]], every: float = 5.0) -> None:
        self.pids, self.every, self.most, self.loads = pids, every, 0.0, [os.getloadavg()[0]]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._over.is_set():
            self.most = max(self.most, pss(self.pids()))
            self.loads.append(os.getloadavg()[0])
            self._over.wait(self.every)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def load(self) -> str:
        return f"{min(self.loads):.0f}–{max(self.loads):.0f}"


class Pace:
    """``37/2844 · 还要 12 分`` — a line now and then, with what remains at the pace of this run."""

    def __init__(self, what: str, total: int, done: int, every: float = 15.0) -> None:
        self.what, self.total, self.begun_with, self.every = what, total, done, every
        self.began = self.last = time.monotonic()

    def say(self, done: int, *, now: bool = False) -> None:
        if not now and time.monotonic() - self.last < self.every:
            return
        self.last = time.monotonic()
        each = (self.last - self.began) / max(1, done - self.begun_with)
        left = each * (self.total - done)
        print(
            f"{self.what} {done}/{self.total}，每个 {each * 1000:.1f} 毫秒，还要 {left / 60:.1f} 分"
            f"（负载 {os.getloadavg()[0]:.1f}）",
            flush=True,
        )
