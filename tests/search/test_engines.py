"""What ``search/ports.py`` promises, held against every engine.

PostgreSQL always; Elasticsearch where ``JIETI_TEST_ELASTICSEARCH`` names a node, and in
``tests/prove/test_elasticsearch.py``, which starts one.
"""

import pytest

from search import lexicon, services
from search.engines import postgres
from search.models import Listing
from search.ports import BANDS, Band, Query
from search.reading import read
from tenants import services as counties
from tests.search import engines, shelf

pytestmark = pytest.mark.django_db
UNDER_TEST = ["postgresql", *(["elasticsearch"] if engines.running_node() else [])]


@pytest.fixture(params=UNDER_TEST)
def engine(request, settings):
    if request.param == "postgresql":
        yield engines.Postgres()
        return
    engines.fresh_index(settings, engines.running_node())
    yield engines.Elastic()
    engines.drop_indices()


@pytest.fixture
def goods(engine):
    shelf.fill()
    engine.settle()


def settled(engine):
    lexicon.count_terms()
    engine.settle()


def titles(answer):
    found = Listing.everything.in_bulk(answer.listings)
    return [found[number].title for number in answer.listings]


def find(engine, text, **narrowed):
    reading = read(text)
    return engine.search(Query(text=reading.text, **{"prices": reading.prices, **narrowed}))


# --- what matches --------------------------------------------------------------------------------


def test_an_answer_says_whose_it_is(engine, goods):
    assert find(engine, "大米").engine == engine.name


def test_all_words_come_before_some(engine, goods):
    found = titles(find(engine, "五常大米"))
    assert len(found) == 6
    assert all("五常" in title for title in found[:3])
    assert "方正" in found[3], "another county after three of one"
    assert "五常" in found[4]


def test_those_about_it_stand_before_those_that_mention_it(engine, goods):
    shelf.publish("长粒米 冬储装", product_id=70, description="煮粥用的，比蜂蜜贵。")
    shelf.publish("蜂蜜 冬储装", "231086", "honey.honey", product_id=71, summary="一瓶。")
    settled(engine)
    assert titles(find(engine, "蜂蜜 冬储装"))[:2] == ["蜂蜜 冬储装", "长粒米 冬储装"]


def test_a_county_name_alone_does_not_bring_its_other_goods(engine, goods):
    shelf.publish("山河屯糯玉米，真空带叶", "230184", "grain.corn", product_id=60)
    shelf.publish("笨榨豆油", "230184", "grain.oil", product_id=61, description="比大米还香。")
    settled(engine)
    answer = find(engine, "五常大米")
    assert (answer.total, answer.complete) == (6, 4)
    assert not {"山河屯糯玉米，真空带叶", "笨榨豆油"} & set(titles(answer))
    assert "笨榨豆油" in titles(find(engine, "五常特产")), "where only the county is known, it is what was meant"


def test_enough_with_every_word_leave_the_others_out(engine, goods):
    shelf.publish("五常大米 圆粒", product_id=60)
    settled(engine)
    assert find(engine, "五常大米").total == 5
    everywhere = find(engine, "五常大米", counties=("230124",))
    assert (everywhere.total, everywhere.facets.counties) == (0, {"230184": 5})


def test_a_word_that_is_only_told_of_is_not_what_was_asked_for(engine, goods):
    shelf.publish("湖岗麻鲢 头尾套装", "231182", "meat.egg", product_id=60, summary="大头一只，尾巴一段。")
    settled(engine)
    assert find(engine, "哈雷彗星尾巴").total == 0
    assert find(engine, "尾巴").total == 1


@pytest.mark.parametrize(
    ("title", "asked"),
    [("福泉村山榛子，炒熟不去壳", "手剥榛子仁"), ("黑蜂巢蜜 圆盒", "东北黑蜂蜂蜜"), ("江岸冻梨 花盖", "冻梨")],
)
def test_part_of_a_long_name_still_finds(engine, goods, title, asked):
    shelf.publish(title, "231086", "honey.honey", product_id=60)
    settled(engine)
    assert title in titles(find(engine, asked))


def test_dialect_finds_the_common_name_and_the_other_way_round(engine, goods):
    assert any("玉米面" in title for title in titles(find(engine, "苞米面")))
    shelf.publish("笨鸡蛋三十枚", "231182", "meat.egg", product_id=50)
    settled(engine)
    assert titles(find(engine, "土鸡蛋")) == ["笨鸡蛋三十枚"]


