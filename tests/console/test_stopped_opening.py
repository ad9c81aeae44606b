"""A county whose opening stopped at the door: what is lacking is asked first, then the step is done again."""

import pytest

from tenants.models import County, Opening
from tenants.opening import Plan, plan_counties
from tests.factories.people import client_for
from tests.tenants.test_opening import run_all

pytestmark = pytest.mark.django_db
PAGE = "/desk/counties/230524/"
AGAIN = "重做这一步</button>"


@pytest.fixture
def stopped(coordinator):
    plan_counties([Plan("230524", contact_name="佟岩", contact_phone="13900000013")])
    run_all()
    return Opening.objects.get(county__code="230524")


def phone_label(page):
    return page.split('<label for="id_service_phone">')[1].split("</label>")[0]


def change(browser, **typed):
    known = {"contact_name": "佟岩", "stage": "custody", "theme": "pine", "saying": ""}
    return browser.post(PAGE + "change/", known | typed, follow=True).content.decode()


def test_the_phone_is_asked_and_the_step_is_offered_once_it_is_there(stopped, coordinator):
    browser = client_for(coordinator)
    page = browser.get(PAGE).content.decode()
    assert "可以不填" not in phone_label(page)
    assert AGAIN not in page
    assert "先在下面补上客服电话" in page
    assert page.count("btn-step") == 1
    assert "没有它开不了门" in change(browser, service_phone="")
    assert County.objects.get(code="230524").service_phone == ""
    page = change(browser, service_phone="0469-55550524")
    assert f'<button class="btn btn-step">{AGAIN}' in page
    assert "先在下面补上客服电话" not in page
    assert "还缺客服电话" not in page
    assert "客服电话补上了" in page
    assert "还缺客服电话" not in browser.get("/desk/counties/").content.decode()


def test_one_that_stopped_elsewhere_is_offered_at_once(stopped, coordinator):
    Opening.objects.filter(pk=stopped.pk).update(step="schema", trouble="库满了")
    page = client_for(coordinator).get(PAGE).content.decode()
    assert f'<button class="btn btn-step">{AGAIN}' in page
    assert "可以不填" in phone_label(page)
