"""Goods in a story: chosen from what the county sells, shown with the price of now, gone when withdrawn."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.scope import county_scope

pytestmark = pytest.mark.django_db


def card(product_id):
    return ("product", {"product": product_id})


def shelf(products=(), category=None, count=4, title="当季"):
    return ("shelf", {"title": title, "products": list(products), "category": category, "count": count})


def body_of(client, county, slug="river"):
    answer = client.get(f"/c/{county.slug}/{slug}/")
    assert answer.status_code == 200
    return answer.content.decode()


def story_part(body):
    """The story's own blocks, without the newest goods below them."""
    return body.partition('<div class="story-body">')[2].partition("</article>")[0]


def test_a_live_card_shows_the_price_of_now(wuchang, client, write, sell):
    sell(wuchang, 12, price=6800)
    write(wuchang, body=[card(12)], live=True)
    assert "¥68.00" in story_part(body_of(client, wuchang))
    sell(wuchang, 12, price=7250)
    told = story_part(body_of(client, wuchang))
    assert "¥72.50" in told
    assert "¥68.00" not in told


def test_a_card_says_when_the_goods_are_sold_out(wuchang, client, write, sell):
    sell(wuchang, 12)
    write(wuchang, body=[card(12)], live=True)
    assert "卖完了" not in story_part(body_of(client, wuchang))
    sell(wuchang, 12, in_stock=False)
    assert "卖完了" in story_part(body_of(client, wuchang))


def test_withdrawn_goods_disappear_from_cards_and_shelves(wuchang, client, write, sell):
    from search import services

    sell(wuchang, 12)
    sell(wuchang, 13, title="小粒黄豆", category="grain.soybean")
    write(wuchang, body=[("text", "<p>稻子熟了。</p>"), card(12), shelf([12, 13])], live=True)
    told = story_part(body_of(client, wuchang))
    assert told.count("稻花香大米") >= 2
    services.withdraw_listing(wuchang.code, 12)
    told = story_part(body_of(client, wuchang))
    assert "稻花香大米" not in told
    assert "小粒黄豆" in told
    assert "稻子熟了" in told


def test_another_countys_number_shows_nothing(wuchang, dongning, client, write, sell):
    sell(dongning, 12, title="金丝雀木耳", category="fungus.wood-ear")
    write(wuchang, body=[card(12), shelf(category="fungus")], live=True)
    assert "金丝雀" not in body_of(client, wuchang)


def test_a_shelf_by_category_shows_the_newest_of_it_and_its_parts(wuchang, client, write, sell):
    sell(wuchang, 1, title="甲米")
    sell(wuchang, 2, title="乙豆", category="grain.soybean")
    sell(wuchang, 3, title="丙蜜", category="honey.honey")
    write(wuchang, body=[shelf(category="grain", count=2)], live=True)
    told = story_part(body_of(client, wuchang))
    assert "甲米" in told
    assert "乙豆" in told
    assert "丙蜜" not in told


def test_picked_goods_stand_in_the_order_they_were_picked(wuchang, client, write, sell):
    for number, title in ((1, "甲米"), (2, "乙米"), (3, "丙米")):
        sell(wuchang, number, title=title)
    write(wuchang, body=[shelf([3, 1, 2])], live=True)
    told = story_part(body_of(client, wuchang))
    assert told.index("丙米") < told.index("甲米") < told.index("乙米")


def test_all_goods_of_a_page_are_read_in_one_query(wuchang, client, write, sell, rf):
    for number in range(1, 8):
        sell(wuchang, number, title=f"米{number}")
    page = write(wuchang, body=[card(1), card(2), shelf([3, 4]), shelf(category="grain"), card(5)], live=True)
    with (
        county_scope(wuchang),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        request = rf.get("/")
        context = page.get_context(request)
        window = context["window"]
    goods = [one["sql"] for one in asked.captured_queries if "search_listing" in one["sql"]]
    assert len(goods) == 1
    assert {1, 2, 3, 4, 5} <= set(window.picked)
    assert len(context["goods"]) == len([one for one in window.newest if one.product_id not in window.picked])


def test_the_editor_chooses_among_the_countys_own_goods(wuchang, dongning, editor, client_for, sell):
    from cms.models import CountyHome

    sell(wuchang, 12, title="稻花香大米")
    sell(dongning, 13, title="金丝雀木耳", category="fungus.wood-ear")
    with county_scope(wuchang):
        home = CountyHome.objects.get().pk
    with county_scope(dongning):
        elsewhere = CountyHome.objects.get().pk
    body = client_for(editor).get(f"/c/wuchang/cms/pages/add/cms/storypage/{home}/").content.decode()
    assert "稻花香大米" in body or "\\u7a3b\\u82b1\\u9999" in body
    assert "金丝雀" not in body
    assert "\\u91d1\\u4e1d\\u96c0" not in body
    assert elsewhere


def test_only_goods_on_sale_here_can_be_chosen(wuchang, dongning, sell):
    from cms.blocks import ProductCardBlock, ShelfBlock

    sell(wuchang, 12)
    sell(dongning, 13)
    with county_scope(wuchang):
        block = ProductCardBlock()
        assert block.clean(block.to_python({"product": 12}))["product"] == 12
        for wrong in (13, 99, None):
            with pytest.raises(ValidationError):
                block.clean(block.to_python({"product": wrong}))
        empty = ShelfBlock()
        with pytest.raises(ValidationError):
            empty.clean(empty.to_python({"title": "", "products": [], "category": None, "count": 4}))


def test_a_person_who_is_taken_down_is_gone_from_the_stories(wuchang, client, write):
    from cms.models import PersonPage

    person = write(wuchang, "刘书记", kind=PersonPage, slug="liu", role="第一书记", live=True)
    write(wuchang, body=[("person", {"person": person})], live=True)
    assert "刘书记" in story_part(body_of(client, wuchang))
    with county_scope(wuchang):
        PersonPage.objects.get(pk=person.pk).unpublish()
    assert "刘书记" not in body_of(client, wuchang)


@pytest.mark.parametrize("theme", ["pine", "glow", "river"])
def test_every_page_type_answers_in_every_theme(wuchang, client, write, sell, theme):
    from cms.models import PersonPage, VillagePage

    wuchang.theme = theme
    wuchang.save()
    sell(wuchang, 1, place="龙凤山镇兴源村")
    village = write(wuchang, "兴源村", kind=VillagePage, slug="xingyuan", live=True)
    person = write(
        wuchang, "刘书记", kind=PersonPage, slug="liu", role="第一书记", village=village, words="看着晒的。", live=True
    )
    write(wuchang, village=village, body=[("person", {"person": person}), card(1)], live=True)
    for path in ("", "xingyuan/", "liu/", "river/"):
        answer = client.get(f"/c/wuchang/{path}")
        assert answer.status_code == 200
        assert f"theme-{theme}" in answer.content.decode()
    assert "拉林河的水" in client.get("/c/wuchang/liu/").content.decode()
    assert "刘书记" in client.get("/c/wuchang/xingyuan/").content.decode()
