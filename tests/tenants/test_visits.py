"""A connection that was in many counties is closed when it may be, and not before."""

import pytest
from django.db import close_old_connections, connection

from tenants import visits
from tenants.scope import county_scope


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(visits, "COUNTIES_AT_MOST", 1)
    connection.close()


def backend():
    connection.ensure_connection()
    return connection.connection.get_backend_pid()


@pytest.mark.django_db(transaction=True)
def test_after_many_counties_the_next_request_has_a_new_connection(few, wuchang, dongning):
    first = backend()
    for county in (wuchang, wuchang):
        with county_scope(county):
            close_old_connections()
    assert backend() == first, "one county over and over keeps its connection"
    with county_scope(dongning):
        assert backend() == first, "never in the middle of a request"
    close_old_connections()
    second = backend()
    assert second != first
    with county_scope(dongning):
        pass
    close_old_connections()
    assert backend() == second, "it is counted anew"


@pytest.mark.django_db(transaction=True)
def test_without_the_count_it_would_stay(few, wuchang, dongning, monkeypatch):
    monkeypatch.setattr(visits, "note", lambda schema: None)
    first = backend()
    for county in (wuchang, dongning):
        with county_scope(county):
            pass
    close_old_connections()
    assert backend() == first
