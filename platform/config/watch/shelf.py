"""Where the web processes of one machine lay down what they counted: any of them, on any port, answers for all.

gunicorn replaces a worker after some thousands of requests. What it had counted is added to a file of those who
are gone: a file for each that ever lived would make the scrape slower every hour.
"""

import contextlib
import fcntl
import logging
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

log = logging.getLogger(__name__)
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # read by the client when it is first imported
GONE = 0  # no process has this number
KINDS = ("counter", "histogram")
ROOM = 2 * 1024 * 1024  # bytes; some four hundred views need half of it


def folder() -> Path | None:
    """None where one process counts for itself."""
    name = os.environ.get(VARIABLE)
    return Path(name) if name else None


def place(var: Path, port: int) -> Path:
    """By host and port: two containers on one volume number their processes alike, and two ports start apart."""
    return var / "run" / "metrics" / socket.gethostname() / str(port)


def open_up(shelf: Path) -> bool:
    """Make the folder and room for the sums; False where there is none, and each process counts for itself."""
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        reserve(shelf, GONE)
    except OSError as wrong:
        log.warning("no room for the counts of requests in %s: %s", shelf, wrong.strerror)
        return False
    return True


def reserve(shelf: Path, pid: int) -> None:
    """Real room on the disk: a page of a sparse file that has no room when it is written to kills the process.

    Raises OSError on a full disk, and leaves nothing behind.
    """
    for kind in KINDS:
        place = shelf / f"{kind}_{pid}.db"
        with place.open("a+b") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, ROOM)
            except OSError:
                place.unlink(missing_ok=True)
                raise


def begin(shelf: Path) -> None:
    """At a start: whoever counted here before is gone. The sums go on, so that no counter falls."""
    for file in shelf.glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid != str(GONE):
            bury(shelf, int(pid))


def bury(shelf: Path, pid: int) -> None:
    """Add what a process that ended had counted to those who are gone; readers wait."""
    with _locked(shelf, fcntl.LOCK_EX):
        for kind in KINDS:
            left = shelf / f"{kind}_{pid}.db"
            if left.exists():
                with contextlib.suppress(
                    RuntimeError, ValueError, struct.error
                ):  # torn by a power cut: its share is lost
                    _add(left, shelf / f"{kind}_{GONE}.db")
                left.unlink()


def _add(left: Path, sum_of_all: Path) -> None:
    from prometheus_client.mmap_dict import MmapedDict  # after the variable is set

    kept = MmapedDict(str(sum_of_all))
    try:
        for key, value, _at, _place in MmapedDict.read_all_values_from_file(str(left)):
            kept.write_value(key, kept.read_value(key)[0] + value, 0.0)
    finally:
        kept.close()


@contextlib.contextmanager
def reading(shelf: Path) -> Iterator[list[str]]:
    """The files of all ports of this host, while nobody is being added to those who are gone."""
    with contextlib.ExitStack() as locks:
        files: list[str] = []
        for beside in sorted(one for one in shelf.parent.iterdir() if one.is_dir()):
            locks.enter_context(_locked(beside, fcntl.LOCK_SH))
            files += [str(file) for file in beside.glob("*.db")]
        yield files


@contextlib.contextmanager
def _locked(shelf: Path, how: int) -> Iterator[None]:
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, how)
        yield
