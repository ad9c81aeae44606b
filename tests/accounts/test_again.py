"""A stolen open session is not enough: what would be stolen through it asks once more who sits there."""

import time

import pytest
from django.urls import get_resolver

from accounts.models import Membership, ResetRequest
from accounts.services import deactivate_person, invite, reset_second_factor
from accounts.views import session as sessions
from kernel.models import AuditEntry, OutboxRow
from tests.accounts.test_own_data import long_ago
from tests.architecture.addresses import COUNTY, PROVINCE
from tests.factories.people import PASSWORD, client_for, give_role, make_person, make_user

pytestmark = pytest.mark.django_db
ASKS = "确认是您本人"
DESK = "/c/wuchang/desk/people/"
PROOF = {"proof_of": "deed", "again": PASSWORD}

# Every guarded address; a view that loses its guard, or one that gets it, is written here.
GUARDED = {
    "accounts:invite", "accounts:print_invitations", "accounts:seat", "accounts:revoke", "accounts:close",
    "accounts:reopen", "accounts:printed_code", "accounts:reset", "accounts:approve_reset", "accounts:phone",
    "accounts:invited_phone", "accounts:mail", "accounts:new_phone", "accounts:take_own", "accounts:take_county_archive",
    "console:county_suspend", "console:county_archive", "console:board_invite", "console:message_stop",
    "consents:phone", "brands:phone",
}  # fmt: skip


@pytest.fixture
def someone(wuchang):
    return make_person("work_team", wuchang, name="赵队员")


@pytest.fixture
def deeds(wuchang, dongning, manager, coordinator, someone):
    """name → who, where, what is sent."""
    closed = make_person("work_team", wuchang, name="停用的人")
    deactivate_person(closed, by=manager)
    invited = invite(phone="19955550001", name="受邀人", role="work_team", county_code="230184", by=manager).invitation
    reset_second_factor(make_person("coordinator", name="省里同事"), by=make_person("coordinator"), reason="换了手机")
    seat = Membership.objects.get(user=someone)
    dongning.contact_phone, dongning.contact_name = "19955550003", "联系人"
    dongning.save()
    new = {"phone": "19955550002", "name": "新人", "role": "county_editor"}
    return {
        "invite": (manager, f"{DESK}invite/", new),
        "print_invitations": (manager, f"{DESK}print/", {"invitation": [invited.pk]}),
        "seat": (manager, f"{DESK}seat/{seat.pk}/", {"role": "county_editor"}),
        "revoke": (manager, f"{DESK}seat/{seat.pk}/revoke/", {}),
        "close": (manager, f"{DESK}{someone.pk}/close/", {}),
        "reopen": (coordinator, f"/desk/people/{closed.pk}/open/", {}),
        "printed_code": (manager, f"{DESK}{someone.pk}/code/", {}),
        "reset": (manager, f"{DESK}{someone.pk}/reset/", {"reason": "换了手机"}),
        "approve": (coordinator, f"/desk/people/reset/{ResetRequest.objects.get().pk}/approve/", {}),
        "suspend": (coordinator, "/desk/counties/230184/suspend/", {"note": "盘点三天"}),
        "archive": (coordinator, "/desk/counties/230184/archive/", {"note": "并县"}),
        "board": (coordinator, "/desk/board/invite/", {"county": ["231086"]}),
        "stop": (make_person("system_admin"), "/desk/messages/stop/", {"kind": "reminder", "note": "试"}),
    }


def happened():
    return AuditEntry.objects.count(), OutboxRow.objects.count()


DEEDS = (
    "invite", "print_invitations", "seat", "revoke", "close", "reopen", "printed_code", "reset", "approve",
    "suspend", "archive", "board", "stop",
)  # fmt: skip


@pytest.mark.parametrize("name", DEEDS)
def test_an_open_session_is_asked_and_nothing_happens_until_it_is_proven(deeds, name):
    who, path, sent = deeds[name]
    browser, before = long_ago(client_for(who)), happened()
    answer = browser.post(path, sent)
    assert (answer.status_code, ASKS in answer.content.decode()) == (200, True)
    assert PASSWORD not in answer.content.decode()
    wrong = browser.post(path, {**sent, "proof_of": "deed", "again": "not-the-password"})
    assert (wrong.status_code, ASKS in wrong.content.decode()) == (400, True)
    assert happened() == before
    done = browser.post(path, {**sent, **PROOF})
    assert ASKS not in done.content.decode()
    assert done.status_code in {200, 302}
    assert happened() > before


@pytest.mark.parametrize("name", DEEDS)
def test_who_came_in_a_moment_ago_is_not_asked(deeds, name):
    who, path, sent = deeds[name]
    before = happened()
    assert ASKS not in client_for(who).post(path, sent).content.decode()
    assert happened() > before


def test_where_nothing_is_chosen_there_is_nothing_to_prove(deeds, coordinator):
    browser, before = long_ago(client_for(coordinator)), happened()
    answer = browser.post("/desk/board/invite/", {}, follow=True).content.decode()
    assert ASKS not in answer
    assert "先勾几个县" in answer
    assert happened() == before


