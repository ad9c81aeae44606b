"""The demo's brand cases come in through the services, each as far as its documents, one with a ®."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

import demo
from tests.catalog import goods
from tests.factories.people import give_role, make_user

CASES = tomllib.loads((Path(demo.__file__).parent / "data" / "brands.toml").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("told", CASES, ids=lambda told: told["name"])
def test_owners_and_goods_exist(told):
    from branding.goods import good_of
    from demo.province import counties

    county = next(one for one in counties() if one.code == told["county"])
    assert told["producer"] in {one["name"] for one in county.producers}
    with_row = [good_of(f"{number}:{word}", date(2026, 11, 20)) for word, number in told["goods"]]
    assert all(with_row)


@pytest.fixture
def people(db, wuchang):
    give_role(make_user("何青", is_demo=True), "brand_officer")
    return give_role(make_user("宋明", is_demo=True), "work_team", wuchang)


@pytest.fixture
def producers(wuchang, people):
    from catalog.models import Producer
    from catalog.services import save_producer
    from tenants.scope import county_scope

    names = [told["producer"] for told in CASES if told["county"] == wuchang.code]
    with county_scope(wuchang):
        return {name: save_producer(Producer(name=name, kind="coop"), by=people) for name in names}


def test_they_come_once_and_stand_where_their_documents_brought_them(wuchang, producers, people, settings):
    from branding.models import Brand
    from demo.brands import bring_in_the_brands

    assert bring_in_the_brands({wuchang.code}) == 2
    assert bring_in_the_brands({wuchang.code}) == 0
    assert dict(Brand.objects.values_list("name", "state")) == {"稻乐": "registered", "柞下秋": "correction"}
    registered = Brand.objects.get(name="稻乐")
    assert registered.producer_id == producers[registered.producer_name].pk
    assert [one.kind for one in registered.notices.order_by("pk")] == [
        "filing",
        "acceptance",
        "examining",
        "publication",
        "certificate",
    ]


def test_the_r_stands_on_the_page_and_the_badge_of_its_class_and_on_no_other(
    wuchang, producers, people, client, manager
):
    """Sold before the certificate: the relay republishes the listings when it comes."""
    from catalog.models import Product
    from demo.brands import bring_in_the_brands
    from kernel import outbox
    from search.models import Listing
    from tenants.scope import county_scope
    from tenants.services import add_village

    village = add_village(wuchang, "龙凤山镇", "兴源村")
    sold = {}
    with county_scope(wuchang):
        for name, category in (("稻花香大米", "grain.rice"), ("辣白菜", "vegetable.pickled")):
            draft = goods.finished(wuchang, village, by=manager, name=name)
            Product.objects.filter(pk=draft.pk).update(category=category, producer=producers["稻乐水稻种植专业合作社"])
            draft.refresh_from_db()
            goods.hand_in(wuchang, draft, by=manager)
            sold[name] = goods.publish(wuchang, Product.objects.get(pk=draft.pk), by=manager).pk
    assert not any(listing.badges for listing in Listing.objects.filter(county_code=wuchang.code))
    bring_in_the_brands({wuchang.code})
    while outbox.relay_once():
        pass
    rice, pickled = (Listing.objects.get(product_id=pk, county_code=wuchang.code) for pk in sold.values())
    assert rice.badges == [{"kind": "brand", "name": "稻乐", "mark": "®"}]
    assert pickled.badges == []
    page = client.get(f"/c/wuchang/p/{sold['稻花香大米']}/").content.decode()
    assert "稻乐®" in page or "稻乐<sup>®</sup>" in page
    other = client.get(f"/c/wuchang/p/{sold['辣白菜']}/").content.decode()
    assert "®" not in other
