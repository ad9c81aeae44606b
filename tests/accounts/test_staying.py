"""S7: a console's session ends by itself after 15 minutes, on the server; in all it lasts 12 hours."""

import time
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts import services, staying
from kernel.models import AuditEntry
from tests.factories.people import PASSWORD, client_for, give_role, make_person

DESK, MINUTE, HOUR = "/c/wuchang/desk/products/", 60, 3600


@pytest.fixture
def passing(monkeypatch):
    """``passing(seconds)``: time goes by while nobody does anything."""
    gone = [0]
    monkeypatch.setattr(staying, "now", lambda: int(time.time()) + gone[0])

    def let_pass(seconds):
        gone[0] += seconds

    return let_pass


def is_in(browser, path=DESK):
    return browser.get(path).status_code == 200


# --- when it ends -----------------------------------------------------------------------------------
def test_a_console_ends_after_fifteen_minutes_of_nothing(editor, client_for, passing):
    browser = client_for(editor)
    assert is_in(browser)
    passing(14 * MINUTE)
    assert is_in(browser)
    passing(15 * MINUTE)
    answer = browser.get(DESK)
    assert answer.headers["Location"] == "/sign-in/?next=%2Fc%2Fwuchang%2Fdesk%2Fproducts%2F&ended=idle"
    assert "没有动作" in browser.get(answer.headers["Location"]).content.decode()


def test_the_session_is_gone_from_the_server_not_only_from_the_browser(editor, client_for, passing):
    browser = client_for(editor)
    assert is_in(browser)
    stolen = browser.cookies["jieti_session"].value
    passing(15 * MINUTE)
    browser.get(DESK)
    assert not Session.objects.filter(session_key=stolen).exists()
    thief = client_for()
    thief.cookies["jieti_session"] = stolen
    assert not is_in(thief)


@pytest.mark.parametrize("who", ["coordinator", "auditor"])
def test_the_provinces_desk_ends_too(request, client_for, passing, who):
    browser = client_for(request.getfixturevalue(who))
    assert is_in(browser, "/desk/")
    passing(15 * MINUTE)
    assert not is_in(browser, "/desk/")


def test_wagtails_desk_ends_too(editor, client_for, passing):
    browser = client_for(editor)
    assert is_in(browser, "/c/wuchang/cms/")
    passing(15 * MINUTE)
    assert browser.get("/c/wuchang/cms/").headers["Location"].startswith("/sign-in/")


def test_whoever_works_is_not_sent_away_until_twelve_hours_are_over(editor, client_for, passing):
    browser = client_for(editor)
    for _quarter in range(12 * 6 - 1):
        assert is_in(browser)
        passing(10 * MINUTE)
    assert is_in(browser)
    passing(10 * MINUTE)
    assert browser.get(DESK).headers["Location"].endswith("ended=over")


def test_a_shopper_page_is_answered_as_to_any_stranger(editor, client_for, passing):
    browser = client_for(editor)
    assert is_in(browser)
    passing(20 * MINUTE)
    page = browser.get("/")
    assert page.status_code == 200
    assert editor.name not in page.content.decode()


def test_a_shopper_stays_for_days(shopper, client_for, passing):
    browser = client_for(shopper)
    assert is_in(browser, "/me/")
    passing(3 * 24 * HOUR)
    assert is_in(browser, "/me/")


def test_a_work_team_in_a_village_without_a_network_stays_half_a_day(team_member, client_for, passing):
    browser = client_for(team_member)
    assert is_in(browser, "/c/wuchang/desk/mine/")
    passing(11 * HOUR)
    assert is_in(browser, "/c/wuchang/desk/mine/")
    passing(12 * HOUR)
    assert not is_in(browser, "/c/wuchang/desk/mine/")


def test_the_strictest_of_several_roles_counts(team_member, wuchang, client_for, passing):
    give_role(team_member, "county_editor", wuchang)
    browser = client_for(team_member)
    assert is_in(browser)
    passing(15 * MINUTE)
    assert not is_in(browser)


def test_the_mutant_that_forgets_to_look_lets_everybody_stay(editor, client_for, passing, settings):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != "accounts.middleware.SessionClock"]
    browser = client_for(editor)
    assert is_in(browser)
    passing(24 * HOUR)
    assert is_in(browser)


def test_what_a_page_asks_by_itself_is_no_sign_of_life(editor, client_for, passing):
    browser = client_for(editor)
    assert is_in(browser)
    for _minute in range(15):
        passing(MINUTE)
        browser.get("/me/left/")
    assert not is_in(browser)


def test_typing_is_a_sign_of_life(editor, client_for, passing):
    browser = client_for(editor)
    assert is_in(browser)
    for _minute in range(4):
        passing(10 * MINUTE)
        assert browser.post("/me/stay/").json()["left"] == 15 * MINUTE
    assert is_in(browser)


def test_an_ended_session_stands_in_the_trail(editor, client_for, passing):
    browser = client_for(editor)
    assert is_in(browser)
    passing(15 * MINUTE)
    browser.get(DESK)
    entry = AuditEntry.objects.get(action="session.idle")
    assert (entry.object_id, entry.by_name) == (str(editor.pk), editor.name)


def test_moving_the_demos_clock_signs_nobody_out(editor, client_for, settings):
    from datetime import timedelta

    from kernel import clock

    browser = client_for(editor)
    assert is_in(browser)
    clock.shift(timedelta(days=30))
    assert is_in(browser)


