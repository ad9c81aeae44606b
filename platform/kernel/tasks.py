"""What the worker does by the clock and when woken. The outbox remembers; these only look."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone
from django_tenants.utils import get_public_schema_name

from kernel import audit, deadlines, failures, outbox, whole_files
from kernel.models import Heartbeat, PartProcess

log = logging.getLogger(__name__)


@shared_task(name="kernel.relay", ignore_result=True)
def relay() -> int:
    """Empty the outbox of what is due, in batches, until nothing is left."""
    total = 0
    while done := outbox.relay_once():
        total += done
        if not connection.in_atomic_block:
            close_old_connections()  # a province being opened is one long task
    return total


@shared_task(name="kernel.seal_audit", ignore_result=True)
def seal_audit() -> int:
    return audit.seal()


@shared_task(name="kernel.sweep_deadlines", ignore_result=True)
def sweep_deadlines() -> int:
    deadlines.recount_daily()
    return deadlines.sweep()


@shared_task(name="kernel.forget_failures", ignore_result=True)
def forget_failures() -> int:
    whole_files.forget_drafts()
    # A host that was taken away for good is missed for a day.
    PartProcess.objects.filter(at__lt=timezone.now() - timedelta(days=1)).delete()
    return failures.forget_old()


@shared_task(name="kernel.beat", ignore_result=True)
def beat() -> None:
    """Beat sent it and a worker ran it: both are alive."""
    for part in ("beat", "worker"):
        Heartbeat.objects.update_or_create(part=part, defaults={"at": timezone.now()})


def wake_relay() -> None:
    """Tell a worker that something waits. A broker that is down costs seconds, never an effect."""
    if not settings.WAKE_RELAY:
        return
    try:
        # Each row says itself where it belongs: the province's must not run in the county that woke the worker.
        relay.apply_async(retry=False, headers={"_schema_name": get_public_schema_name()})
    except Exception:
        log.warning("broker unreachable; beat will find the outbox")
