"""After another analysis every listing is found by it, and none that changed meanwhile is put back."""

import pytest

from search import analysing, documents, lexicon, words
from search.engines.postgres import PostgresEngine
from search.models import Figures, ListingIndex
from search.ports import Query
from tests.search import shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(db):
    shelf.fill()


def test_a_new_province_is_not_stale(goods):
    assert Figures.objects.get().analysis == documents.analysis_mark()
    assert not analysing.is_stale()


def test_a_new_word_finds_old_goods_once_they_are_analysed_again(goods, monkeypatch, request):
    more = {**words.synonyms(), "天下第一蜜": "椴树蜜"}
    monkeypatch.setattr(words, "synonyms", lambda: more)
    words.forget()
    request.addfinalizer(words.forget)
    monkeypatch.setattr(documents, "VERSION", 99)
    shelf.publish("天下第一蜜", "231086", "honey.honey", product_id=80)
    ListingIndex.objects.filter(listing__product_id=80).update(tsv=None or "")
    lexicon.count_terms()
    assert PostgresEngine().search(Query(text="天下第一蜜")).total == 1, "the other one that has the common name"
    assert analysing.is_stale()
    before = dict(ListingIndex.objects.values_list("pk", "version"))
    assert analysing.bring_in_line() == len(shelf.GOODS) + 1
    assert not analysing.is_stale()
    assert PostgresEngine().search(Query(text="天下第一蜜")).total == 2
    assert all(version > before[pk] for pk, version in ListingIndex.objects.values_list("pk", "version"))
