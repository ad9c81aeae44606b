"""A producer's name is taken once, however often and by how many the button is pressed."""

import threading

import pytest
from django.db import IntegrityError

from catalog.errors import NameTaken
from catalog.models import Producer
from catalog.services import products, save_producer
from tenants.scope import county_scope
from tests.catalog import goods
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "重名合作社"


@pytest.fixture
def _slow(monkeypatch):
    """Every form has looked before one of them writes."""
    looked, save = threading.Barrier(3, timeout=20), products._save_once

    def late(producer):
        looked.wait()
        save(producer)

    monkeypatch.setattr(products, "_save_once", late)


@pytest.mark.usefixtures("_slow")
def test_three_equal_presses_keep_one(wuchang, village, manager, client_for):
    typed = {
        "name": NAME,
        "kind": "coop",
        "business_phone": "0451-55550000",
        "phone_agreed": "on",
        "village": village.pk,
    }
    address = goods.here(wuchang, "producers/new/")
    browsers = [client_for(manager) for _ in range(3)]
    answers = at_once(*(lambda one=one: str(one.post(address, typed).status_code) for one in browsers))
    assert sorted(answers) == ["200", "200", "302"]
    with county_scope(wuchang):
        assert Producer.objects.filter(name=NAME).count() == 1


def test_without_the_savepoint_they_would_stumble(wuchang, manager, monkeypatch):
    """The mutant: the name is looked for and then written."""
    looked = threading.Barrier(2, timeout=20)

    def look_and_save(producer):
        assert not Producer.objects.filter(name=producer.name).exists()
        looked.wait()
        producer.save()

    monkeypatch.setattr(products, "_save_once", look_and_save)

    def keep():
        with county_scope(wuchang):
            return save_producer(Producer(name=NAME, kind="coop"), by=manager).name

    assert sorted(at_once(keep, keep)) == [IntegrityError.__name__, NAME]


def test_a_name_given_to_another_is_refused_and_nothing_else_is_lost(wuchang, manager):
    with county_scope(wuchang):
        save_producer(Producer(name=NAME, kind="coop"), by=manager)
        other = save_producer(Producer(name="另一家", kind="coop"), by=manager)
        other.name = NAME
        with pytest.raises(NameTaken, match=NAME):
            save_producer(other, by=manager)
        assert Producer.objects.get(pk=other.pk).name == "另一家"
