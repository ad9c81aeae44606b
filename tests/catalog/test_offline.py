"""Without a network the wizard stays where it is, and what was typed comes back."""

import pytest

from tests.browsers import PHONE, a_browser
from tests.catalog import goods
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db(transaction=True)]
WARNING = ".steps-foot .offline"


def step(county, product, number):
    return goods.here(county, f"products/{product.pk}/edit/{number}/")


@pytest.fixture
def phone(live_server, team):
    """``phone(path)``: the team's browser, opened there."""
    cookies = [
        {"name": one.key, "value": one.value, "url": live_server.url} for one in client_for(team).cookies.values()
    ]
    with a_browser() as browser:

        def opened(path):
            context = browser.new_context(base_url=live_server.url, **PHONE)
            context.add_cookies(cookies)
            page = context.new_page()
            page.goto(path)
            return page

        yield opened


def test_the_button_waits_for_the_network_and_the_warning_stands_beside_it(wuchang, finished, phone):
    there = step(wuchang, finished, 2)
    page = phone(there)
    page.context.set_offline(True)
    assert page.locator(WARNING).is_visible()
    page.fill("#id_summary", "断网时写的")
    for press in (
        lambda: page.click(".steps-foot .btn-step"),
        lambda: page.press("#id_summary", "Enter"),
        lambda: page.click("text=上一步"),
    ):
        press()
        page.wait_for_timeout(300)
        assert page.url.endswith(there)
        assert page.input_value("#id_summary") == "断网时写的"
    warning, button = page.locator(WARNING).bounding_box(), page.locator(".steps-foot .btn-step").bounding_box()
    assert 0 <= button["y"] - (warning["y"] + warning["height"]) < 40
    assert (warning["x"], warning["width"]) == (0, 375)
    page.context.set_offline(False)
    page.wait_for_selector(WARNING, state="hidden")
    page.click(".steps-foot .btn-step")
    page.wait_for_url("**/edit/3/")
    page.goto(there)
    assert page.input_value("#id_summary") == "断网时写的"


def test_a_link_waits_too(wuchang, finished, phone):
    page = phone(step(wuchang, finished, 4))
    page.context.set_offline(True)
    page.click(".steps-foot .btn-step")
    page.wait_for_timeout(300)
    assert page.url.endswith("/edit/4/")
    page.context.set_offline(False)
    page.click(".steps-foot .btn-step")
    page.wait_for_url("**/edit/5/")


def test_what_never_arrived_is_offered_again_and_saved_when_it_is_taken(wuchang, finished, phone):
    """The phone believes that it has a network, and the page is gone: opened again it has what was typed."""
    page = phone(step(wuchang, finished, 2))
    page.route("**/products/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.fill("#id_summary", "路上写的")
    page.click(".steps-foot .btn-step")
    page.wait_for_url("chrome-error://**")
    page.unroute("**/products/**")
    page.goto(step(wuchang, finished, 2))
    assert page.input_value("#id_summary") == "九月收，十月才碾。"
    page.click("text=放回去")
    assert page.input_value("#id_summary") == "路上写的"
    page.wait_for_selector(".steps-top .saved:not(.saved-not):has-text('已存')")
    page.reload()
    assert page.input_value("#id_summary") == "路上写的"
    assert page.locator("text=放回去").count() == 0


def test_what_arrived_is_not_offered_again(wuchang, finished, phone):
    page = phone(step(wuchang, finished, 2))
    page.fill("#id_summary", "十月碾的")
    page.click(".steps-foot .btn-step")
    page.wait_for_url("**/edit/3/")
    page.goto(step(wuchang, finished, 2))
    assert page.input_value("#id_summary") == "十月碾的"
    assert page.locator("text=放回去").count() == 0


def test_a_new_producers_name_is_in_the_browser_alone_until_the_button(wuchang, finished, team):
    """The answer says so: the page may not throw away the only copy."""
    there, browser = step(wuchang, finished, 5) + "save/", client_for(team)
    typed = {"village": finished.village_id, "new_name": "姜家", "new_phone": "0451-5555"}
    assert browser.post(there, typed).json()["part"] is True
    whole = {"village": finished.village_id, "producer": finished.producer_id}
    assert browser.post(there, whole).json()["part"] is False
