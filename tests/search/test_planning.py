"""A search is planned by itself and at once, on every connection."""

import pytest

pytestmark = pytest.mark.django_db


def test_no_helpers_and_no_compiled_plans():
    from django.db import connection

    fresh = connection.copy()
    fresh.connect()
    try:
        with fresh.connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('max_parallel_workers_per_gather'), current_setting('jit')")
            assert cursor.fetchone() == ("0", "off")
    finally:
        fresh.close()