def test_exactly_these_letters_find_only_them(engine, goods):
    assert engine.search(Query(text="wcdm", literally=True)).total == 0


def test_a_single_character_is_answered_but_does_not_retrieve_beside_others(engine, goods):
    assert "椴树蜜，一瓶一斤" in titles(find(engine, "蜜"))
    assert engine.search(Query(text="米粉肉", literally=True)).total == 0


def test_nothing_is_found_by_nothing(engine, goods):
    answer = engine.search(Query(text="！？", literally=True))
    assert (answer.total, answer.listings, answer.next) == (0, (), None)


@pytest.mark.parametrize("text", ["\x00", "🌾", "' | !", "a & b:*", "米" * 10_000, "的", "((", "%s %(x)s", '"{}[]\\'])
def test_no_text_breaks_the_search(engine, goods, text):
    assert 0 <= find(engine, text).total <= Listing.objects.count()
    assert find(engine, "蜂蜜").total


# --- what is counted -----------------------------------------------------------------------------


def test_facets_add_up(engine, goods):
    everything = engine.search(Query())
    assert everything.total == len(shelf.GOODS)
    facets = everything.facets
    assert sum(facets.counties.values()) == sum(facets.categories.values()) == sum(facets.prices.values()) == 12
    for code, count in facets.counties.items():
        assert engine.search(Query(counties=(code,))).total == count
    for code, count in facets.categories.items():
        assert engine.search(Query(categories=(code,))).total == count


def test_each_facet_leaves_its_own_choice_out_and_keeps_the_others(engine, goods):
    shelf.publish("五常大米 卖完的", product_id=60, in_stock=False, price_fen=1200)
    settled(engine)
    narrowed = {"counties": ("230184",), "in_stock": True, "prices": (BANDS[2],)}
    answer = find(engine, "大米", **narrowed)
    assert (answer.total, answer.complete) == (3, 3)
    assert answer.facets.counties == {"230184": 3, "230124": 1}
    assert answer.facets.categories == {"grain.rice": 3}
    assert answer.facets.prices == {"-2000": 0, "2000-5000": 1, "5000-10000": 3, "10000-20000": 0, "20000-": 0}
    assert answer.facets.in_stock == 3
    sold_out = find(engine, "大米", counties=("230184",), prices=(BANDS[0],))
    assert (sold_out.total, sold_out.facets.in_stock) == (1, 0)


def test_an_upper_category_holds_those_below(engine, goods):
    assert engine.search(Query(categories=("grain",))).total == 9
    assert engine.search(Query(categories=("grain", "honey.honey"))).total == 10


def test_a_band_holds_its_lower_price_and_not_its_upper(engine, goods):
    assert engine.search(Query(prices=(Band(2600, 2900),))).total == 1
    assert engine.search(Query(prices=(Band(2600, 2901),))).total == 2
    assert engine.search(Query(prices=(Band(None, 1501), Band(9600, None)))).total == 2
    assert titles(find(engine, "50元以下的蜂蜜"))[0] == "椴树蜜，一瓶一斤"


def test_only_what_is_in_stock(engine, goods):
    shelf.publish("五常大米 卖完的", product_id=60, in_stock=False)
    settled(engine)
    assert engine.search(Query(in_stock=True)).total == 12
    assert engine.search(Query()).facets.in_stock == 12


# --- what order ----------------------------------------------------------------------------------


def test_sorted_by_price_both_ways_and_newest(engine, goods):
    def prices(sort):
        found = Listing.objects.in_bulk(numbers := engine.search(Query(sort=sort)).listings)
        return [found[number].price_fen for number in numbers]

    assert prices("price") == sorted(prices("price")) == prices("-price")[::-1]
    newest = engine.search(Query(sort="newest")).listings
    assert list(newest) == list(Listing.objects.order_by("-published_at").values_list("pk", flat=True))


@pytest.mark.parametrize("sort", ["price", "-price", "newest"])
def test_by_price_or_date_only_what_is_called_so_is_listed(engine, goods, sort):
    cheap = {"category": "vegetable.pickled", "price_fen": 900}
    shelf.publish("辣白菜 坛腌", "231182", product_id=60, description="配大米粥。", **cheap)
    shelf.publish("苏子叶咸菜", "231182", product_id=61, producer_name="庆先稻米合作社", **cheap)
    settled(engine)
    assert {"辣白菜 坛腌", "苏子叶咸菜"} <= set(titles(find(engine, "大米"))), "they do speak of it"
    answer = find(engine, "大米", sort=sort)
    assert answer.called
    assert sorted(answer.listings) == sorted(find(engine, "大米", categories=("grain.rice",)).listings)
    assert (answer.total, answer.complete) == (6, 6)
    facets = answer.facets
    assert sum(facets.counties.values()) == sum(facets.categories.values()) == sum(facets.prices.values()) == 6
    for code, count in facets.counties.items():
        assert find(engine, "大米", sort=sort, counties=(code,)).total == count
    elsewhere = find(engine, "大米", sort=sort, categories=("vegetable.pickled",))
    assert (elsewhere.total, elsewhere.facets.categories) == (0, {"grain.rice": 6}), "a filter does not change the rule"


