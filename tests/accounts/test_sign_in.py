"""Coming in by phone: the password, the code, the second factor, and the lock."""

import re
import time
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django_tenants.utils import tenant_context

from accounts import even, limits, second_factor, services
from accounts.models import OneTimeCode, SmsMessage, User
from accounts.second_factor import SESSION_KEY
from kernel import clock
from kernel.models import AuditEntry
from tests.factories.people import PASSWORD, make_person

SIGN_IN = "/sign-in/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client, phone="19900001111", password=PASSWORD, **more):
    return client.post(SIGN_IN, {"phone": phone, "password": password}, **more)


def is_in(client):
    return "_auth_user_id" in client.session


def app_code(secret=SECRET, steps=0):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def last_code():
    return re.search(r"\d{6}", SmsMessage.objects.first().body)[0]


def test_a_county_person_comes_in_and_stands_at_the_one_desk(client, alice):
    response = sign_in(client, phone="+86 199-0000-1111")
    assert is_in(client)
    assert response.url == "/c/wuchang/desk/"


def test_people_with_several_places_choose(client, alice):
    services.grant_role(alice, role="county_editor", county_code="231086")
    assert sign_in(client).url == "/me/"
    page = client.get("/me/").content.decode()
    assert "/c/wuchang/desk/" in page
    assert "/c/dongning/desk/" in page


def test_the_way_back_is_ours_only(client, alice):
    assert sign_in(client, QUERY_STRING="next=/c/wuchang/p/1/").url == "/c/wuchang/p/1/"
    client.post("/sign-out/")
    assert sign_in(client, QUERY_STRING="next=https://evil.example/").url == "/c/wuchang/desk/"
    client.post("/sign-out/")
    assert sign_in(client, QUERY_STRING="next=//evil.example/").url == "/c/wuchang/desk/"


def test_signing_out_takes_a_post(client, alice):
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert not is_in(client)


def _said(response):
    """What the page says, without what was typed and without the token."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    text = re.sub(r'(nonce|data-csrf)="[^"]+"', "", text)
    return response.status_code, re.sub(r'value="1\d{10}"', "", text)


def test_known_and_unknown_phones_get_the_same_answer(client, alice, client_for):
    closed = make_person("county_editor", "230184", phone="19900002222")
    services.deactivate_person(closed, by=make_person("coordinator"))
    known = _said(sign_in(client_for(), password="wrong-but-long"))
    unknown = _said(sign_in(client_for(), phone="19900009999", password="wrong-but-long"))
    shut = _said(sign_in(client_for(), phone="19900002222"))
    assert known == unknown == shut


def test_an_unknown_phone_costs_a_hash_too(client, monkeypatch, db):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    sign_in(client, phone="19900009999")
    assert hashed


def test_asking_for_a_code_answers_the_same_for_known_and_unknown(client_for, alice):
    answers = []
    for phone in ("19900001111", "19900009999"):
        browser = client_for()
        asked = browser.post("/sign-in/code/", {"phone": phone})
        wrong = browser.post("/sign-in/code/enter/", {"code": "000000"})
        answers.append((asked.status_code, asked.url, _said(wrong)))
    assert answers[0] == answers[1]
    assert SmsMessage.objects.count() == 1


def test_how_long_it_takes_says_nothing_of_whom_it_knows(client_for, alice, monkeypatch):
    def took(phone):
        browser, began = client_for(), time.monotonic()
        browser.post("/sign-in/code/", {"phone": phone})
        asked = time.monotonic()
        browser.post("/sign-in/code/enter/", {"code": "000000"})
        return min(asked - began, time.monotonic() - asked)

    assert took("19900001111") >= even.EVEN
    assert took("19900009999") >= even.EVEN
    monkeypatch.setattr(even, "EVEN", 0.0)
    assert took("19900008888") < 0.1, "the mutant: whoever is unknown is answered at once"


def test_five_wrong_tries_and_the_door_is_locked_even_for_the_right_password(client, alice):
    for _try in range(5):
        assert sign_in(client, password="wrong-but-long").status_code == 200
    refused = sign_in(client)
    assert refused.status_code == 429
    assert not is_in(client)


def test_the_lock_is_the_same_for_an_unknown_phone(client, db):
    for _try in range(5):
        assert sign_in(client, phone="19900009999").status_code == 200
    assert sign_in(client, phone="19900009999").status_code == 429


def test_a_success_gives_the_tries_back(client, alice):
    for _try in range(4):
        sign_in(client, password="wrong-but-long")
    assert sign_in(client).status_code == 302
    client.post("/sign-out/")
    for _try in range(4):
        sign_in(client, password="wrong-but-long")
    assert sign_in(client).status_code == 302


def test_the_lock_counts_over_all_counties(alice, wuchang, dongning):
    """The mutant is a cache with the county in its key: it would give five tries a county."""
    phone = alice.phone_hash
    for county in (wuchang, dongning, wuchang, dongning):
        with tenant_context(county):
            assert limits.SIGN_IN_PER_PHONE.take(phone)
    assert limits.SIGN_IN_PER_PHONE.take(phone)
    with tenant_context(dongning):
        assert not limits.SIGN_IN_PER_PHONE.take(phone)


def test_the_mutant_with_county_keys_would_let_more_in(alice, wuchang, dongning, monkeypatch):
    monkeypatch.setattr(limits, "caches", {"shared": caches["default"]})
    for county in (wuchang, dongning):
        with tenant_context(county):
            assert sum(limits.SIGN_IN_PER_PHONE.take(alice.phone_hash) for _try in range(9)) == 5


def test_a_forwarded_header_does_not_make_a_new_address(client, db):
    for number in range(limits.SIGN_IN_PER_ADDRESS.tries):
        sign_in(client, phone=f"199{number:08d}", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert sign_in(client, phone="19911112222", HTTP_X_FORWARDED_FOR="10.9.9.9").status_code == 429


def test_what_our_own_proxy_wrote_is_believed(rf, settings):
    request = rf.get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.7", REMOTE_ADDR="127.0.0.1")
    assert limits.address_of(request) == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert limits.address_of(request) == "203.0.113.7"


def test_a_failed_try_says_where_it_came_from_but_not_the_address_itself(client, alice, settings):
    """Who keeps watch must see that one source tries a hundred phones; the trail is for ever and keeps no address."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    tries = [("19911112222", "203.0.113.7"), ("19911113333", "203.0.113.7"), ("19911114444", "203.0.113.9")]
    for phone, address in [*tries, ("19911115555", "2001:db8:77:5::1")]:
        sign_in(client, phone=phone, password="wrong-every-time", HTTP_X_FORWARDED_FOR=address)
    seen = list(AuditEntry.objects.filter(action="sign_in.failed").order_by("pk").values_list("title", flat=True))
    assert len(seen) == 4
    assert seen[0] == seen[1], "one address, two phones"
    assert seen[2] != seen[0], "a neighbour is another source"
    assert [one.split()[0] for one in seen] == ["203.0.113.0/24"] * 3 + ["2001:db8:77::/48"]
    everything = str(list(AuditEntry.objects.values()))
    for _phone, address in tries:
        assert address not in everything


