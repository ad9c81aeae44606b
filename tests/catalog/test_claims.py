"""Words the law forbids of any goods are said to the team that writes and to the county that passes them."""

import pytest

from catalog import rules
from catalog.models import Product
from tenants import services
from tenants.scope import county_scope
from tests.catalog import goods
from tests.factories.people import client_for

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "summary", "description", "article"),
    [
        ("最好吃的五常小米", "", "", "广告法第九条第三项"),
        ("小米", "国家级品质", "", "广告法第九条第三项"),
        ("蜂蜜", "", "山里的蜂蜜，能治疗咳嗽。", "广告法第十七条；食品安全法第七十一条"),
    ],
)
def test_it_is_found_wherever_it_stands(name, summary, description, article):
    found = rules.claims(Product(name=name, summary=summary, description=description))
    assert [one.article for one in found] == [article]


@pytest.mark.parametrize("name", ["秋木耳", "第一书记代言的小米", "最高温 80 度烘的木耳", "头茬韭菜"])
def test_plain_words_are_left_alone(name):
    assert rules.claims(Product(name=name)) == ()


def test_the_team_reads_it_before_handing_in_and_the_county_before_passing_it(wuchang, manager, team_member):
    product = goods.finished(wuchang, services.add_village(wuchang, "龙凤山镇", "兴源村"), by=manager)
    page, step = f"/c/wuchang/desk/products/{product.pk}/", f"/c/wuchang/desk/products/{product.pk}/edit/6/"
    assert "广告法" not in client_for(manager).get(page).content.decode()
    with county_scope(wuchang):
        Product.objects.filter(pk=product.pk).update(name="最好吃的小米")
    for path in (page, step):
        shown = client_for(manager).get(path).content.decode()
        assert "“最好”：广告里不能用" in shown, path
        assert "广告法第九条第三项" in shown
