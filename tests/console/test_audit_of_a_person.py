"""The trail narrowed to one person: by name, and by a phone that is never shown nor written anywhere."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories.people import make_person, make_user

pytestmark = pytest.mark.django_db
PHONE = "13912345678"


@pytest.fixture
def trail(wuchang, dongning):
    """Two people of one name and one of another, in two counties."""
    from kernel import audit

    wang, other, li = (make_person("county_manager", wuchang, name=name) for name in ("王主任", "王主任", "李主任"))
    wang.set_phone(PHONE)
    wang.save()
    audit.record("product.publish", by=wang, county="230184", title="长粒香")
    audit.record("product.withdraw", by=wang, county="231086", title="秋木耳")
    audit.record("product.publish", by=other, county="230184", title="小碗耳")
    audit.record("product.publish", by=li, county="230184", title="椴树蜜")
    return wang


def titles(page):
    said = ("长粒香", "秋木耳", "小碗耳", "椴树蜜")
    return {one for one in said if f">{one}</td>" in page}


def ask(browser, **asked):
    """The address one stands at in the end, and its page."""
    answer = browser.get("/desk/audit/", asked, follow=True)
    place = answer.redirect_chain[-1][0] if answer.redirect_chain else answer.wsgi_request.get_full_path()
    return place, answer.content.decode()


def test_by_a_part_of_a_name_and_with_the_other_filters(client_for, auditor, trail):
    browser = client_for(auditor)
    _place, page = ask(browser, who="王主")
    assert titles(page) == {"长粒香", "秋木耳", "小碗耳"}
    _place, page = ask(browser, who="王主", county="230184", action="product.publish")
    assert titles(page) == {"长粒香", "小碗耳"}
    assert 'value="王主"' in page
    assert '<option value="230184" selected>' in page


@pytest.mark.parametrize("typed", [PHONE, "139 1234 5678", "+86-13912345678", "１３９１２３４５６７８"])
def test_by_a_phone_however_it_is_typed(client_for, auditor, trail, typed):
    place, page = ask(client_for(auditor), who=typed, county="230184")
    assert titles(page) == {"长粒香"}
    assert "<b>王主任</b>" in page
    assert parse_qs(urlsplit(place).query) == {"county": ["230184"], "person": [str(trail.pk)]}


def test_the_phone_stands_in_no_address_and_on_no_page(client_for, auditor, trail):
    browser = client_for(auditor)
    place, page = ask(browser, who=PHONE)
    assert PHONE not in place + page
    assert "5678" not in place + page
    assert browser.get(f"/desk/audit/?who={PHONE}").content == b""


def test_a_phone_nobody_has_finds_nothing_and_says_so(client_for, auditor, trail):
    _place, page = ask(client_for(auditor), who="13900000001")
    assert titles(page) == set()
    assert "没有人用这个手机号" in page
    assert "没有这样的记录" in page


def test_a_person_stays_chosen_on_the_next_page_and_with_another_filter(client_for, auditor, trail):
    from kernel import audit

    for _ in range(50):
        audit.record("product.publish", by=trail, county="230184", title="又一件")
    browser = client_for(auditor)
    place, page = ask(browser, who=PHONE)
    assert f"person={trail.pk}&amp;page=2" in page
    assert titles(browser.get(f"{place}&page=2").content.decode()) == {"长粒香", "秋木耳"}
    _place, page = ask(browser, person=str(trail.pk), action="product.withdraw")
    assert titles(page) == {"秋木耳"}


@pytest.mark.parametrize("person", ["-1", "x", "9" * 10, "9" * 19, "１２", "1 or 1"])
def test_what_is_no_number_of_a_person_narrows_nothing(client_for, auditor, trail, person):
    page = client_for(auditor).get("/desk/audit/", {"person": person}).content.decode()
    assert titles(page) == {"长粒香", "秋木耳", "小碗耳", "椴树蜜"}


def test_the_half_one_may_not_read_stays_hidden(client_for, trail):
    from kernel import audit

    audit.record("sign_in", by=trail, title="登录了一次")
    coordinator = make_person("coordinator", name="省里的人")
    _place, page = ask(client_for(coordinator), who=PHONE)
    assert titles(page) == {"长粒香", "秋木耳"}
    assert "登录了一次" not in page


def test_who_may_not_read_the_trail_learns_nothing_of_a_phone(client_for, trail):
    answer = client_for(make_user("路人")).get("/desk/audit/", {"who": PHONE})
    assert answer.status_code == 403
    assert str(trail.pk) not in answer.headers.get("Location", "")


def test_who_reads_one_half_is_told_which_and_who_reads_the_other(client_for, coordinator, auditor, trail):
    from kernel import audit

    audit.record("phone.reveal", by=trail, title="看过的人")
    _place, page = ask(client_for(coordinator), who="王主", action="phone.reveal")
    assert "这里是业务的那一半" in page
    assert "安全管理员" in page
    assert "这一半里没有这样的记录" in page
    assert "看过的人" not in page
    assert '<option value="phone.reveal"' not in page, "nothing is to be found by it here"
    _place, page = ask(client_for(make_person("security_admin")), who="王主")
    assert "这里是安全的那一半" in page
    assert "省级协调员" in page
    assert "看过的人" in page
    assert '<option value="product.publish"' not in page
    _place, page = ask(client_for(auditor), who="王主")
    assert "那一半" not in page
    assert {"phone.reveal", "product.publish"} <= {
        one for one in ("phone.reveal", "product.publish") if f'value="{one}"' in page
    }
    _place, page = ask(client_for(auditor), who="没有这个人")
    assert "没有这样的记录，换个条件再找。" in page
    assert "这一半里" not in page


def test_no_two_acts_have_the_same_words():
    from collections import Counter

    from django.utils import translation

    from console import audit_words

    for language in ("zh-hans", "en"):
        with translation.override(language):
            twice = [name for name, times in Counter(map(str, audit_words.ACTIONS.values())).items() if times > 1]
        assert twice == [], language
