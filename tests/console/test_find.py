"""The box at the head of the desk finds what it promises: counties, work, goods."""

import pytest

from search import lexicon
from tests.factories.people import client_for, make_person
from tests.search import shelf

pytestmark = pytest.mark.django_db


def found(person, text):
    return client_for(person).get("/desk/find/", {"q": text}).content.decode()


def test_the_box_leads_here(coordinator):
    assert 'action="/desk/find/"' in client_for(coordinator).get("/desk/").content.decode()


@pytest.mark.parametrize("text", ["五常", "wuchang", "wcs"])
def test_a_county_by_hanzi_pinyin_or_initials(wuchang, coordinator, text):
    assert 'href="/desk/counties/230184/"' in found(coordinator, text)


def test_work_by_its_title_and_only_what_one_may_see(wuchang, coordinator):
    from kernel import inbox

    inbox.open_item("brand.check", obj=("brand", "1"), title="岸梨记", county="230184", role="brand_officer", url="/x/")
    assert "岸梨记" in found(make_person("brand_officer"), "梨")
    page = found(make_person("security_admin"), "岸梨记")
    assert 'href="/x/"' not in page
    assert "都没有" in page


def test_goods_as_a_shopper_finds_them(wuchang, coordinator):
    shelf.publish("五常稻花香米", product_id=7)
    lexicon.count_terms()
    assert 'href="/c/wuchang/p/7/"' in found(coordinator, "稻花香")


def test_an_empty_box_says_what_to_write(coordinator):
    assert "写县名、拼音或首字母" in found(coordinator, " ")


def test_what_is_off_the_desk_leads_back_to_it(coordinator, wuchang, manager):
    page = client_for(coordinator).get("/desk/nothing-here/").content.decode()
    assert 'href="/desk/"' in page
    assert "产品下架" not in page
    assert 'href="/c/wuchang/desk/"' in client_for(manager).get("/c/wuchang/desk/nothing-here/").content.decode()
    assert "回工作台" not in client_for().get("/nothing-here/").content.decode()
