"""Who leaves the last coordinator's seat: one at a time over the province.

A lock on the seats is not enough: a closed account is a row of the person, and a statement that waited for a seat
still sees the person as before. Two who lock their own seat first and then each other's stand in each other's way.
"""

from django.db import connection

LOCK = 7_301_204


def take_turns() -> None:
    """Until the end of the transaction; what is read afterwards is what the one before left behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
