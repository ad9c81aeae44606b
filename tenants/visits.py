"""A connection that has been in many counties is closed when its request or task is over.

PostgreSQL keeps what it learnt of every table for as long as a connection lives, some 0.1 MB a county: a server
whose threads each went through a whole province would hold it many times over.
"""

import time
from typing import Any

from django.db import connection
from django.db.backends.signals import connection_created

COUNTIES_AT_MOST = 100


def note(schema: str) -> None:
    """We are in this county now. Django closes what is due at the end of a request, Celery's at that of a task."""
    seen: set[str] | None = getattr(connection, "counties_seen", None)
    if seen is None:
        seen = connection.counties_seen = set()
    seen.add(schema)
    if len(seen) > COUNTIES_AT_MOST:
        connection.close_at = time.monotonic()


def listen() -> None:
    connection_created.connect(_begin_anew, dispatch_uid="tenants.visits")


def _begin_anew(sender: type, connection: Any, **kwargs: Any) -> None:
    connection.counties_seen = set()
