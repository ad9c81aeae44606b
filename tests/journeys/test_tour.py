"""The README's ten-minute tour: each numbered step, walked as it is written."""

import re
from pathlib import Path

from tests.browsers import DESKTOP, PHONE

README = Path(__file__).resolve().parents[2] / "README.md"


def step(number):
    """The words of a step, so that a test fails when the README says something else."""
    text = README.read_text(encoding="utf-8")
    return re.search(rf"^{number}\. (.*?)(?=^\d+\. |\n\n)", text, re.DOTALL | re.MULTILINE)[1]


def test_step_1_a_shopper_finds_it_however_it_is_typed(open_page):
    words = step(1)
    page = open_page(PHONE)
    for typed, found in {"wcdm": "五常大米", "苞米": "玉米", "五长大米": "五常大米"}.items():
        assert typed in words
        page.goto("/")
        page.fill("main input[name=q]", typed)
        page.press("main input[name=q]", "Enter")
        page.wait_for_load_state()
        assert found in page.inner_text("main")
    page.locator("main h3 a, main h2 a").first.click()
    page.wait_for_load_state()
    text = page.inner_text("main")
    assert "500" in text
    assert "联系购买" in text
    assert "谁家的" in text


def test_step_2_a_story_names_where_its_facts_can_be_checked(open_page):
    assert "/c/dongning/" in step(2)
    page = open_page(DESKTOP)
    page.goto("/c/dongning/")
    page.locator("main a[href$='/story/']").first.click()
    page.wait_for_load_state()
    assert "出处" in page.inner_text("main")
    assert page.locator(".sources li").count() >= 3


def test_step_3_a_team_begins_a_product_on_a_phone(open_page, sign_in):
    words = step(3)
    assert "13900000013" in words
    assert "/c/wuchang/desk/products/new/" in words
    page = open_page(PHONE)
    sign_in(page, "13900000013", "宋明", "/c/wuchang/desk/products/new/")
    assert page.locator("[role=progressbar]").get_attribute("aria-valuemax") == "6"
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_step_4_the_county_office_has_its_desk(open_page, sign_in):
    assert "13900000011" in step(4)
    page = open_page(DESKTOP)
    sign_in(page, "13900000011", "周启航", "/c/wuchang/desk/")
    assert "等着看" in page.inner_text("main")


def test_step_5_the_coordinator_opens_a_county_by_its_initials(open_page, sign_in):
    words = step(5)
    assert "jieti demo code 林雪" in words
    page = open_page(DESKTOP)
    sign_in(page, "13900000001", "林雪", "/desk/counties/")
    page.click("text=开一个县")
    page.fill("#choose-q", "mhs")
    page.click("main form button")
    page.click("a:has-text('开这个县')")
    page.fill("input[name=contact_name]", "北极村")
    page.fill("input[name=contact_phone]", "13900000099")
    page.fill("input[name=service_phone]", "0457-55552701")
    page.click("main form button.btn-step")
    page.wait_for_selector("text=都开好了", timeout=120_000)
    page.goto("/desk/board/")
    assert "漠河市" in page.inner_text("main")


def test_step_6_a_county_s_name_is_refused_while_it_is_typed(open_page, sign_in):
    words = step(6)
    assert "13900000032" in words
    assert "/c/raohe/desk/brands/new/" in words
    page = open_page(PHONE)
    sign_in(page, "13900000032", "白桦", "/c/raohe/desk/brands/new/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.goto("/c/raohe/desk/brands/look/?name=饶河")
    assert "县级以上地名" in page.content() or "县级以上地名" in page.inner_text("body")


def test_step_6_the_officer_has_a_queue_with_clocks(open_page, sign_in):
    assert "/desk/brands/" in step(6)
    page = open_page(DESKTOP)
    sign_in(page, "13900000006", "何青", "/desk/brands/")
    page.locator("main table a").first.click()
    page.wait_for_load_state()
    assert page.locator(".ladder").count() >= 1


def test_step_7_team_and_designer_find_the_package(open_page, sign_in):
    words = step(7)
    assert "/c/raohe/desk/packages/" in words
    assert "13900000008" in words
    phone = open_page(PHONE)
    sign_in(phone, "13900000032", "白桦", "/c/raohe/desk/packages/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 375
    page = open_page(DESKTOP)
    sign_in(page, "13900000008", "温砚", "/studio/")
    assert "设计" in page.inner_text("main")


def test_step_8_the_editor_has_a_story_desk_and_the_wall_stands(open_page, sign_in):
    assert "13900000012" in step(8)
    page = open_page(DESKTOP)
    page.goto("/endorsements/")
    assert "代言" in page.inner_text("main")
    sign_in(page, "13900000012", "佟岩", "/c/wuchang/desk/stories/")
    assert "故事" in page.inner_text("main")
    page.goto("/c/wuchang/desk/consents/")
    assert "同意" in page.inner_text("main")


def test_step_9_everybody_has_an_inbox(open_page, sign_in):
    assert "/c/wuchang/desk/inbox/" in step(9)
    page = open_page(PHONE)
    sign_in(page, "13900000011", "周启航", "/c/wuchang/desk/inbox/")
    assert page.locator("nav.tabs a").count() == 4
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_step_10_the_machine_room_says_how_the_platform_is(open_page, sign_in):
    words = step(10)
    page = open_page(DESKTOP)
    sign_in(page, "13900000004", "高翔", "/desk/status/")
    assert page.locator("main .checks li").count() >= 3
    for address in ("/desk/messages/", "/me/data/"):
        assert address in words
        assert page.goto(address).ok
        assert page.evaluate("document.documentElement.scrollWidth") <= 1366
