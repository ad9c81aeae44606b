"""换手机号: the number is theirs once they have read a code there, and not before."""

import json

import pytest

from accounts import services
from accounts.errors import TooManyTries, WrongCode
from accounts.models import OneTimeCode, SmsMessage, User
from kernel.models import AuditEntry
from tests.accounts.test_own_data import long_ago
from tests.factories.people import PASSWORD, client_for, make_person
from tests.racing import before_one_commits

OLD, NEW, OTHER = "19900001111", "19900002222", "19900003333"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts(settings):
    settings.SMS_CARRIER = "accounts.messages.carriers.ConsoleCarrier"


def code_sent_to(number):
    sent = [one for one in SmsMessage.objects.filter(kind="phone.code").order_by("-pk") if one.phone == number]
    return json.loads(sent[0].params)["code"]


def asked(person, number=NEW):
    services.ask_for_phone(person, number)
    return code_sent_to(number)


def phone_of(person):
    return User.objects.get(pk=person.pk).phone


def test_the_road_from_the_old_number_to_the_new(alice, client):
    browser, elsewhere = client_for(alice), client_for(alice)
    assert "换手机号" in browser.get("/me/").content.decode()
    assert browser.post("/me/phone/", {"phone": "199 0000 2222"})["Location"] == "/me/phone/code/"
    assert phone_of(alice) == OLD
    code = code_sent_to(NEW)
    assert "不对或过期" in browser.post("/me/phone/code/", {"code": "no"}).content.decode()
    done = browser.post("/me/phone/code/", {"code": code}, follow=True).content.decode()
    assert "手机号换好了" in done
    assert "199****2222" in done
    assert elsewhere.get("/me/").status_code == 302, "signed out there"
    assert [one.phone for one in SmsMessage.objects.filter(kind="phone.changed")] == [OLD]
    told = AuditEntry.objects.get(action="person.phone")
    assert NEW not in str(told.__dict__)
    assert client.post("/sign-in/", {"phone": OLD, "password": PASSWORD}).status_code == 200
    assert client.post("/sign-in/", {"phone": NEW, "password": PASSWORD}).status_code == 302


def test_an_open_session_is_asked_who_sits_there(alice):
    answer = long_ago(client_for(alice)).post("/me/phone/", {"phone": NEW})
    assert "确认是您本人" in answer.content.decode()
    assert not SmsMessage.objects.exists()


def test_a_number_that_has_an_account_gets_the_same_answer_and_no_code(alice):
    make_person("county_editor", "230184", phone=NEW)
    assert client_for(alice).post("/me/phone/", {"phone": NEW})["Location"] == "/me/phone/code/"
    assert not SmsMessage.objects.exists()
    assert not OneTimeCode.objects.exists()


@pytest.mark.parametrize(("typed", "said"), [("123", "11 位数字"), (OLD, "这就是您现在的手机号")])
def test_what_is_no_new_number_is_said_beside_it(alice, typed, said):
    answer = client_for(alice).post("/me/phone/", {"phone": typed})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode()


def test_a_code_is_good_for_the_number_it_was_sent_to(alice):
    code = asked(alice, NEW)
    with pytest.raises(WrongCode):
        services.change_phone(alice, OTHER, code)
    assert phone_of(alice) == OLD
    assert services.change_phone(alice, NEW, code).phone == NEW


def test_it_signs_nobody_in_and_a_sign_in_code_changes_no_number(alice):
    assert services.person_with_code(OLD, asked(alice)) is None
    services.send_code(OLD)
    code = json.loads(SmsMessage.objects.get(kind="code").params)["code"]
    with pytest.raises(WrongCode):
        services.change_phone(alice, NEW, code)


def test_a_code_that_went_to_the_old_phone_opens_nothing_afterwards(alice):
    services.send_code(OLD)
    code = json.loads(SmsMessage.objects.get(kind="code").params)["code"]
    services.change_phone(alice, NEW, asked(alice))
    assert services.person_with_code(NEW, code) is None


def test_after_five_wrong_codes_the_right_one_changes_nothing(alice):
    code = asked(alice)
    for _try in range(5):
        with pytest.raises(WrongCode):
            services.change_phone(alice, NEW, "no")
    with pytest.raises(WrongCode):
        services.change_phone(alice, NEW, code)


def test_the_sixth_try_at_the_page_is_locked_and_says_so(alice):
    browser = client_for(alice)
    browser.post("/me/phone/", {"phone": NEW})
    told = [browser.post("/me/phone/code/", {"code": "no"}).content.decode() for _try in range(6)]
    assert ["先锁 15 分钟" in one for one in told] == [False] * 5 + [True]


def test_codes_are_not_sent_without_end(alice):
    for number in range(5):
        services.ask_for_phone(alice, f"1990000400{number}")
    with pytest.raises(TooManyTries):
        services.ask_for_phone(alice, NEW)


def test_without_text_messages_the_page_says_who_can_help(alice, settings):
    settings.SMS_CARRIER = ""
    browser = client_for(alice)
    assert "请管理员停用这个账号" in browser.get("/me/phone/").content.decode()
    browser.post("/me/phone/", {"phone": NEW})
    assert not SmsMessage.objects.exists()


def test_who_asked_for_no_code_is_led_to_the_beginning(alice):
    assert client_for(alice).get("/me/phone/code/")["Location"] == "/me/phone/"


@pytest.mark.django_db(transaction=True)
def test_two_who_want_one_number_at_once_do_not_share_it(alice):
    bob = make_person("county_editor", "230184", phone=OTHER)
    codes = {alice.pk: asked(alice), bob.pk: asked(bob)}
    change = [
        lambda person=person: services.change_phone(person, NEW, codes[person.pk]).phone for person in (alice, bob)
    ]
    assert sorted(before_one_commits(*change)) == [NEW, "WrongCode"]
    assert User.objects.filter(phone_hash=User.objects.with_phone(NEW).phone_hash).count() == 1
