"""库存: how much there is now, changed while the goods are on sale; what the county passed stays as it is."""

import pytest

from catalog import services
from catalog.errors import Locked
from catalog.models import Product
from kernel.models import AuditEntry
from search.models import Listing
from tenants.scope import county_scope
from tests.catalog import goods
from tests.factories.people import give_role, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_sale(wuchang, handed_in, manager):
    return goods.publish(wuchang, handed_in, by=manager)


def variant_of(county, product):
    with county_scope(county):
        return product.variants.get()


def page(county, product, path="edit/"):
    return goods.here(county, f"products/{product.pk}/{path}")


def test_the_team_says_that_it_is_sold_out_and_the_shopper_reads_it_at_once(wuchang, on_sale, team):
    variant, browser = variant_of(wuchang, on_sale), goods.browser(team)
    assert "现在有多少" in browser.get(page(wuchang, on_sale)).content.decode()
    said = browser.post(page(wuchang, on_sale, "stock/"), {f"stock{variant.pk}": "0"}, follow=True).content.decode()
    assert "库存改好了" in said
    with county_scope(wuchang):
        product = Product.objects.get(pk=on_sale.pk)
        assert (product.state, product.variants.get().stock) == ("published", 0)
    assert Listing.objects.get(product_id=on_sale.pk).in_stock is False
    assert "卖完了" in goods.browser(None).get(f"/c/wuchang/p/{on_sale.pk}/").content.decode()
    assert AuditEntry.objects.get(action="product.stock").facts["packs"] == {"2.5 kg": [120, 0]}
    browser.post(page(wuchang, on_sale, "stock/"), {f"stock{variant.pk}": "30"})
    assert Listing.objects.get(product_id=on_sale.pk).in_stock is True


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "写上有多少"),
        ("很多", "写一个整数"),
        ("-1", "写 0 或比 0 大"),
        ("9" * 30, "最多 9999999"),
        ("1.5", "写一个整数"),
    ],
)
def test_what_is_no_number_is_said_beside_it_and_stays(wuchang, on_sale, team, typed, said):
    variant = variant_of(wuchang, on_sale)
    answer = goods.browser(team).post(page(wuchang, on_sale, "stock/"), {f"stock{variant.pk}": typed})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not typed or f'value="{typed}"' in answer.content.decode()
    assert variant_of(wuchang, on_sale).stock == 120


def test_only_who_writes_these_goods_and_only_while_they_are_on_sale(wuchang, on_sale, team, manager, dongning):
    variant = variant_of(wuchang, on_sale)
    from tenants.services import add_village

    elsewhere = give_role(
        make_user("别村的"), "work_team", wuchang, villages=[add_village(wuchang, "山河镇", "铁西村")]
    )
    for who, status in ((elsewhere, 404), (make_person("work_team", dongning), 404), (make_person("auditor"), 403)):
        answer = goods.browser(who).post(page(wuchang, on_sale, "stock/"), {f"stock{variant.pk}": "1"})
        assert answer.status_code in {status, 403, 404}, who
    assert variant_of(wuchang, on_sale).stock == 120
    with county_scope(wuchang):
        services.withdraw_product(on_sale, by=manager, note="换包装")
    with county_scope(wuchang), pytest.raises(Locked):
        services.set_stock(on_sale, {variant.pk: 5}, by=team)
    assert variant_of(wuchang, on_sale).stock == 120


def test_the_packs_of_other_goods_are_left_alone(wuchang, on_sale, team, village, manager):
    other = goods.finished(wuchang, village, by=team, name="另一件大米")
    foreign = variant_of(wuchang, other)
    with county_scope(wuchang):
        services.set_stock(on_sale, {foreign.pk: 5}, by=team)
    assert variant_of(wuchang, other).stock == 120
    assert not AuditEntry.objects.filter(action="product.stock").exists(), "nothing changed, nothing is written"
