"""S6: each limit of a sign-in, seen from the browser: it stops there, and a right answer gives the tries back."""

import pytest
from django.core.cache import caches

from accounts import even, limits, phones, second_factor, services
from accounts.models import SmsMessage
from tests.accounts.test_sign_in import SECRET, app_code
from tests.factories.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db

PHONE = "19900001111"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    caches["shared"].clear()
    monkeypatch.setattr(even, "EVEN", 0.0)
    return make_person("county_editor", "230184", phone=PHONE)


def minutes_pass():
    """The wait between two codes is over; what counts by the hour stays."""
    limits.CODE_SENT_AGAIN.clear(phones.phone_hash(PHONE))


def ask(browser):
    return browser.post("/sign-in/code/", {"phone": PHONE}).status_code


def enter(browser, code):
    return browser.post("/sign-in/code/enter/", {"code": code})


def test_five_codes_an_hour_are_all_a_phone_gets(client_for):
    for _time in range(5):
        assert ask(client_for()) == 302
        minutes_pass()
    assert ask(client_for()) == 429
    assert SmsMessage.objects.count() == 5


def test_after_five_wrong_codes_the_right_one_opens_nothing(client, at_once):
    client.post("/sign-in/code/", {"phone": PHONE, "printed": "1"})
    for _try in range(5):
        assert enter(client, "00000000").status_code == 200
    assert enter(client, services.print_code(at_once)).status_code == 429
    assert "_auth_user_id" not in client.session


def test_a_right_code_gives_the_tries_back(client, at_once):
    for _round in range(2):
        client.post("/sign-in/code/", {"phone": PHONE, "printed": "1"})
        code = services.print_code(at_once)
        for _try in range(4):
            assert enter(client, "00000000").status_code == 200
        assert enter(client, code).status_code == 302
        client.post("/sign-out/")


def test_a_right_second_factor_gives_the_tries_back(client):
    boss = make_person("coordinator", phone="19900003333")
    second_factor.set_up(boss, SECRET)
    for steps in (0, 1):
        client.post("/sign-in/", {"phone": "19900003333", "password": PASSWORD})
        for _try in range(4):
            assert client.post("/sign-in/second-factor/", {"code": "000000"}).status_code == 200
        assert client.post("/sign-in/second-factor/", {"code": app_code(steps=steps)}).status_code == 302
        client.post("/sign-out/")


def test_links_that_open_nothing_are_few_an_address(client):
    for number in range(limits.INVITATION_PER_ADDRESS.tries):
        assert client.get(f"/invite/nobody-knows-{number}/").status_code == 404
    assert client.get("/invite/nobody-knows-it/").status_code == 429
