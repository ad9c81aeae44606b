"""Worker and beat write a sign of life of their own, so that ``/readyz`` can tell which one is missing."""

import logging
import os
import threading
from pathlib import Path
from typing import Any

from celery.signals import beat_init, worker_ready

log = logging.getLogger(__name__)
EVERY = 3.0
STALE_AFTER = 12.0
SIGNS = "RUNTIME_DIRECTORY"  # systemd's word for a service's own folder; a container has one too


@worker_ready.connect
def _worker_lives(**_: Any) -> None:
    start("worker")


@beat_init.connect
def _beat_lives(**_: Any) -> None:
    start("beat")


def start(part: str) -> None:
    threading.Thread(target=_write_for_ever, args=(part,), name=f"{part}-heartbeat", daemon=True).start()


def _write_for_ever(part: str) -> None:
    pause = threading.Event()
    while True:
        write(part)
        pause.wait(EVERY)


def write(part: str) -> None:
    """A database that is away is no reason to end: the next sign comes soon."""
    from django.db import connection
    from django.utils import timezone

    from kernel.models import Heartbeat

    try:
        Heartbeat.objects.update_or_create(part=part, defaults={"at": timezone.now()})
        if folder := os.environ.get(SIGNS):  # the row says that a worker lives, the file that this one does
            Path(folder, part).touch()
    except Exception:
        log.warning("no heartbeat written for %s", part)
        connection.close()
