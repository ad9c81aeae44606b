"""What a shopper reads before they call: is it there, whom do they call, is the picture the goods."""

import json
import re

import pytest

from catalog.models import Product, Variant
from catalog.services import create_draft, save_draft, set_stock, withdraw_product
from tenants.scope import county_scope
from tests.catalog import goods
from tests.factories.people import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(wuchang, manager):
    from tenants.services import add_village

    village = add_village(wuchang, "龙凤山镇", "兴源村")
    handed_in = goods.hand_in(wuchang, goods.finished(wuchang, village, by=manager), by=manager)
    return goods.publish(wuchang, handed_in, by=manager)


def shown(product, **more):
    return client_for().get(f"/c/wuchang/p/{product.pk}/", more).content.decode()


def sell_out(county, product, by):
    with county_scope(county):
        set_stock(product, {one.pk: 0 for one in Variant.objects.filter(product=product)}, by=by)


def test_it_says_whom_one_calls_and_that_nothing_is_paid_here_on_a_phone_too(product):
    page = shown(product)
    assert '<div class="call" id="buy">' in page
    assert "打给兴源村稻乐合作社：" in page
    assert "这里不收钱，价钱、运费和发货跟生产者说好。" in page
    assert '<a class="btn btn-step" href="#buy">联系购买</a>' in page, "a tap leads to who is called, it does not dial"
    assert "卖完了" not in page


def test_what_is_sold_out_says_so_and_is_not_put_forward(wuchang, manager, product):
    assert product.name in client_for().get("/c/wuchang/").content.decode()
    sell_out(wuchang, product, manager)
    page = shown(product)
    assert page.count("卖完了") == 3, "beside the price, on the pack and in the bar"
    assert "问什么时候有" in page
    assert "联系购买" not in page
    assert product.name not in client_for().get("/c/wuchang/").content.decode()
    found = client_for().get("/search/", {"q": product.name}).content.decode()
    assert f"/c/wuchang/p/{product.pk}/" in found, "who looks for it finds it"
    assert f"/c/wuchang/p/{product.pk}/" not in client_for().get("/search/", {"q": "鳄鱼皮"}).content.decode()


def test_a_drawing_is_called_one_and_is_no_photo_for_a_search_engine(product):
    page = shown(product)
    assert "插图，不是实物照片。" in page
    (graph,) = re.findall(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
    (thing,) = [one for one in json.loads(graph)["@graph"] if one["@type"] == "Product"]
    assert "image" not in thing
    assert thing["offers"]


def test_liquor_bears_its_warning_and_rice_does_not(wuchang, product):
    assert "未成年人" not in shown(product)
    with county_scope(wuchang):
        Product.objects.filter(pk=product.pk).update(category="drink.liquor", season=list(range(1, 13)))
    page = shown(product)
    assert "过量饮酒有害健康。不向未成年人卖酒。" in page
    assert "全年" in page


def test_what_is_kept_of_a_visitor_stands_on_a_page_that_every_page_leads_to(product):
    assert 'href="/privacy/"' in shown(product)
    page = client_for().get("/privacy/")
    assert page.status_code == 200
    assert "jieti_csrf" in page.content.decode()
    cookies = client_for().get(f"/c/wuchang/p/{product.pk}/").cookies
    assert {name for name in cookies if not name.endswith("jieti_csrf")} == set()
    assert all(not cookie["max-age"] and not cookie["expires"] for cookie in cookies.values())


@pytest.mark.parametrize(
    ("season", "said"),
    [
        ([], ""),
        (list(range(1, 13)), "全年"),
        ([9], "9 月"),
        ([9, 10], "9、10 月"),
        ([9, 10, 11], "9 月到 11 月"),
        ([9, 10, 11, 12, 1, 2, 3], "9 月到次年 3 月"),
        ([5, 9], "5、9 月"),
        ([12, 1], "1、12 月"),
        ([4, 5, 6, 9, 10], "4、5、6、9、10 月"),
    ],
)
def test_months_are_said_as_a_person_says_them(season, said):
    from web.product_page import months

    assert months(season) == said


def another(county, by, name):
    with county_scope(county):
        from tenants.models import Village

        village = Village.objects.get(county_code=county.code, name="兴源村")
    return goods.publish(county, goods.hand_in(county, goods.finished(county, village, by=by, name=name), by=by), by=by)


def test_what_the_same_house_sells_stands_below_and_all_of_it_is_one_tap_away(wuchang, manager, product):
    assert "这家还卖什么" not in shown(product)
    more = [another(wuchang, manager, f"长粒香米{number}") for number in "一二三四"]
    page = shown(product)
    below = page[page.index("这家还卖什么") :]
    assert all(f"/c/wuchang/p/{one.pk}/" in below for one in more)
    assert f"/c/wuchang/p/{product.pk}/" not in below
    assert "看全部" not in below
    another(wuchang, manager, "长粒香米五")
    found = re.search(r'href="(/search/\?q=[^"]+)">看全部', shown(product))
    listed = client_for().get(found[1].replace("&amp;", "&")).content.decode()
    assert all(f"/c/wuchang/p/{one.pk}/" in listed for one in more)
    sell_out(wuchang, more[0], manager)
    below = (page := shown(product))[page.index("这家还卖什么") :]
    assert f"/c/wuchang/p/{more[0].pk}/" not in below, "what is sold out is not put forward"


def test_an_address_kept_of_what_was_withdrawn_says_so_and_shows_what_there_is(wuchang, dongning, manager, product):
    rest = another(wuchang, manager, "长粒香米")
    with county_scope(wuchang):
        withdraw_product(product, by=manager, note="卖完了，明年再说")
    answer = client_for().get(f"/c/wuchang/p/{product.pk}/")
    page = answer.content.decode()
    assert answer.status_code == 410
    assert "稻花香大米现在不卖了。" in page
    assert f"/c/wuchang/p/{rest.pk}/" in page
    for kept_back in ("0451-55550101", "明年再说", "稻乐合作社"):
        assert kept_back not in page
    assert '<meta name="robots" content="noindex">' in page
    assert client_for().get(f"/c/dongning/p/{product.pk}/").status_code == 404
    with county_scope(wuchang):
        draft = create_draft(by=manager, name="还没想好")
    answer = client_for().get(f"/c/wuchang/p/{draft.pk}/")
    assert (answer.status_code, "这一页不在了" in answer.content.decode()) == (404, True)
    assert "还没想好" not in answer.content.decode()


def test_what_is_being_rewritten_behind_a_kept_address_is_not_shown(wuchang, manager, product):
    with county_scope(wuchang):
        withdraw_product(product, by=manager, note="换包装")
        save_draft(product, by=manager, name="稻花香新包装")
    answer = client_for().get(f"/c/wuchang/p/{product.pk}/")
    assert answer.status_code == 410
    assert "稻花香大米现在不卖了。" in answer.content.decode()
    assert "稻花香新包装" not in answer.content.decode()
