"""Fixtures every test may ask for."""

from collections.abc import Iterator

import pytest

from tests import database


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker) -> Iterator[None]:
    """One clone per worker; a test that commits leaves a fresh one behind."""
    from django.db import connections
    from django.test import TransactionTestCase

    database.start_server()
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = database.clone(f"test_{worker}")

    def reclone(self) -> None:
        connections.close_all()
        database.clone(name)
        _forget()

    with django_db_blocker.unblock():
        connections.close_all()
        connections["default"].settings_dict["NAME"] = name
    kept = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = reclone
    yield
    TransactionTestCase._fixture_teardown = kept
    with django_db_blocker.unblock():
        connections.close_all()


def _forget() -> None:
    """What the process remembers of the database's rows."""
    from django.contrib.contenttypes.models import ContentType
    from django.core.cache import caches
    from django.db import connection

    connection.set_schema_to_public()
    ContentType.objects.clear_cache()
    for cache in caches.all(initialized_only=True):
        if "db" not in type(cache).__module__:
            cache.clear()


@pytest.fixture(autouse=True)
def _clean_start() -> Iterator[None]:
    _forget()
    yield
    from django.db import connection

    connection.set_schema_to_public()


@pytest.fixture
def wuchang(db):
    """五常市, an open county."""
    return _county("230184")


@pytest.fixture
def dongning(db):
    """东宁市, another open county."""
    return _county("231086")


def _county(code: str):
    from tenants.models import County

    return County.objects.get(code=code)
