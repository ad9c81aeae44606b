"""The results page, as a browser without script sees it."""

import re
from datetime import date

import pytest

from search import services
from search.models import Want
from tests.search import shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(db):
    shelf.fill()


@pytest.fixture
def page(client):
    def look(**asked):
        answer = client.get("/search/", asked)
        assert answer.status_code == 200
        return answer.content.decode()

    return look


def test_initials_find_the_rice_and_say_so(goods, page):
    seen = page(q="wcdm")
    assert "按 <b>五常大米</b> 找的" in seen
    assert "只搜 wcdm 这四个字母" in seen
    assert 'href="/about/#ranking"' in seen
    assert "<mark>五常大米</mark> 稻花香 2 号" in seen
    assert 'href="/c/wuchang/p/1/"' in seen


def test_the_exact_link_searches_the_letters(goods, page):
    assert "按 <b>" not in page(q="wcdm", exact="1")


def test_no_search_shows_everything(goods, page):
    assert "12 件中的 1–12" in page()


def test_chosen_filters_are_checked_and_can_be_taken_off(goods, page):
    seen = page(q="大米", county="230184")
    assert 'name="county" value="230184" checked' in seen
    assert '<span class="vh">去掉</span>五常市' in seen
    assert "方正大米" not in seen


def test_a_price_that_was_said_is_a_filter_that_can_be_taken_off(goods, page):
    seen = page(q="大米 50元以下", county="230184")
    assert '<a class="chip chip-on" href="?q=%E5%A4%A7%E7%B1%B3&amp;county=230184">' in seen
    assert '<span class="vh">去掉</span>50 元以下</a>' in seen
    assert '<a href="?q=%E5%A4%A7%E7%B1%B3">清空</a>' in seen, "the words stay, the price among them goes"
    assert "五常大米 稻花香" not in re.sub("</?mark>", "", seen), "68 yuan"
    assert "50 元以下</a>" not in page(q="大米 50元以下", exact="1"), "only these letters: nothing was understood"


def test_a_price_that_leaves_nothing_is_named_as_the_filter_it_is(goods, page):
    seen = page(q="大米 3元以下")
    assert "这几样一起选，就没有了。" in seen
    assert '<a href="?q=%E5%A4%A7%E7%B1%B3">去掉全部筛选</a>' in seen


def test_by_price_the_page_says_that_it_leaves_mentions_out(goods, page):
    shelf.publish("高粱米", "231182", "grain.corn", 900, product_id=60, description="和大米一起煮。")
    assert "高粱米" in page(q="大米")
    seen = page(q="大米", sort="price")
    assert "高粱米" not in seen
    assert "只列“大米”本身" in seen
    assert "本身" not in page(sort="price")


def test_a_strange_address_is_still_a_page(goods, page):
    seen = page(q="大米", county="x", category="moon", price="1-2", sort="up", after="zzz", page="-1", utm_source="x")
    assert 'name="q" value="大米"' in seen


def test_nothing_found_offers_the_nearest_and_notes_it(goods, page):
    seen = page(q="榴莲")
    assert "全省还没有“榴莲”" in seen
    assert 'name="want" value="榴莲"' in seen
    assert Want.objects.get(kind="zero").text == "榴莲"
    page(q="榴莲")
    assert Want.objects.get(kind="zero").count == 2


def test_a_word_said_otherwise_counts_no_letters(goods, page):
    assert "只搜 苞米 这几个字" in page(q="苞米")
    assert "这几个字母" in page(q="wuchang dami")


def test_a_name_that_a_good_bears_is_not_said_otherwise(goods, page):
    """苞米 is 玉米 to the search; of a good that is called 苞米 nobody is told so."""
    assert "找的。" in page(q="双河苞米面")
    shelf.publish("双河苞米面", "230184", "grain.flour", product_id=63)
    assert "找的。" not in page(q="双河苞米面")


def test_nothing_meaningful_found_is_nothing_found(goods, page):
    shelf.publish("湖岗麻鲢", "231182", "meat.egg", product_id=60, description="大头一只，尾巴一段。")
    seen = page(q="哈雷彗星尾巴")
    assert "全省还没有“哈雷彗星尾巴”" in seen
    assert "看看这些" in seen
    assert 'name="want" value="哈雷彗星尾巴"' in seen


def test_a_robot_cannot_fill_what_was_missed(goods, client, page, monkeypatch):
    client.head("/search/", {"q": "榴莲"})
    page(q="榴莲", tab="stories")
    page(q="榴莲", page="2")
    page(q="榴莲" * 20)
    page(q="！！！")
    assert not Want.objects.exists()
    monkeypatch.setattr(services, "MOST_MISSED", 2)
    for text in ("榴莲", "山竹", "椰子", "榴莲"):
        page(q=text)
    assert dict(Want.objects.values_list("text", "count")) == {"榴莲": 2, "山竹": 1}