@pytest.mark.parametrize("sort", ["price", "newest"])
def test_where_nothing_is_called_so_what_speaks_of_it_is_listed(engine, goods, sort):
    shelf.publish("湖岗麻鲢 头尾套装", "231182", "meat.egg", product_id=60, description="大头一只，尾巴一段。")
    settled(engine)
    answer = find(engine, "尾巴", sort=sort)
    assert (titles(answer), answer.called) == (["湖岗麻鲢 头尾套装"], False)


@pytest.mark.parametrize("sort", ["relevance", "price", "-price", "newest"])
@pytest.mark.parametrize(("text", "number"), [("", 120), ("大米", 120), ("五常大米", 96), ("五常黑大米", 120)])
def test_pages_have_no_gap_and_no_repeat(engine, sort, text, number):
    shelf.fill_many(120)
    engine.settle()
    seen, after = [], None
    for _page in range(40):
        answer = engine.search(Query(text=text, sort=sort, after=after, size=7))
        seen += answer.listings
        after = answer.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == answer.total == number


def test_pages_of_one_county_and_of_a_filter(engine):
    shelf.fill_many(120)
    engine.settle()
    narrowed = {"counties": ("230184",), "in_stock": True, "size": 10}
    seen, after = [], None
    while True:
        answer = engine.search(Query(text="大米", after=after, **narrowed))
        seen += answer.listings
        if (after := answer.next) is None:
            break
    wanted = Listing.objects.filter(county_code="230184", in_stock=True).values_list("pk", flat=True)
    assert sorted(seen) == sorted(wanted)


def test_no_more_than_three_of_a_county_in_a_row(engine):
    shelf.fill_many(120)
    engine.settle()
    answer = engine.search(Query(text="大米"))
    counties_of = Listing.objects.in_bulk(answer.listings)
    order = [counties_of[number].county_code for number in answer.listings]
    assert len(order) == 20
    assert all(len(set(order[at : at + 4])) > 1 for at in range(len(order) - 3))


# --- what comes and goes -------------------------------------------------------------------------


def test_a_change_is_seen_and_a_withdrawal_too(engine, goods):
    listing = Listing.objects.get(product_id=1)
    shelf.publish("五常大米 稻花香，新价", product_id=1, price_fen=123)
    settled(engine)
    assert engine.search(Query(prices=(Band(None, 200),))).listings == (listing.pk,)
    services.withdraw_listing("230184", 1)
    settled(engine)
    assert engine.search(Query(prices=(Band(None, 200),))).total == 0
    assert engine.search(Query()).total == len(shelf.GOODS) - 1
    shelf.publish("五常大米 稻花香，又来了", product_id=1, price_fen=124)
    settled(engine)
    assert engine.search(Query(prices=(Band(None, 200),))).total == 1


def test_a_suspended_county_is_out_of_sight_until_it_comes_back(engine, goods, wuchang, coordinator):
    counties.suspend_county(wuchang, by=coordinator, notice="盘点")
    settled(engine)
    answer = engine.search(Query())
    assert (answer.total, answer.facets.counties.get("230184")) == (8, None)
    shelf.publish("五常新米", product_id=80)
    settled(engine)
    assert find(engine, "五常新米", counties=("230184",)).total == 0, "published while suspended stays inside"
    counties.resume_county(wuchang, by=coordinator)
    settled(engine)
    assert engine.search(Query()).total == 13


def test_an_archived_county_leaves_nothing(engine, goods):
    services.withdraw_county("230184")
    settled(engine)
    assert engine.search(Query()).total == 8


def test_postgres_estimates_above_its_cap_and_says_so(monkeypatch):
    """Elasticsearch has no such cap; what PostgreSQL does above it is tested in ``test_engine.py``."""
    monkeypatch.setattr(postgres, "CAP", 50)
    shelf.fill_many(120)
    assert engines.Postgres().search(Query(text="大米")).approximate
