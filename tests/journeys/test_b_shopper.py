"""(b) A shopper finds goods by pinyin, hanzi, dialect and a slip, narrows, and reads."""

import pytest

from tests.browsers import DESKTOP, OLD_WECHAT, PHONE

WAYS = [
    pytest.param({}, id="phone"),
    pytest.param({"java_script_enabled": False}, id="without script"),
    pytest.param({"user_agent": OLD_WECHAT}, id="old WeChat"),
]


def search(page, words):
    page.fill("main input[name=q]", words)
    page.press("main input[name=q]", "Enter")
    page.wait_for_load_state()


def titles(page):
    return [one.inner_text() for one in page.locator("main h3, main .result h2").all()]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("wcdm", "五常大米"),
        ("五常大米", "五常大米"),
        ("苞米", "玉米"),
        ("五长大米", "五常大米"),
        ("dongningheimuer", "木耳"),
    ],
)
def test_whatever_is_typed_the_first_page_has_it(open_page, way, typed, found):
    page = open_page({**PHONE, **way})
    page.goto("/")
    search(page, typed)
    assert found in page.inner_text("main")
    assert any(found[-2:] in title for title in titles(page)[:5])


@pytest.mark.parametrize("way", WAYS)
def test_narrowed_by_county_and_price_then_read_to_the_story(open_page, way):
    page = open_page({**DESKTOP, **way})
    page.goto("/search/?q=大米")
    everything = int(page.locator("[aria-current]:has-text('产品')").first.inner_text().split()[-1])
    page.locator("label:has-text('五常市') input, input[name=county][value='230184']").first.check()
    page.click("main button:has-text('筛选')")
    page.wait_for_load_state()
    fewer = int(page.locator("[aria-current]:has-text('产品')").first.inner_text().split()[-1])
    assert 0 < fewer < everything
    page.goto("/search/?q=大米&county=230184")
    page.locator("input[name=price][value='5000-10000']").check()
    page.click("main button:has-text('筛选')")
    page.wait_for_load_state()
    prices = [float(text.split("¥")[1].split()[0]) for text in page.locator("main .price").all_inner_texts()]
    assert prices
    assert all(50 <= price <= 100 for price in prices)
    page.locator("main h3 a, main .result h2 a").first.click()
    page.wait_for_load_state()
    assert "/c/wuchang/p/" in page.url
    assert page.locator("a[href^='tel:']").count() >= 1
    page.locator("main a[href$='/story/']").first.click()
    page.wait_for_load_state()
    assert "拉林河" in page.inner_text("main")
    assert "出处" in page.inner_text("main")


def test_nothing_found_offers_a_note_that_is_kept(open_page, sign_in):
    page = open_page(PHONE)
    page.goto("/search/?q=哈雷彗星尾巴")
    assert "记一笔" in page.inner_text("main")
    page.click("main button:has-text('记一笔')")
    page.wait_for_load_state()
    assert "记下了" in page.inner_text("body")
    clerk = sign_in(open_page(DESKTOP), "13900000001", "林雪", "/desk/wants/")
    assert "哈雷彗星尾巴" in clerk.inner_text("main")


def test_english_is_one_click_away(open_page):
    page = open_page(DESKTOP)
    page.goto("/")
    page.click("button[name=language]")
    page.wait_for_load_state()
    assert page.get_attribute("html", "lang") == "en"
    assert "Search" in page.inner_text("body")