@pytest.mark.parametrize("address", ["", "unix:", "not-an-address"])
def test_a_try_from_nowhere_is_still_written_down(client, db, settings, address):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    sign_in(client, phone="19911112222", password="wrong", HTTP_X_FORWARDED_FOR=address, REMOTE_ADDR=address)
    assert AuditEntry.objects.filter(action="sign_in.failed").count() == 1


def test_no_phone_stands_in_a_cache_key(monkeypatch):
    seen = []

    class Spy:
        def get_many(self, keys):
            seen.extend(keys)
            return {}

        def add(self, key, *_rest):
            seen.append(key)
            return True

    monkeypatch.setattr(limits, "caches", {"shared": Spy()})
    limits.SIGN_IN_PER_PHONE.take("19900001111")
    assert seen
    assert not any("19900001111" in key for key in seen)


def test_a_code_signs_in_once(client, alice):
    client.post("/sign-in/code/", {"phone": "19900001111"})
    code = last_code()
    assert client.post("/sign-in/code/enter/", {"code": code}).status_code == 302
    assert is_in(client)
    assert services.person_with_code(alice.phone, code) is None


def test_a_code_is_worth_nothing_after_ten_minutes(client, alice):
    services.send_code("19900001111")
    code = last_code()
    clock.shift(timedelta(minutes=10, seconds=1))
    assert services.person_with_code(alice.phone, code) is None


def test_a_code_dies_after_five_wrong_tries(alice):
    services.send_code("19900001111")
    code = last_code()
    wrong = "000000" if code != "000000" else "111111"
    for _try in range(5):
        assert services.person_with_code(alice.phone, wrong) is None
    assert services.person_with_code(alice.phone, code) is None


def test_a_new_code_ends_the_one_before(alice):
    services.send_code("19900001111")
    first = last_code()
    services.send_code("19900001111")
    assert last_code() == first or services.person_with_code(alice.phone, first) is None
    assert services.person_with_code(alice.phone, last_code()) == alice


def test_codes_are_few_a_phone(client_for, alice):
    assert client_for().post("/sign-in/code/", {"phone": "19900001111"}).status_code == 302
    assert client_for().post("/sign-in/code/", {"phone": "19900001111"}).status_code == 429
    assert SmsMessage.objects.count() == 1


def test_codes_are_few_an_address(client, db):
    for number in range(limits.CODE_PER_ADDRESS.tries):
        assert client.post("/sign-in/code/", {"phone": f"199{number:08d}"}).status_code == 302
    assert client.post("/sign-in/code/", {"phone": "19911112222"}).status_code == 429


def test_a_printed_code_works_where_no_text_message_arrives(client, alice):
    code = services.print_code(alice)
    client.post("/sign-in/code/", {"phone": "19900001111", "printed": "1"})
    assert SmsMessage.objects.count() == 0
    client.post("/sign-in/code/enter/", {"code": f"{code[:4]} {code[4:]}"})
    assert is_in(client)


