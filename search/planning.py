"""How the database plans what we ask: by itself, at once.

A search is done in a few milliseconds. Starting helpers for it (measured: 15 ms for two) or compiling its
plan costs more than the search, and takes the machine's other cores from other shoppers.
"""

from typing import Any

from django.db.backends.signals import connection_created

PLAINLY = "SET max_parallel_workers_per_gather = 0; SET jit = off"


def listen() -> None:
    connection_created.connect(plan_plainly, dispatch_uid="search.planning")


def plan_plainly(sender: Any, connection: Any, **kwargs: Any) -> None:
    """On the driver's own cursor: ours would first look which county it is for."""
    with connection.connection.cursor() as cursor:
        cursor.execute(PLAINLY)
