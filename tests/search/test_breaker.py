"""A second engine that is dead or slow: PostgreSQL answers at once, staff hear of it, and it comes back by itself."""

import contextlib
import socket
import threading
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.models import InboxItem
from search.engines import breaker, elastic_client
from search.engines.choice import Guarded, engine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.postgres import PostgresEngine
from search.models import EngineIndex, EngineRest
from search.ports import ELASTICSEARCH, Answer, Facets, Place, Query
from tests.search import shelf

pytestmark = pytest.mark.django_db


@contextlib.contextmanager
def deaf_server():
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept, stop = [], threading.Event()
        listener.settimeout(0.1)

        def listen():
            while not stop.is_set():
                with contextlib.suppress(OSError):
                    kept.append(listener.accept()[0])

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://jieti:secret@127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()
            for one in kept:
                one.close()


@pytest.fixture
def second_engine(settings):
    """A second engine is configured and built; nobody listens there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.ELASTICSEARCH_URLS = [f"http://127.0.0.1:{probe.getsockname()[1]}"]
    now = timezone.now()
    EngineIndex.objects.create(
        prefix=settings.ELASTICSEARCH_PREFIX, number=1, state="live", average_length=30, began_at=now, moved_at=now
    )
    shelf.fill()
    breaker.forget()
    yield settings
    breaker.forget()


@pytest.fixture
def it_answers(monkeypatch):
    """From here on the engine answers, and counts how often it was asked."""

    def turn_on():
        asked = []

        def search(self, query):
            asked.append(query)
            return Answer(1, False, (1,), Facets(), 1, engine=ELASTICSEARCH)

        monkeypatch.setattr(ElasticsearchEngine, "search", search)
        return asked

    return turn_on


def rest_is_over():
    EngineRest.objects.update(until=timezone.now() - timedelta(seconds=1))
    breaker.forget()


def test_without_a_second_engine_postgres_answers_and_is_no_stand_in():
    assert isinstance(engine(), PostgresEngine)


def test_a_dead_engine_is_answered_for_at_once(second_engine):
    began = time.monotonic()
    answer = engine().search(Query(text="大米"))
    assert time.monotonic() - began < 1
    assert answer.stand_in
    assert answer.listings == PostgresEngine().search(Query(text="大米")).listings


def test_it_is_left_alone_and_not_asked_again_meanwhile(second_engine, it_answers):
    engine().search(Query())
    assert EngineRest.objects.get().until > timezone.now()
    asked = it_answers()
    assert engine().search(Query()).stand_in
    assert asked == []


def test_one_of_many_tries_when_the_rest_is_over(second_engine, it_answers):
    engine().search(Query())
    rest_is_over()
    seen = breaker._seen
    assert breaker.may_try(), "the first one"
    breaker.forget()
    assert not breaker.may_try(), "another process, while the first tries"
    seen.at = float("-inf")


def test_it_comes_back_by_itself(second_engine, it_answers):
    engine().search(Query())
    rest_is_over()
    asked = it_answers()
    answer = engine().search(Query())
    assert (answer.engine, answer.stand_in, len(asked)) == (ELASTICSEARCH, False, 1)
    assert not EngineRest.objects.exists()
    assert not InboxItem.objects.filter(kind=breaker.KIND, done_at=None).exists()
    assert not engine().search(Query()).stand_in


def test_the_longer_it_is_away_the_rarer_it_is_tried(second_engine):
    pauses = []
    for _time in range(5):
        rest_is_over()
        engine().search(Query())
        pauses.append((EngineRest.objects.get().until - timezone.now()).total_seconds())
    assert all(later > sooner - 0.5 for sooner, later in pairwise(pauses))  # the clock runs on while we look
    assert pauses[-1] <= breaker.LONGEST_REST


def test_one_slow_answer_is_no_dead_engine_but_two_are(second_engine, monkeypatch):
    monkeypatch.setattr(elastic_client, "PATIENCE", 0.2)
    with deaf_server() as address:
        second_engine.ELASTICSEARCH_URLS = [address]
        began = time.monotonic()
        assert engine().search(Query()).stand_in
        assert not EngineRest.objects.exists()
        assert engine().search(Query()).stand_in
        assert EngineRest.objects.exists()
        assert engine().search(Query()).stand_in
        assert time.monotonic() - began < 3


def test_staff_hear_of_it_loudly_and_shoppers_quietly(second_engine, client):
    page = client.get("/search/", {"q": "大米"}).content.decode()
    assert _("现在用的是备用搜索，结果一样全，可能慢一点。") in page
    assert {item.role for item in InboxItem.objects.filter(kind=breaker.KIND, done_at=None)} == set(breaker.TOLD)
    told = client.get("/api/search", {"q": "大米"}).json()
    assert (told["engine"], told["stand_in"]) == ("postgresql", True)
    assert told["total"] > 0


def test_before_the_first_index_postgres_answers_without_a_word(second_engine):
    EngineIndex.objects.all().delete()
    breaker.forget()
    assert not engine().search(Query()).stand_in


def test_staff_hear_of_an_engine_that_never_answered(second_engine):
    from search.tasks import tend

    EngineIndex.objects.all().delete()
    breaker.forget()
    tend()
    assert InboxItem.objects.filter(kind=breaker.KIND, done_at=None).exists()


@pytest.mark.parametrize("sort", ["price", "-price", "newest"])
def test_a_page_begun_in_one_engine_goes_on_in_the_other(second_engine, sort):
    first = PostgresEngine().search(Query(sort=sort, size=5))
    there = Place(first.next.key, first.next.listing, engine=ELASTICSEARCH)
    rest = Guarded().search(Query(sort=sort, size=50, after=there))
    assert rest.stand_in
    assert len(first.listings) + len(rest.listings) == len({*first.listings, *rest.listings}) == len(shelf.GOODS)


def test_by_relevance_the_seam_shows_a_listing_twice_rather_than_never(second_engine):
    from search.engines.elasticsearch import WHOLE

    first = PostgresEngine().search(Query(text="大米", size=3))
    there = Place(first.next.key * WHOLE + WHOLE // 3, first.next.listing, engine=ELASTICSEARCH)
    rest = Guarded().search(Query(text="大米", size=50, after=there))
    everything = PostgresEngine().search(Query(text="大米", size=50))
    assert {*first.listings, *rest.listings} == set(everything.listings)


def test_the_address_of_a_next_page_keeps_whose_it_is():
    from search.forms import Wish

    wish = Wish(q="大米")
    place = Place(2**61, 7, (3, 4), ELASTICSEARCH)
    assert wish.continued(wish.end(place, 20)).after == place
