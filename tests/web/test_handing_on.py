"""The product page's share button: the machine's own sheet, else a copied address; nothing without a script."""

from pathlib import Path

import pytest

import web
from tenants.services import add_village
from tests.browsers import PHONE, a_browser
from tests.catalog import goods
from tests.factories.people import client_for

SCRIPT = (Path(web.__file__).parent / "static" / "share.js").read_text(encoding="utf-8")
ADDRESS = "https://jieti.test/c/wuchang/p/1/"
PAGE = """<!doctype html><title>稻花香大米</title><link rel="canonical" href="{address}">
<p data-share data-copied="链接复制好了" data-not-copied="自己抄：" hidden><button type="button">转给别人</button>
<span role="status"></span></p><script>{given}</script><script>{script}</script>"""
SHEET = "window.given = []; navigator.share = function (it) { given.push(it); return Promise.resolve(); };"
CLOSED = "navigator.share = function () { return Promise.reject(new DOMException('', 'AbortError')); };"
COPIES = """Object.defineProperty(navigator, 'clipboard', {value: {writeText: function (it) {
window.given = it; return Promise.resolve(); }}});"""
NONE = "Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = function () { return false; };"


@pytest.fixture(scope="module")
def browser():
    with a_browser() as opened:
        yield opened


@pytest.fixture
def press(browser):
    """Opens the page where ``given`` is what the machine can do, presses the button, and hands the page back."""
    contexts = []

    def pressed(given):
        context = browser.new_context(**PHONE)
        contexts.append(context)
        page = context.new_page()
        html = PAGE.format(address=ADDRESS, given=given, script=SCRIPT)
        page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        page.goto(ADDRESS + "?v=7")
        page.click("button")
        return page

    yield pressed
    for context in contexts:
        context.close()


def test_the_sheet_gets_the_page_s_own_address(press):
    page = press(SHEET)
    assert page.evaluate("given") == [{"title": "稻花香大米", "url": ADDRESS}]
    assert page.inner_text("[role=status]") == ""


def test_a_sheet_that_was_closed_says_nothing(press):
    page = press(CLOSED + COPIES)
    page.wait_for_timeout(200)
    assert page.inner_text("[role=status]") == ""
    assert page.evaluate("window.given") is None


def test_where_there_is_no_sheet_the_address_is_copied_and_said_to_be(press):
    page = press("navigator.share = undefined;" + COPIES)
    page.wait_for_selector("[role=status]:has-text('链接复制好了')")
    assert page.evaluate("given") == ADDRESS


def test_where_nothing_copies_the_address_is_there_to_be_read(press):
    page = press("navigator.share = undefined;" + NONE)
    page.wait_for_selector("[role=status]:has-text('自己抄：')")
    assert page.inner_text("[role=status]").endswith(ADDRESS)


@pytest.mark.django_db
def test_the_product_page_has_it_hidden_until_the_script_is_there(wuchang, manager):
    village = add_village(wuchang, "龙凤山镇", "兴源村")
    product = goods.finished(wuchang, village, by=manager)
    product = goods.publish(wuchang, goods.hand_in(wuchang, product, by=manager), by=manager)
    page = client_for().get(f"/c/wuchang/p/{product.pk}/").content.decode()
    _before, found, after = page.partition('<p class="actions no-print" data-share ')
    assert found
    assert " hidden>" in after[:200]
    assert 'role="status"' in after[:400]
    assert '<script src="/static/share.js" defer></script>' in page
