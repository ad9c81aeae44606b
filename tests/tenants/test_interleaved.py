"""Requests and tasks of two counties, interleaved in threads: none reads the wrong schema (promise S2)."""

import random
import threading

import pytest
from django.db import connection, transaction

from kernel.errors import CountyGone
from tenants import scope
from tenants.scope import county_scope, public_scope
from tenants.tasks import CountyTask

THREADS, TURNS = 8, 60
NAMES = {"wuchang": "五常市", "dongning": "东宁市"}


class Look(CountyTask):
    """Reads its county's front page, and the other's by another task in between."""

    name = "test.look"
    abstract = False

    def run(self, county_code, other=""):
        if other:
            self.__call__(other)
        return front_page()


def front_page():
    from cms.models import CountyHome

    return CountyHome.objects.get().title


@pytest.fixture
def look():
    from config.celery import app

    yield app.register_task(Look())
    app.tasks.unregister(Look.name)


class Turns:
    """What one thread does, by a dice of its own; ``wrong`` tells each time something was another county's."""

    def __init__(self, seed, counties, look):
        self.dice = random.Random(seed)
        self.counties = counties
        self.look = look
        self.wrong = []
        self.done = 0

    def run(self):
        from tests.factories.people import client_for

        self.client = client_for()
        try:
            for _turn in range(TURNS):
                here, there = self.dice.sample(self.counties, 2)
                self.dice.choice((self.page, self.task, self.nested, self.after_commit, self.gone, self.failed))(
                    here, there
                )
                self.done += 1
        except Exception as trouble:
            self.wrong.append(repr(trouble))
        finally:
            connection.close()

    def see(self, what, found, wanted):
        if found != wanted:
            self.wrong.append(f"{what}: {found} instead of {wanted}")

    def page(self, here, there):
        body = self.client.get(f"/c/{here.slug}/").content.decode()
        self.see("page", (here.name in body, f"/c/{there.slug}/" in body), (True, False))
        self.see("after a page", connection.schema_name, "public")

    def task(self, here, there):
        self.see("task", self.look(here.code), here.name)
        self.see("task with a task inside", self.look(here.code, there.code), here.name)

    def nested(self, here, there):
        with county_scope(here):
            with county_scope(there):
                self.see("inner scope", front_page(), there.name)
            self.see("outer scope again", front_page(), here.name)
            with public_scope():
                self.see("public inside", connection.schema_name, "public")
            self.see("outer scope after public", front_page(), here.name)

    def after_commit(self, here, there):
        seen = []
        with county_scope(here), transaction.atomic():
            transaction.on_commit(lambda: seen.append(front_page()))
            self.look(there.code)
        self.see("on_commit", seen, [here.name])

    def gone(self, here, there):
        with county_scope(here):
            for lost in ("999999", "", None):
                with pytest.raises(CountyGone):
                    self.look(lost)
            self.see("after a task of no county", front_page(), here.name)

    def failed(self, here, there):
        with county_scope(here):
            with pytest.raises(ZeroDivisionError), county_scope(there):
                raise ZeroDivisionError
            self.see("after a failure", front_page(), here.name)


def in_threads(counties, look):
    turns = [Turns(seed, counties, look) for seed in range(THREADS)]
    threads = [threading.Thread(target=one.run) for one in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [words for one in turns for words in one.wrong], sum(one.done for one in turns)


@pytest.mark.django_db(transaction=True)
def test_interleaved_work_never_stands_in_the_wrong_county(wuchang, dongning, look):
    wrong, done = in_threads([wuchang, dongning], look)
    assert wrong == []
    assert done == THREADS * TURNS


@pytest.mark.django_db(transaction=True)
def test_the_mutant_whose_scope_does_not_return_is_caught(wuchang, dongning, look, monkeypatch):
    monkeypatch.setattr(scope, "_return_to", lambda tenant: None)
    wrong, _done = in_threads([wuchang, dongning], look)
    assert wrong


@pytest.mark.django_db(transaction=True)
def test_the_mutant_that_returns_to_public_is_caught(wuchang, dongning, look, monkeypatch):
    """A preview runs inside a request: going back to public instead of to the county is wrong too."""
    monkeypatch.setattr(scope, "_return_to", lambda tenant: connection.set_schema_to_public())
    wrong, _done = in_threads([wuchang, dongning], look)
    assert wrong
