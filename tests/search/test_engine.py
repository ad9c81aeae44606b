"""The engine's promises: what is found, in which order, counted how, and page after page."""

import pytest

from search import lexicon
from search.engines import postgres
from search.engines.postgres import PostgresEngine
from search.fairness import Row, page_of
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


def test_a_county_name_alone_does_not_bring_its_other_goods(goods):
    shelf.publish("山河屯糯玉米，真空带叶", "230184", "grain.corn", product_id=60)
    shelf.publish("笨榨豆油", "230184", "grain.oil", product_id=61, description="比大米还香。")
    lexicon.count_terms()
    answer = find("五常大米")
    assert (answer.total, answer.complete) == (6, 4)
    assert not {"山河屯糯玉米，真空带叶", "笨榨豆油"} & set(titles(answer))
    assert "笨榨豆油" in titles(find("五常特产")), "where only the county is known, it is what was meant"


def test_enough_with_every_word_leave_the_others_out(goods):
    shelf.publish("五常大米 圆粒", product_id=60)
    lexicon.count_terms()
    assert find("五常大米").total == 5
    everywhere = find("五常大米", counties=("230124",))
    assert (everywhere.total, everywhere.facets.counties) == (0, {"230184": 5})


def test_a_word_that_is_only_told_of_is_not_what_was_asked_for(goods):
    shelf.publish("湖岗麻鲢 头尾套装", "231182", "meat.egg", product_id=60, summary="大头一只，尾巴一段。")
    lexicon.count_terms()
    assert find("哈雷彗星尾巴").total == 0
    assert find("尾巴").total == 1


@pytest.mark.parametrize(
    ("title", "asked"),
    [("福泉村山榛子，炒熟不去壳", "手剥榛子仁"), ("黑蜂巢蜜 圆盒", "东北黑蜂蜂蜜"), ("江岸冻梨 花盖", "冻梨")],
)
def test_part_of_a_long_name_still_finds(goods, title, asked):
    shelf.publish(title, "231086", "honey.honey", product_id=60)
    lexicon.count_terms()
    assert title in titles(find(asked))


def test_a_single_character_is_answered(goods):
    assert "椴树蜜，一瓶一斤" in titles(find("蜜"))


def test_characters_alone_do_not_retrieve(goods):
    assert engine.search(Query(text="米粉肉", literally=True)).total == 0


@pytest.mark.parametrize("text", ["\x00", "🌾", "' | !", "a & b:*", "米" * 10_000, "的", "((", "%s %(x)s"])
def test_no_text_breaks_the_search(goods, text):
    assert 0 <= find(text).total <= Listing.objects.count()
    assert find("蜂蜜").total  # and the next shopper is answered as before
