"""The county looks again at what it sent back: its own remarks and the old words stand beside the new ones."""

import pytest

from tests.catalog import goods

pytestmark = pytest.mark.django_db


@pytest.fixture
def mended(wuchang, handed_in, manager, team):
    """Returned with remarks, mended in two of three fields, handed in again."""
    from catalog import services
    from catalog.models import Product
    from tenants.scope import county_scope

    remarks = {"name": "写上产地", "description": "第二句没有出处", "variants": "价钱写错了", "photos": "太暗"}
    with county_scope(wuchang):
        services.return_product(handed_in, by=manager, note="总的还行", remarks=remarks)
        services.save_draft(handed_in, by=team, name="五常稻花香", summary="")
        services.save_variants(handed_in, [services.Pack("5 kg", "袋", 9900, 5000)], by=team)
        services.submit_product(Product.objects.get(pk=handed_in.pk), by=team)
    return handed_in


def page(county, product, by):
    return goods.browser(by).get(goods.here(county, f"products/{product.pk}/")).content.decode()


def about(shown, label):
    """The part of the page under one field."""
    return shown.split(f"<h3>{label}</h3>")[1].split('<div class="field">')[0]


def test_each_remark_and_what_stood_there_then_are_beside_the_field(wuchang, mended, manager):
    shown = page(wuchang, mended, manager)
    assert "退回时说：写上产地" in about(shown, "产品名")
    assert "退回时写的是：稻花香大米" in about(shown, "产品名")
    assert "退回时说：第二句没有出处" in about(shown, "说明")
    assert "这一项没有改。" in about(shown, "说明")
    assert "退回时写的是：2.5 kg，¥68.00 / 袋，有 120 袋" in about(shown, "规格和价钱")
    assert "退回时写的是：九月收，十月才碾。" in about(shown, "一句话")
    assert "退回时说：太暗" in about(shown, "照片")
    assert "没有改" not in about(shown, "照片")
    assert "退回时" not in about(shown, "时令")
    assert "退回时说：总的还行" in shown


def test_the_last_return_counts_not_an_older_one(wuchang, mended, manager, team):
    from catalog import services
    from catalog.models import Product
    from tenants.scope import county_scope

    with county_scope(wuchang):
        services.return_product(Product.objects.get(pk=mended.pk), by=manager, note="", remarks={"name": "太短"})
        services.save_draft(mended, by=team, name="五常稻花香大米")
        services.submit_product(Product.objects.get(pk=mended.pk), by=team)
    shown = page(wuchang, mended, manager)
    assert "退回时说：太短" in about(shown, "产品名")
    assert "退回时写的是：五常稻花香<" in about(shown, "产品名")
    assert "写上产地" not in about(shown, "产品名")
    assert "第二句没有出处" not in about(shown, "说明")


def test_a_first_look_and_a_look_after_the_sale_show_nothing_old(wuchang, handed_in, manager):
    assert "退回时" not in page(wuchang, handed_in, manager)


def test_what_was_published_since_is_judged_afresh(wuchang, mended, manager, team):
    from catalog import services
    from catalog.models import Product
    from tenants.scope import county_scope

    with county_scope(wuchang):
        found = Product.objects.get(pk=mended.pk)
        services.publish_product(found, by=manager)
        services.withdraw_product(found, by=manager, note="卖完了")
        services.submit_product(Product.objects.get(pk=mended.pk), by=team)
    assert "退回时" not in about(page(wuchang, mended, manager), "产品名")
