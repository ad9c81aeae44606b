"""配料、保质期、怎么存放、许可证号: typed where the words are, read by the county, shown to whoever buys."""

import pytest

from catalog.models import Product
from tenants.scope import county_scope
from tests.catalog import goods

pytestmark = pytest.mark.django_db
WORDS = {"summary": "十月才碾。", "description": goods.DESCRIPTION}
FOOD = {
    "ingredients": "黄豆、水、食用盐",
    "shelf_life": "12 个月",
    "storage": "阴凉干燥处",
    "licence_number": "SC10223010200018",
}


def step(county, product, number=2):
    return goods.here(county, f"products/{product.pk}/edit/{number}/")


def typed(county, product, by, **more):
    return goods.browser(by).post(step(county, product), WORDS | more)


def test_from_the_phone_by_the_county_to_the_shopper(wuchang, finished, team, manager):
    typed(wuchang, finished, team, **FOOD | {"licence_number": "sc 1022 3010 2000 18"})
    look = goods.browser(team).get(step(wuchang, finished, 6)).content.decode()
    assert "配料：黄豆、水、食用盐" in look
    goods.hand_in(wuchang, finished, by=team)
    read = goods.browser(manager).get(goods.here(wuchang, f"products/{finished.pk}/")).content.decode()
    assert "配料和保存" in read
    assert "食品许可证号：SC10223010200018" in read
    goods.publish(wuchang, finished, by=manager)
    page = goods.browser(None).get(f"/c/wuchang/p/{finished.pk}/").content.decode()
    for words in FOOD.values():
        assert words in page


def test_left_empty_nothing_is_shown(wuchang, on_sale):
    page = goods.browser(None).get(f"/c/wuchang/p/{on_sale.pk}/").content.decode()
    for words in ("配料", "保质期", "怎么存放", "食品许可证号"):
        assert words not in page


@pytest.mark.parametrize("wrong", ["SC123", "SC102230102000189", "SC1022301O200018"])
def test_a_licence_a_digit_off_is_said_beside_it_and_stays(wuchang, finished, team, wrong):
    answer = typed(wuchang, finished, team, **FOOD | {"licence_number": wrong})
    assert "SC 后面是 14 位数字" in answer.content.decode()
    assert f'value="{wrong}"' in answer.content.decode()
    with county_scope(wuchang):
        assert Product.objects.get(pk=finished.pk).licence_number == ""


@pytest.mark.parametrize("own", ["", "黑小作坊2301840012"])
def test_a_workshop_s_number_and_none_are_taken(wuchang, finished, team, own):
    assert typed(wuchang, finished, team, licence_number=own).status_code == 302
    with county_scope(wuchang):
        assert Product.objects.get(pk=finished.pk).licence_number == own


def test_what_heals_is_found_there_too(wuchang, finished, team):
    typed(wuchang, finished, team, ingredients="灵芝，可以治高血压")
    page = goods.browser(team).get(step(wuchang, finished, 3)).content.decode()
    assert "配料和保存里写了" in page


def test_the_county_says_what_is_wrong_with_it_beside_it(wuchang, finished, team, manager):
    goods.hand_in(wuchang, finished, by=team)
    goods.browser(manager).post(goods.here(wuchang, f"products/{finished.pk}/return/"), {"remark_food": "保质期要写"})
    page = goods.browser(team).get(step(wuchang, finished)).content.decode()
    assert page.index("保质期要写") > page.index("哪几个月有")


def test_in_a_revision_it_is_carried_over(wuchang, on_sale, team, manager):
    from catalog import services

    with county_scope(wuchang):
        revision = services.begin_revision(on_sale, by=team)
        services.save_draft(revision, by=team, shelf_life="18 个月")
        services.submit_product(revision, by=team)
        services.publish_product(revision, by=manager)
        assert Product.objects.get(pk=on_sale.pk).shelf_life == "18 个月"