def test_only_the_hash_of_a_code_is_kept(alice):
    code = services.print_code(alice)
    assert code not in OneTimeCode.objects.get().code_hash


def test_demo_people_do_not_come_in_where_there_is_no_demo(client, alice, settings):
    User.objects.filter(pk=alice.pk).update(is_demo=True)
    settings.JIETI_DEMO = False
    assert sign_in(client).status_code == 200
    assert not is_in(client)
    services.send_code("19900001111")
    assert SmsMessage.objects.count() == 0
    settings.JIETI_DEMO = True
    sign_in(client)
    assert is_in(client)
    settings.JIETI_DEMO = False
    assert client.get("/me/").status_code == 302


def test_a_coordinator_without_second_factor_sets_one_up_before_anything(client, db):
    boss = make_person("coordinator", phone="19900003333")
    assert sign_in(client, phone="19900003333").url == "/sign-in/second-factor/"
    assert not is_in(client)
    page = client.get("/sign-in/second-factor/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert "<svg" in page
    assert client.post("/sign-in/second-factor/", {"code": "000000"}).status_code == 200
    assert not is_in(client)
    done = client.post("/sign-in/second-factor/", {"code": app_code(secret)})
    assert is_in(client)
    assert len(re.findall(r"<li><code>", done.content.decode())) == 10
    assert second_factor.is_set_up(boss)


def test_a_password_alone_does_not_let_a_coordinator_in(client, db):
    boss = make_person("coordinator", phone="19900003333")
    second_factor.set_up(boss, SECRET)
    sign_in(client, phone="19900003333")
    assert not is_in(client)
    assert client.get("/desk/people/").status_code == 302
    client.post("/sign-in/second-factor/", {"code": "000000"})
    assert not is_in(client)
    response = client.post("/sign-in/second-factor/", {"code": app_code()})
    assert is_in(client)
    assert SESSION_KEY in client.session
    assert response.url == "/desk/"


def test_an_app_code_works_once(db):
    boss = make_person("coordinator")
    second_factor.set_up(boss, SECRET)
    code = app_code()
    assert second_factor.check(boss, code)
    assert not second_factor.check(boss, code)


def test_a_recovery_code_works_once(db):
    boss = make_person("coordinator")
    one, *_others = second_factor.set_up(boss, SECRET)
    assert second_factor.check(boss, one)
    assert not second_factor.check(boss, one)


def test_the_second_factor_is_locked_after_five_tries(client, db):
    boss = make_person("coordinator", phone="19900003333")
    second_factor.set_up(boss, SECRET)
    sign_in(client, phone="19900003333")
    for _try in range(5):
        client.post("/sign-in/second-factor/", {"code": "000000"})
    assert client.post("/sign-in/second-factor/", {"code": app_code()}).status_code == 429
    assert not is_in(client)


def test_a_session_without_the_second_factor_is_sent_back(client_for, coordinator):
    second_factor.set_up(coordinator, SECRET)
    browser = client_for(coordinator, second_factor=False)
    assert browser.get("/desk/people/").url.startswith("/sign-in/second-factor/?next=")
    assert browser.get("/me/").url.startswith("/sign-in/second-factor/")


def test_the_secret_of_the_second_factor_is_encrypted(db):
    second_factor.set_up(make_person("coordinator"), SECRET)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        assert SECRET not in " ".join(row[0] for row in cursor.fetchall())


def test_argon2_is_what_production_hashes_with():
    from config.settings import base

    assert base.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.mark.parametrize("typed", ["１３８１２３４５６７８", "138 1234 5678", "+8613812345678", "0086 138-1234-5678"])
def test_a_phone_is_one_phone_however_it_is_typed(typed):
    from accounts.phones import normal_phone

    assert normal_phone(typed) == "13812345678"


def test_the_first_page_says_what_to_do_about_a_forgotten_password(client, db):
    page = client.get("/sign-in/?next=/me/").content.decode()
    assert '<a href="/sign-in/code/?next=%2Fme%2F">忘了密码</a>' in page
    assert "打印一个登录码" in page


def test_who_forgot_the_password_comes_by_code_and_sets_a_new_one(client, alice):
    client.post("/sign-in/code/", {"phone": "19900001111"})
    client.post("/sign-in/code/enter/", {"code": last_code()})
    form = {"password": "another-ladder-8", "again": "another-ladder-8"}
    assert client.post("/me/password/", form).status_code == 302
    client.post("/sign-out/")
    sign_in(client, password="another-ladder-8")
    assert is_in(client)
    assert client.post("/me/password/", form).status_code == 200


def test_whoever_came_by_password_needs_the_old_one(client, alice):
    sign_in(client)
    assert (
        client.post("/me/password/", {"password": "another-ladder-8", "again": "another-ladder-8"}).status_code == 200
    )
    assert User.objects.get(pk=alice.pk).check_password(PASSWORD)
