"""What is the PostgreSQL engine's alone, its figures above the cap, and what is read before any engine is asked.

What every engine promises is in ``test_engines.py``.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search import finding, lexicon
from search.engines import postgres
from search.engines.postgres import PostgresEngine
from search.fairness import Row, page_of
from search.forms import Wish
from search.models import Listing
from search.ports import Band, Query
from search.reading import read, without_price
from tests.search import shelf

pytestmark = pytest.mark.django_db
engine = PostgresEngine()


def titles(answer):
    found = Listing.objects.in_bulk(answer.listings)
    return [found[number].title for number in answer.listings]


def find(text, **narrowed):
    reading = read(text)
    return engine.search(Query(text=reading.text, prices=reading.prices, **narrowed))


@pytest.fixture
def goods():
    shelf.fill()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wcdm", "五常大米"),
        ("rice", "大米"),
        ("Black Fungus", "木耳"),
        ("eggs", "鸡蛋"),
        ("wuchang rice", "五常 大米"),
        ("licensed", "licensed"),
        ("wuchangdami", "五常大米"),
        ("wuchang dami", "五常大米"),
        ("WCDM", "五常大米"),
        ("wuchangdmi", "五常大米"),
        ("五长大米", "五常大米"),
        ("五常大迷", "五常大米"),
        ("苞米", "玉米"),
        ("dongningheimer", "东宁黑木耳"),
        ("东宁木耳", "东宁木耳"),
        ("五常大米", "五常大米"),
    ],
)
def test_what_was_written_is_read_as_what_was_meant(goods, written, meant):
    assert read(written).text == meant


def test_a_price_can_be_said(goods):
    reading = read("50 元以下的椴树蜜")
    assert (reading.text, reading.prices) == ("椴树蜜", (Band(None, 5001),))
    assert titles(find("50元以下的蜂蜜"))[0] == "椴树蜜，一瓶一斤"


@pytest.mark.parametrize(
    ("said", "text", "band"),
    [
        ("100-50 元的大米", "大米", Band(5000, 10001)),
        ("1-2-3元以下大米", "大米", Band(100, 301)),
        ("20到50块的蜂蜜", "蜂蜜", Band(2000, 5001)),
    ],
)
def test_a_price_range_is_read_whichever_way_round(said, text, band):
    assert without_price(said) == (text, (band,))


@pytest.mark.parametrize(
    ("said", "text", "band"),
    [
        ("五十元以下的蜂蜜", "蜂蜜", Band(None, 5001)),
        ("一百块以内的大米", "大米", Band(None, 10001)),
        ("50以下 蜂蜜", "蜂蜜", Band(None, 5001)),
        ("低于50元的蜂蜜", "蜂蜜", Band(None, 5001)),
        ("不超过20块的木耳", "木耳", Band(None, 2001)),
        ("¥50以下 大米", "大米", Band(None, 5001)),
        ("30到50的木耳", "木耳", Band(3000, 5001)),
        ("蜂蜜 50-100", "蜂蜜", Band(5000, 10001)),
        ("三十到五十块的木耳", "木耳", Band(3000, 5001)),
        ("一百二十元以上的礼盒", "礼盒", Band(12000, None)),
        ("两百元左右的榛蘑", "榛蘑", Band(16000, 24001)),
        ("超过一百二块的酒", "酒", Band(12000, None)),
    ],
)
def test_a_price_is_read_as_people_write_it(said, text, band):
    assert without_price(said) == (text, (band,))


@pytest.mark.parametrize(
    "said",
    [
        "三江以内的大米", "5-6 月的蓝莓", "3 年以上的人参", "500 g 以下的木耳", "50-100 g 的黑蜂蜜", "八十八号大米",
        "五常大米", "二十元", "12 度左右的酒", "10-12 头海参", "1-2 人份", "一品香", "百年老窖", "",
    ],
)  # fmt: skip
def test_a_number_of_something_else_is_no_price(said):
    assert without_price(said) == (said, ())


@pytest.mark.parametrize("sort", ["relevance", "price", "-price", "newest"])
@pytest.mark.parametrize(("text", "number"), [("", 120), ("大米", 120), ("五常大米", 96), ("五常黑大米", 120)])
@pytest.mark.parametrize("cap", [postgres.CAP, 50])
def test_pages_have_no_gap_and_no_repeat(sort, text, number, cap, monkeypatch):
    monkeypatch.setattr(postgres, "CAP", cap)
    shelf.fill_many(120)
    seen, after = [], None
    for _page in range(40):
        answer = engine.search(Query(text=text, sort=sort, after=after, size=7))
        seen += answer.listings
        after = answer.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == number
    assert answer.approximate or answer.total == number


@pytest.mark.parametrize("text", ["五常大米", "苞米", "当年 大米 真空", "东宁黑木耳 500g"])
def test_the_lexicon_is_asked_once_a_search(goods, text):
    with CaptureQueriesContext(connection) as said:
        finding.find(Wish(q=text))
    asked = [one["sql"] for one in said.captured_queries if "search_term" in one["sql"]]
    assert len(asked) == 1, asked


def test_what_was_told_of_other_words_is_not_taken_for_these(goods):
    told = lexicon.ask({"木耳"})
    assert lexicon.told_of({"木耳"}, told) is told
    assert lexicon.told_of({"木耳", "大米"}, told).df("大米") == lexicon.ask({"大米"}).df("大米") > 0


def test_one_county_alone_may_fill_a_page():
    rows = [Row(100 - number, number, "230184") for number in range(30)]
    page, end = page_of(rows, 20)
    assert [row.listing for row in page] == list(range(20))
    assert (end.key, end.listing, end.shown) == (81, 19, ())


def test_above_the_cap_figures_are_approximate_and_complete_matches_still_first(monkeypatch):
    shelf.fill_many(120)
    shelf.publish("五常大米 稀罕稻", product_id=500)
    lexicon.count_terms()
    monkeypatch.setattr(postgres, "CAP", 50)
    answer = engine.search(Query(text="稀罕稻 大米"))
    assert answer.approximate
    assert titles(answer)[0] == "五常大米 稀罕稻"
    narrowed = engine.search(Query(text="大米", counties=("231086",)))
    assert {Listing.objects.get(pk=number).county_code for number in narrowed.listings} == {"231086"}


@pytest.mark.parametrize("sort", ["price", "-price", "newest"])
@pytest.mark.parametrize("text", ["", "大米"])
@pytest.mark.parametrize("narrowed", [{}, {"categories": ("grain",)}, {"counties": ("231086",)}])
def test_over_cap_first_page_is_the_true_first(sort, text, narrowed, monkeypatch):
    shelf.fill_many(120)
    for number, price_fen in ((900, 1), (901, 99_000_000)):  # the cheapest, dearest and newest are written last
        shelf.publish("大米 最后来的", "231086", product_id=number, price_fen=price_fen)
    lexicon.count_terms()
    true = engine.search(Query(text=text, sort=sort, **narrowed))
    assert not true.approximate
    monkeypatch.setattr(postgres, "CAP", 50)
    answer = engine.search(Query(text=text, sort=sort, **narrowed))
    assert answer.approximate
    assert answer.listings == true.listings


def test_a_lexicon_counted_long_ago_does_not_bring_what_was_not_asked_for(monkeypatch):
    """By its figures nothing has both words, and what has one would be added; eight have both by now."""
    shelf.publish("大米 一袋", product_id=1)
    shelf.publish("黑豆 一袋", category="grain.bean", product_id=2)
    lexicon.count_terms()
    for number in range(10, 18):
        shelf.publish("大米 黑豆 各半", product_id=number)
    answer = engine.search(Query(text="大米 黑豆"))
    assert (answer.total, answer.complete) == (8, 8)


def test_numbers_and_letters_of_a_sentence_find_but_no_measure_alone():
    """A sentence is seldom written twice with the same words; 500g alone says nothing."""
    shelf.publish("音箱 MK3 老款", category="craft.folk", product_id=1)
    shelf.publish("大米 500g 小袋", product_id=2)
    lexicon.count_terms()
    assert titles(engine.search(Query(text="惠威mk3哪里买"))) == ["音箱 MK3 老款"]
    assert titles(engine.search(Query(text="500g 海参"))) == []
