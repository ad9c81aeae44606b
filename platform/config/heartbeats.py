"""Worker and beat write a sign of life of their own, so that ``/readyz`` can tell which one is missing.

A row for each part says that one lives; a row for each process, that this one does.
"""

import atexit
import logging
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from celery.signals import beat_init, worker_ready

log = logging.getLogger(__name__)
EVERY = 3.0
STALE_AFTER = 12.0
_ending = threading.Event()
SIGNS = "RUNTIME_DIRECTORY"  # systemd's word for a service's own folder; a container has one too


@worker_ready.connect
def _worker_lives(**_: Any) -> None:
    start("worker")


@beat_init.connect
def _beat_lives(**_: Any) -> None:
    start("beat")


def start(part: str) -> None:
    quietly(part, begin)
    atexit.register(_end, part, os.getpid())
    threading.Thread(target=_write_for_ever, args=(part,), name=f"{part}-heartbeat", daemon=True).start()


def _write_for_ever(part: str) -> None:
    while not _ending.is_set():
        write(part)
        _ending.wait(EVERY)


def write(part: str) -> None:
    quietly(part, _write)


def quietly(part: str, do: Callable[[str], None]) -> None:
    """A database that is away is no reason to end: the next sign comes soon."""
    from django.db import connection

    try:
        do(part)
    except Exception:
        log.warning("no heartbeat written for %s", part)
        connection.close()


def _write(part: str) -> None:
    from django.utils import timezone

    from kernel.models import Heartbeat, PartProcess

    now = timezone.now()
    Heartbeat.objects.update_or_create(part=part, defaults={"at": now})
    if folder := os.environ.get(SIGNS):  # the row says that a worker lives, the file that this one does
        Path(folder, part).touch()
    PartProcess.objects.update_or_create(part=part, host=here(), number=os.getpid(), defaults={"at": now})


def here() -> str:
    return socket.gethostname()[:120]


def begin(part: str) -> None:
    """Whoever was here before and is no more has been started again: that is us. There is one clock at most."""
    from kernel.models import PartProcess

    for row in PartProcess.objects.filter(part=part):
        if part == "beat" or (row.host == here() and not Path("/proc", str(row.number)).exists()):
            row.delete()


def _end(part: str, number: int) -> None:
    """Ended as it should: nobody is missed. A child that was forked from us is not us."""
    if number == os.getpid():
        _ending.set()
        quietly(part, forget)


def forget(part: str) -> None:
    from kernel.models import PartProcess

    PartProcess.objects.filter(part=part, host=here(), number=os.getpid()).delete()