# --- nothing typed is lost ----------------------------------------------------------------------------
def test_after_a_button_the_way_back_is_the_page_on_which_it_stood(editor, client_for, passing):
    browser = client_for(editor)
    assert is_in(browser)
    passing(15 * MINUTE)
    answer = browser.post(
        f"{DESK}new/save/", {}, headers={"referer": "http://127.0.0.1/c/wuchang/desk/products/new/?x=1"}
    )
    assert "next=%2Fc%2Fwuchang%2Fdesk%2Fproducts%2Fnew%2F%3Fx%3D1" in answer.headers["Location"]


@pytest.mark.parametrize("evil", ["https://evil.example/x", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_is_never_somewhere_else(editor, client_for, passing, evil):
    browser = client_for(editor)
    assert is_in(browser)
    passing(15 * MINUTE)
    answer = browser.post(f"{DESK}new/save/", {}, headers={"referer": evil})
    assert "evil" not in answer.headers["Location"]


@pytest.mark.parametrize("page", ["/desk/", "/desk/people/"])
def test_every_desk_page_warns_and_keeps_what_is_typed(coordinator, client_for, page):
    told = client_for(coordinator).get(page).content.decode()
    assert 'data-idle="900"' in told
    assert f'data-person="{coordinator.username}"' in told


def test_the_script_keeps_nothing_private():
    script = (Path(__file__).resolve().parents[2] / "platform/web/static/staying.js").read_text(encoding="utf-8")
    assert "sessionStorage" in script
    assert "localStorage" not in script, "what a tab keeps goes with the tab; a shared machine keeps nothing"
    assert "/password|phone|id_number|code|secret" in script


# --- devices ----------------------------------------------------------------------------------------
def sign_in(person, agent="Mozilla/5.0 (Windows NT 10.0) Chrome/120"):
    browser = client_for()
    browser.post("/sign-in/", {"phone": person.phone, "password": PASSWORD}, headers={"user-agent": agent})
    return browser


def test_a_sign_in_begins_a_new_session(editor):
    browser = client_for()
    browser.post("/sign-in/code/", {"phone": editor.phone})
    before = browser.cookies["jieti_session"].value
    browser.post("/sign-in/", {"phone": editor.phone, "password": PASSWORD})
    after = browser.cookies["jieti_session"].value
    assert after != before
    assert not Session.objects.filter(session_key=before).exists()


def test_everybody_sees_where_they_are_signed_in(editor):
    phone = sign_in(editor, "Mozilla/5.0 (Linux; Android 10) MicroMessenger/8.0")
    page = sign_in(editor).get("/me/").content.decode()
    assert "微信 · Android" in page
    assert "Chrome · Windows" in page
    assert page.count("这一台") == 1
    assert phone.get("/me/").status_code == 200


def test_the_other_devices_are_signed_out_and_this_one_stays(editor):
    here, there = sign_in(editor), sign_in(editor)
    assert here.post("/me/elsewhere/end/").status_code == 302
    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    assert UserSession.objects.filter(user=editor).count() == 1


def test_some_minutes_later_the_password_is_asked_once_more(editor, passing):
    here, there = sign_in(editor), sign_in(editor)
    passing(6 * MINUTE)
    assert here.post("/me/elsewhere/end/", {"again": "not the password"}).status_code == 400
    assert there.get("/me/").status_code == 200
    assert here.post("/me/elsewhere/end/", {"again": PASSWORD}).status_code == 302
    assert there.get("/me/").status_code == 302


def test_a_taken_role_ends_every_session(editor, manager):
    here, there = sign_in(editor), sign_in(editor)
    services.revoke_membership(editor.memberships.get(), by=manager)
    assert [one.get("/me/").status_code for one in (here, there)] == [302, 302]


def test_a_new_password_ends_the_others(editor):
    here, there = sign_in(editor), sign_in(editor)
    new = "another-long-enough-9"
    here.post("/me/password/", {"old": PASSWORD, "password": new, "again": new})
    assert [one.get("/me/").status_code for one in (here, there)] == [200, 302]
    assert UserSession.objects.filter(user=editor, session_key=here.cookies["jieti_session"].value).exists()


def test_signing_out_ends_the_session_on_the_server(editor):
    browser = sign_in(editor)
    key = browser.cookies["jieti_session"].value
    browser.post("/sign-out/")
    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.filter(session_key=key).exists()
    assert AuditEntry.objects.filter(action="sign_out").count() == 1


def test_somebody_with_a_role_in_the_province_lasts_no_longer_than_a_console(db):
    from accounts import roles

    for role in roles.ROLES.values():
        console = role.code not in {"shopper", "work_team", "producer"}
        assert not console or (role.idle_minutes, role.hours) == (15, 12), role.code
    assert min(role.idle_minutes for role in roles.ROLES.values()) * MINUTE == staying.SHORTEST_IDLE
    assert min(role.hours for role in roles.ROLES.values()) * HOUR == staying.SHORTEST_LIFE
    assert staying.lasting(make_person("designer")).idle == 15 * MINUTE


def test_who_keeps_people_ends_a_colleagues_sessions(editor, manager, client_for):
    here, there = sign_in(editor), sign_in(editor)
    answer = client_for(manager).post(f"/c/wuchang/desk/people/{editor.pk}/sessions/end/")
    assert answer.status_code == 302
    assert [one.get("/me/").status_code for one in (here, there)] == [302, 302]
    assert sign_in(editor).get("/me/").status_code == 200, "they may come in again at once"
    assert AuditEntry.objects.get(action="session.ended_by").by == manager


def test_nobody_else_ends_them(editor, manager_elsewhere, client_for, coordinator):
    from accounts.errors import NotYours

    here = sign_in(editor)
    client_for(manager_elsewhere).post(f"/c/wuchang/desk/people/{editor.pk}/sessions/end/")
    assert here.get("/me/").status_code == 200
    officer = make_person("security_admin")
    with pytest.raises(NotYours):
        services.end_sessions(officer, by=coordinator)