def test_the_page_carries_all_that_was_sent_and_no_password(deeds, manager):
    who, path, sent = deeds["print_invitations"]
    sent = {"invitation": ["1", "2"], "again": "typed-elsewhere"}
    told = long_ago(client_for(who)).post(path, sent).content.decode()
    assert told.count('name="invitation"') == 2
    assert "typed-elsewhere" not in told
    assert 'name="proof_of" value="deed"' in told


def test_whoever_thinks_better_of_it_finds_the_way_back(manager, someone):
    path, came = f"{DESK}{someone.pk}/code/", {"Referer": "http://127.0.0.1/c/wuchang/desk/people/?q=x"}
    link = f'href="{DESK}"'
    browser = long_ago(client_for(manager))
    assert link in browser.post(path, headers=came).content.decode()
    second = {"proof_of": "deed", "proof_back": DESK, "again": "guess"}
    assert link in browser.post(path, second).content.decode()
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        told = browser.post(path, {"proof_of": "deed", "proof_back": elsewhere}).content.decode()
        assert "evil" not in told
        assert "javascript:" not in told


def test_one_proof_is_enough_for_some_minutes(deeds, manager, someone):
    browser = long_ago(client_for(manager))
    assert browser.post(f"{DESK}{someone.pk}/code/", PROOF).status_code == 200
    assert ASKS not in browser.post(f"{DESK}{someone.pk}/code/").content.decode()
    session = browser.session
    session[sessions.PROVED] = int(time.time()) - sessions.FRESH - 1
    session.save()
    assert ASKS in browser.post(f"{DESK}{someone.pk}/code/").content.decode()


def test_who_may_not_come_in_is_not_asked_but_refused(deeds, editor, manager_elsewhere, someone):
    for who, status in ((editor, 403), (manager_elsewhere, 404)):
        assert long_ago(client_for(who)).post(f"{DESK}{someone.pk}/code/").status_code == status


def test_guessing_is_locked(deeds, manager, someone):
    browser = long_ago(client_for(manager))
    for _time in range(5):
        browser.post(f"{DESK}{someone.pk}/code/", {"proof_of": "deed", "again": "guess"})
    answer = browser.post(f"{DESK}{someone.pk}/code/", PROOF)
    assert answer.status_code == 400
    assert "15 分钟" in answer.content.decode()


def test_who_has_neither_password_nor_app_comes_in_once_more(wuchang, someone):
    by_code = give_role(make_user("刘主任", password=None), "county_manager", wuchang)
    browser, before = long_ago(client_for(by_code)), happened()
    for sent in ({}, {"proof_of": "deed"}):
        told = browser.post(f"{DESK}{someone.pk}/close/", sent).content.decode()
        assert "退出，重新登录" in told
    assert happened() == before


def test_five_phones_an_hour_and_then_a_proof(manager, someone):
    browser, path = long_ago(client_for(manager)), f"{DESK}{someone.pk}/phone/"
    shown = [someone.phone in browser.post(path).content.decode().replace(" ", "") for _time in range(6)]
    assert shown == [True] * 5 + [False]
    assert ASKS in browser.post(path).content.decode()
    assert someone.phone in browser.post(path, PROOF).content.decode().replace(" ", "")


def test_ones_own_archive_is_taken_only_after_a_proof(shopper, settings, tmp_path):
    from accounts.models import Archive
    from kernel import outbox

    settings.PRIVATE_ROOT = tmp_path / "private"
    browser = long_ago(client_for(shopper))
    browser.post("/me/data/ask/")
    while outbox.relay_once():
        pass
    path = f"/me/data/{Archive.objects.get().pk}/"
    asked = browser.get(path)
    assert ASKS in asked.content.decode()
    assert browser.post(path).status_code == 405
    assert browser.post(path, {"proof_of": "reading", "again": "guess"}).status_code == 400
    proven = browser.post(path, {"proof_of": "reading", "again": PASSWORD})
    assert (proven.status_code, proven["Location"]) == (302, path)
    taken = browser.get(path)
    assert b"".join(taken.streaming_content).startswith(b"PK")
    taken.close()


def test_who_has_no_password_sets_none_in_an_open_session(db):
    person = make_user("钱阿姨", password=None)
    new = {"password": "a-very-long-secret-8", "again": "a-very-long-secret-8"}
    browser = long_ago(client_for(person))
    told = browser.post("/me/password/", new).content.decode()
    assert ASKS in told
    assert "a-very-long-secret-8" not in told
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert client_for(person).post("/me/password/", new).status_code == 302
    person.refresh_from_db()
    assert person.has_usable_password()


def test_nobody_binds_a_phone_of_their_own_to_an_open_session(shopper):
    told = long_ago(client_for(shopper, second_factor=False)).get("/sign-in/second-factor/").content.decode()
    assert ASKS in told
    assert "<svg" not in told.partition("<main")[2].partition("</main")[0]
    assert ASKS not in client_for(shopper, second_factor=False).get("/sign-in/second-factor/").content.decode()


def guarded(patterns, spaces=()):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from guarded(pattern.url_patterns, (*spaces, *filter(None, [pattern.namespace])))
        elif getattr(pattern.callback, "asks_again", False):
            yield ":".join([*spaces, pattern.name])


def test_the_guarded_addresses_are_these():
    found = {name for place in (PROVINCE, COUNTY) for name in guarded(get_resolver(place).url_patterns)}
    assert found == GUARDED
