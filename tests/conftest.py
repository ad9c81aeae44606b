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

    from kernel import failures

    failures._counted.clear()
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


@pytest.fixture
def client_for(db):
    """``client_for(user)``: a signed-in test client; without a user, a stranger's."""
    from tests.factories.people import client_for

    return client_for


@pytest.fixture
def client(db):
    """A stranger's browser."""
    from tests.factories.people import client_for

    return client_for()


@pytest.fixture
def coordinator(db):
    return _person("coordinator", name="林省级")


@pytest.fixture
def auditor(db):
    return _person("auditor", name="审计员")


@pytest.fixture
def shopper(db):
    return _person("shopper", name="买家")


@pytest.fixture
def manager(wuchang):
    """五常's county manager."""
    return _person("county_manager", wuchang, name="王主任")


@pytest.fixture
def editor(wuchang):
    """五常's county editor."""
    return _person("county_editor", wuchang, name="李编辑")


@pytest.fixture
def team_member(wuchang):
    """A work-team member in 五常."""
    return _person("work_team", wuchang, name="赵队员")


@pytest.fixture
def manager_elsewhere(dongning):
    """东宁's county manager: has a desk, but not this one."""
    return _person("county_manager", dongning, name="外县主任")


def _person(role: str, county="", *, name: str):
    from tests.factories.people import make_person

    return make_person(role, county, name=name)
