"""Typing help: by hanzi, pinyin and initials, with the county, and nothing that may not be seen."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import lexicon, naming, pace, services
from search.models import Listing, Name
from search.suggesting import MOST, suggest
from tests.search import shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(db):
    shelf.fill()
    shelf.publish(
        "柞木段黑木耳 老段子",
        "231086",
        "fungus.wood-ear",
        product_id=70,
        producer_name="柞云黑木耳种植专业合作社",
        badges=[{"kind": "brand", "name": "梯云间", "mark": "®"}],
    )
    lexicon.count_terms()
    naming.bring_in_line()


@pytest.fixture(autouse=True)
def _rested():
    pace.forget()


def said(text):
    return [(one.kind, one.text) for one in suggest(text)]


@pytest.mark.parametrize("typed", ["五常", "wuch", "wc", "WUCHANG", "五c"])
def test_a_term_and_the_county_by_any_writing(goods, typed):
    found = said(typed)
    assert ("county", "五常市") in found or typed == "五c"
    assert any(kind == "term" and "五常" in text for kind, text in found)
    assert len(found) <= MOST


def test_a_product_says_its_county_and_where_it_is(goods):
    found = [one for one in suggest("柞木段") if one.kind == "product"]
    assert [(one.text, one.county) for one in found] == [("柞木段黑木耳 老段子", ("231086", "东宁市"))]
    assert found[0].url == "/c/dongning/p/70/"


@pytest.mark.parametrize("typed", ["梯云间", "tiyunj", "tyj"])
def test_a_brand_and_who_makes_it(goods, typed):
    assert ("brand", "梯云间") in said(typed)
    assert ("maker", "柞云黑木耳种植专业合作社") in said("zyhm")


def test_a_dialect_word_leads_to_the_common_name(goods):
    assert any(text.startswith("玉米") for _kind, text in said("苞米"))


def test_a_withdrawn_product_is_not_offered_even_before_the_worker_came(goods):
    services.withdraw_listing("231086", 70)
    assert Name.objects.filter(kind="product", ref="70").exists()
    assert "product" not in {kind for kind, _text in said("柞木段")}
    naming.bring_in_line()
    assert not Name.objects.filter(kind="product", ref="70").exists()


def test_a_renamed_product_has_its_new_name(goods):
    shelf.publish("新名木耳", "231086", "fungus.wood-ear", product_id=70)
    naming.bring_in_line()
    assert ("product", "新名木耳") in said("xinming")
    assert "product" not in {kind for kind, _text in said("柞木段")}


def test_a_suspended_county_offers_nothing(goods, dongning):
    assert any(one.county and one.county[0] == "231086" for one in suggest("dong"))
    type(dongning).objects.filter(pk=dongning.pk).update(state="suspended")
    assert not [one for one in (*suggest("dong"), *suggest("tyj")) if one.county and one.county[0] == "231086"]


def test_another_room_may_teach_a_name(goods):
    services.learn_name("brand", "梯田月", county_code="230184", ref="9")
    assert ("brand", "梯田月") in said("ttyue"[:2])
    services.learn_name("brand", "云梯月", county_code="230184", ref="9")
    assert ("brand", "云梯月") in said("云梯")
    services.forget_name("brand", county_code="230184", ref="9")
    assert ("brand", "云梯月") not in said("云梯")


def test_a_brand_that_no_good_bears_any_more_is_forgotten(goods):
    services.learn_name("brand", "梯田月", county_code="231086", ref="case:9")
    shelf.publish("柞木段黑木耳 老段子", "231086", "fungus.wood-ear", product_id=70)
    naming.bring_in_line()
    assert [text for kind, text in said("ti") if kind == "brand"] == ["梯田月"]


def test_goods_are_found_by_their_brand(goods):
    from search.engines.postgres import PostgresEngine
    from search.ports import Query

    found = PostgresEngine().search(Query(text="梯云间"))
    assert [Listing.objects.get(pk=pk).product_id for pk in found.listings] == [70]


# --- the door ----------------------------------------------------------------------------------


def test_the_api_says_kind_county_and_address(goods, client):
    told = client.get("/api/suggest", {"q": "tyj"})
    assert told.status_code == 200
    one = next(one for one in told.json()["suggestions"] if one["kind"] == "brand")
    assert one["text"] == "梯云间"
    assert one["county"] == {"code": "231086", "name": "东宁市"}
    assert one["kind_name"] == "品牌"
    assert one["url"].startswith("/search/?q=")
    assert told["Cache-Control"] == "private, max-age=60"


@pytest.mark.parametrize("query", ["q=a&limit=3", "q=a&q=b", "x="])
def test_an_unknown_or_repeated_parameter_is_refused(client, query):
    answer = client.get(f"/api/suggest?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"] == "unreadable"


def test_only_reading(client):
    assert client.post("/api/suggest").status_code == 405


def test_one_address_has_a_pace(client, monkeypatch):
    monkeypatch.setattr(pace, "AT_ONCE", 3.0)
    monkeypatch.setattr(pace, "PER_SECOND", 0.0)
    assert [client.get("/api/suggest", {"q": "a"}).status_code for _time in range(4)] == [200, 200, 200, 429]
    assert client.get("/api/suggest", {"q": "a"}, REMOTE_ADDR="10.1.1.1").status_code == 200


@given(text=st.one_of(st.text(max_size=60), st.sampled_from(["%", "_", "\\", "\x00", "' | !", "米" * 10_000, "🌾"])))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_it(goods, client, text):
    pace.forget()
    assert client.get("/api/suggest", {"q": text}).status_code == 200


def test_wildcards_are_only_signs(goods):
    assert said("%") == said("_") == []
    assert {kind for kind, _text in said("五%")} <= {"county"}
