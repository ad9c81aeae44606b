"""The county travels right (promise S2): requests, tasks, threads and streams never change places."""

import threading

import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import get_script_prefix, reverse

from kernel.errors import CountyGone
from tenants.addressing import county_url, province_url
from tenants.middleware import CountyMiddleware
from tenants.scope import county_scope, current_county, public_scope, scope_of, scoped_steps
from tenants.tasks import CountyTask

pytestmark = pytest.mark.django_db


def test_the_scope_brings_schema_and_path_and_takes_them_away(wuchang):
    with county_scope(wuchang):
        assert connection.schema_name == "c230184"
        assert get_script_prefix() == "/c/wuchang/"
        assert reverse("catalog:desk") == "/c/wuchang/desk/"
        assert province_url("search:results") == "/search/"
    assert connection.schema_name == "public"
    assert get_script_prefix() == "/"


def test_an_inner_scope_gives_the_outer_one_back(wuchang, dongning):
    with county_scope(wuchang):
        with county_scope(dongning):
            assert current_county() == dongning
        assert current_county() == wuchang
        with public_scope():
            assert connection.schema_name == "public"
        assert connection.schema_name == "c230184"


def test_an_exception_inside_leaves_nothing_behind(wuchang):
    with pytest.raises(ZeroDivisionError), county_scope(wuchang):
        raise ZeroDivisionError
    assert connection.schema_name == "public"
    assert get_script_prefix() == "/"


def test_a_streamed_body_runs_in_its_county_and_the_reader_does_not(wuchang):
    def lines():
        yield connection.schema_name.encode()
        yield connection.schema_name.encode()

    seen = []
    for part in scoped_steps(lines(), wuchang, "/c/wuchang/", "http://127.0.0.1"):
        seen.append(part)
        assert connection.schema_name == "public"
    assert seen == [b"c230184", b"c230184"]


def test_a_new_thread_starts_in_public(wuchang):
    seen = []

    def look():
        seen.append(connection.schema_name)
        connection.close()

    with county_scope(wuchang):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == ["public"]


def test_a_county_that_is_gone_has_no_scope(wuchang):
    with pytest.raises(CountyGone):
        scope_of("999999")
    wuchang.state = "archived"
    wuchang.save()
    with pytest.raises(CountyGone):
        scope_of("230184")


class Where(CountyTask):
    name = "test.where"
    abstract = False

    def run(self, county_code):
        return connection.schema_name


@pytest.fixture
def where():
    """The task as a worker knows it."""
    from config.celery import app

    name = Where.name
    yield app.register_task(Where())
    app.tasks.unregister(name)


@pytest.mark.parametrize("county", ["999999", "", "public", None])
def test_a_task_without_its_county_is_refused_instead_of_running_in_public(county):
    with pytest.raises(CountyGone):
        Where()(county)


def test_a_county_task_runs_in_its_county_and_leaves_it(wuchang, dongning, where):
    with county_scope(dongning):
        assert where("230184") == "c230184"
        assert current_county() == dongning


def test_addresses_of_any_county_from_anywhere(wuchang, dongning):
    assert county_url("dongning", "web:product", 7) == "/c/dongning/p/7/"
    with county_scope(wuchang):
        assert county_url("dongning", "web:product", 7) == "/c/dongning/p/7/"
        assert get_script_prefix() == "/c/wuchang/"
    with county_scope(wuchang, prefix="/", origin="https://wuchang.example"):
        assert province_url("search:results").startswith("http://127.0.0.1")


def where_we_are(seen):
    def answer(request):
        seen.append((connection.schema_name, get_script_prefix()))
        return HttpResponse("ok")

    return answer


def test_what_is_streamed_is_read_in_the_county_of_its_request(wuchang):
    def parts():
        for _part in range(2):
            yield connection.schema_name.encode() + b" "

    served = CountyMiddleware(lambda request: StreamingHttpResponse(parts()))
    answer = served(RequestFactory(SERVER_NAME="127.0.0.1").get("/c/wuchang/list/"))
    assert connection.schema_name == "public"
    assert b"".join(answer.streaming_content) == f"{wuchang.schema_name} ".encode() * 2
    assert connection.schema_name == "public"


def test_a_preview_stays_in_the_county_it_was_asked_for_in(wuchang):
    """Wagtail sends a made-up request for the page's own address through the whole stack."""
    seen = []
    preview = RequestFactory(SERVER_NAME="127.0.0.1").get("/")
    preview.is_dummy = True
    with county_scope(wuchang):
        CountyMiddleware(where_we_are(seen))(preview)
        assert connection.schema_name == wuchang.schema_name
    assert seen == [(wuchang.schema_name, "/c/wuchang/")]
    assert preview.county == wuchang
