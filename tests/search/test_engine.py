"""The engine's promises: what is found, in which order, counted how, and page after page."""

import pytest

from search import lexicon
from search.engines import postgres
from search.engines.postgres import PostgresEngine
from search.fairness import Row, page_of
from search.models import Listing
from search.ports import Band, Query
from search.reading import read
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


def test_all_words_come_before_some(goods):
    found = titles(find("五常大米"))
    assert len(found) == 6
    assert all("五常" in title for title in found[:3])
    assert "方正" in found[3], "another county after three of one"
    assert "五常" in found[4]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wcdm", "五常大米"),
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


def test_dialect_finds_the_common_name_and_the_other_way_round(goods):
    assert any("玉米面" in title for title in titles(find("苞米面")))
    shelf.publish("笨鸡蛋三十枚", "231182", "meat.egg", product_id=50)
    assert titles(find("土鸡蛋")) == ["笨鸡蛋三十枚"]


def test_exactly_these_letters_find_only_them(goods):
    assert engine.search(Query(text="wcdm", literally=True)).total == 0


def test_a_price_can_be_said(goods):
    reading = read("50 元以下的椴树蜜")
    assert (reading.text, reading.prices) == ("椴树蜜", (Band(None, 5001),))
    assert titles(find("50元以下的蜂蜜"))[0] == "椴树蜜，一瓶一斤"


def test_facets_add_up(goods):
    everything = engine.search(Query())
    assert everything.total == len(shelf.GOODS)
    facets = everything.facets
    assert sum(facets.counties.values()) == sum(facets.categories.values()) == sum(facets.prices.values()) == 12
    for code, count in facets.counties.items():
        assert engine.search(Query(counties=(code,))).total == count
    for code, count in facets.categories.items():
        assert engine.search(Query(categories=(code,))).total == count


def test_a_facet_leaves_its_own_choice_out(goods):
    answer = find("大米", counties=("230184",))
    assert answer.total == 4
    assert answer.facets.counties == {"230184": 4, "230124": 2}


def test_an_upper_category_holds_those_below(goods):
    assert engine.search(Query(categories=("grain",))).total == 9


def test_sorted_by_price_both_ways_and_newest(goods):
    def prices(sort):
        found = Listing.objects.in_bulk(numbers := engine.search(Query(sort=sort)).listings)
        return [found[number].price_fen for number in numbers]

    assert prices("price") == sorted(prices("price")) == prices("-price")[::-1]
    newest = engine.search(Query(sort="newest")).listings
    assert list(newest) == list(Listing.objects.order_by("-published_at").values_list("pk", flat=True))


@pytest.mark.parametrize("sort", ["relevance", "price", "-price", "newest"])
@pytest.mark.parametrize("text", ["", "大米", "五常大米"])
def test_pages_have_no_gap_and_no_repeat(sort, text):
    shelf.fill_many(120)
    seen, after = [], None
    for _page in range(40):
        answer = engine.search(Query(text=text, sort=sort, after=after, size=7))
        seen += answer.listings
        after = answer.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == answer.total == 120


def test_no_more_than_three_of_a_county_in_a_row():
    shelf.fill_many(120)
    answer = engine.search(Query(text="大米"))
    counties = Listing.objects.in_bulk(answer.listings)
    order = [counties[number].county_code for number in answer.listings]
    assert all(len(set(order[at : at + 4])) > 1 for at in range(len(order) - 3))


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


def test_a_single_character_is_answered(goods):
    assert "椴树蜜，一瓶一斤" in titles(find("蜜"))


def test_characters_alone_do_not_retrieve(goods):
    assert engine.search(Query(text="米粉肉", literally=True)).total == 0


@pytest.mark.parametrize("text", ["\x00", "🌾", "' | !", "a & b:*", "米" * 10_000, "的", "((", "%s %(x)s"])
def test_no_text_breaks_the_search(goods, text):
    find(text)