def test_filters_that_leave_nothing_are_no_want(goods, page):
    assert "这几样一起选，就没有了。" in page(q="大米", county="231182", in_stock="1")
    assert not Want.objects.exists()


def test_stories_have_their_tab(goods, page):
    services.publish_story(
        services.StoryFacts(
            county_code="230184",
            county_name="五常市",
            county_slug="wuchang",
            page_id=7,
            title="拉林河的水，凉一夜再进田",
            url_path="water/",
            published_on=date(2026, 9, 1),
            text="种稻子的人家。",
        )
    )
    assert "<mark>拉林河</mark>的水" in page(q="拉林河", tab="stories")
    assert "没有写到它的故事" in page(q="椴树蜜", tab="stories")


def test_a_story_shows_what_it_was_found_by(goods, page):
    facts = {"county_code": "230184", "county_name": "五常市", "county_slug": "wuchang"}
    told = {"published_on": date(2026, 9, 1), "standfirst": "凉一夜再进田。", "title": "水"}
    long = "他在江边住了三十年。" * 20
    text = f"{long}夜里他把网下在 <b>拉林河</b> 的拐弯处。{long}"
    services.publish_story(services.StoryFacts(**facts, **told, page_id=7, url_path="water/", text=text))
    seen = page(q="拉林河", tab="stories")
    assert "…夜里他把网下在 &lt;b&gt;<mark>拉林河</mark>&lt;/b&gt; 的拐弯处。" in seen
    assert "凉一夜再进田" not in seen
    services.publish_story(
        services.StoryFacts(**facts, **told | {"standfirst": "拉林河的水。"}, page_id=7, url_path="water/", text=text)
    )
    seen = page(q="拉林河", tab="stories")
    assert "<mark>拉林河</mark>的水。" in seen
    assert "下在" not in seen


def test_pages_go_on_without_script(page):
    shelf.fill_many(50)
    seen = page(q="大米")
    assert "50 件中的 1–20" in seen
    after = re.search(r"after=([\w-]+)", seen)[1]
    assert "50 件中的 21–40" in page(q="大米", after=after)


def test_what_was_typed_is_only_text(goods, page):
    assert "<script>alert" not in page(q="<script>alert(1)</script>")


def test_where_nothing_is_there_is_nothing_to_narrow_or_sort(goods, page):
    seen = page(q="榴莲")
    assert 'name="in_stock"' not in seen
    assert 'id="sort"' not in seen
    assert "方正大米" in seen[seen.index("看看这些") :]


def test_what_a_filter_hid_can_be_shown_again(goods, page):
    seen = page(q="大米", category="honey.honey")
    assert 'name="category" value="honey.honey" checked' in seen
    assert "去掉全部筛选" in seen
    assert 'id="sort"' not in seen


def test_the_box_names_its_help_and_works_without(goods, page):
    seen = page(q="大米")
    assert 'data-suggest="/api/suggest"' in seen
    assert '<script src="/static/suggest.js" defer></script>' in seen
    assert 'role="combobox"' not in seen, "only a script can keep what the role promises"


def test_only_a_registered_mark_wears_a_tick(goods, page):
    """™ is what its owner says, ® what the state says."""
    for number, mark in ((61, "™"), (62, "®")):
        shelf.publish("五常灰鹤粮", "230184", "grain.rice", product_id=number, badges=({"name": "灰鹤", "mark": mark},))
    seen = page(q="灰鹤粮")
    assert '<li class="badge badge-unproven">灰鹤™</li>' in seen
    assert '<li class="badge">灰鹤®</li>' in seen


def test_a_county_that_is_not_open_is_said_to_be(goods, page, wuchang):
    """漠河 has no goods because it is not here yet, not because it has none."""
    assert "漠河市还没开馆，下面是别处的。" in page(q="漠河蓝莓")
    assert "漠河市还没开馆" in page(q="漠河")
    assert "还没开馆" not in page(q="大米")


def test_a_prefecture_leads_to_its_counties(goods, page, wuchang):
    """Goods name their county: whoever asks for 哈尔滨 is shown which of its counties are here."""
    seen = page(q="哈尔滨大米")
    assert "哈尔滨市开了馆的县：" in seen
    assert '<a href="/c/wuchang/">五常市</a>' in seen
    assert "开了馆的县" not in page(q="大米")
    assert "开了馆的县" not in page(q="佳木斯"), "none of them is open"
