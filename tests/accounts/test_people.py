"""Invitations, roles given and taken, the people's screen."""

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import tenant_context

from accounts import roles, second_factor, selectors, services
from accounts.errors import InvitationSpent, NotYours, SecondFactorMissing
from accounts.messages.carriers import Accepted
from accounts.models import Invitation, Membership, ResetRequest, SmsMessage, User
from accounts.services import invitations
from accounts.tasks import send_waiting_sms
from kernel import clock
from kernel.models import AuditEntry, InboxItem, OutboxRow
from tests.accounts.hours import until_noon
from tests.factories.people import give_role, make_person, make_user

PHONE = "19955556666"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PEOPLE = "/c/wuchang/desk/people/"


@pytest.fixture
def issued(manager):
    return services.invite(phone=PHONE, name="孙编辑", role="county_editor", county_code="230184", by=manager)


def test_an_invitation_is_a_link_in_a_text_message(issued):
    message = SmsMessage.objects.get()
    assert issued.link in message.body
    assert OutboxRow.objects.get(kind="sms.send").payload == {"sms": message.pk}


def test_who_is_invited_sets_a_password_and_stands_at_the_desk(client, issued):
    path = f"/invite/{issued.token}/"
    assert "五常市" in client.get(path).content.decode()
    response = client.post(path, {"name": "孙编辑", "password": "village-ladder-7", "again": "village-ladder-7"})
    assert response.url == "/c/wuchang/desk/"
    user = User.objects.with_phone(PHONE)
    assert user.check_password("village-ladder-7")
    assert roles.has_role(user, roles.COUNTY_EDITOR, "230184")
    assert selectors.first_sign_in("230184") is not None
    assert user.groups.filter(name="c230184:editor").exists()


def test_all_that_is_wrong_with_a_password_is_said_at_once_in_the_language_of_the_page(client, issued):
    page = client.post(
        f"/invite/{issued.token}/", {"name": "孙编辑", "password": "abc", "again": "abd"}
    ).content.decode()
    assert "密码太短了，至少写 10 个字" in page
    assert "两遍写的不一样" in page
    assert "too short" not in page


def test_a_password_is_not_needed_where_a_code_is_enough(client, issued):
    client.post(f"/invite/{issued.token}/", {"name": "孙编辑", "password": "", "again": ""})
    assert not User.objects.with_phone(PHONE).has_usable_password()


def test_an_invitation_works_once(client, client_for, issued):
    services.accept_invitation(issued.token, password="village-ladder-7")
    with pytest.raises(InvitationSpent):
        services.accept_invitation(issued.token, password="another-one-77")
    assert client.get(f"/invite/{issued.token}/").status_code == 404


def test_an_invitation_ends_after_seven_days(client, issued):
    clock.shift(timedelta(days=7, seconds=1))
    assert client.get(f"/invite/{issued.token}/").status_code == 404
    with pytest.raises(InvitationSpent):
        services.accept_invitation(issued.token)
    assert list(selectors.pending_invitations("230184")) == [issued.invitation]


def test_sending_again_gives_seven_more_days_and_ends_the_old_link(issued, manager):
    clock.shift(timedelta(days=8))
    again = services.resend_invitation(issued.invitation, by=manager)
    assert services.find_invitation(issued.token) is None
    assert services.find_invitation(again.token) == issued.invitation
    assert again.invitation.sent_count == 2


def test_a_withdrawn_invitation_is_worth_nothing(client, issued, manager):
    services.revoke_invitation(issued.invitation, by=manager)
    assert client.get(f"/invite/{issued.token}/").status_code == 404


def test_inviting_the_same_phone_twice_keeps_one_invitation(issued, manager):
    services.invite(phone=PHONE, name="孙编辑", role="county_editor", county_code="230184", by=manager)
    assert Invitation.objects.count() == 1


def test_the_token_is_not_in_the_database(issued):
    assert issued.token not in str(Invitation.objects.values().get())


def test_a_link_alone_does_not_open_an_account_that_exists(client, client_for, issued):
    owner = make_user("孙编辑", phone=PHONE)
    other = make_user("别人")
    page = client.get(f"/invite/{issued.token}/").content.decode()
    assert "/sign-in/?next=" in page
    before = owner.password
    client.post(f"/invite/{issued.token}/", {"name": "x", "password": "village-ladder-7", "again": "village-ladder-7"})
    client_for(other).post(f"/invite/{issued.token}/", {})
    owner.refresh_from_db()
    assert owner.password == before
    assert not Membership.objects.filter(role="county_editor").exists()
    client_for(owner).post(f"/invite/{issued.token}/", {})
    assert roles.has_role(owner, "county_editor", "230184")


def test_a_coordinator_comes_in_with_a_second_factor_only(client, coordinator):
    issued = services.invite(phone=PHONE, name="新协调员", role="coordinator", by=coordinator)
    with pytest.raises(SecondFactorMissing):
        services.accept_invitation(issued.token, password="village-ladder-7")
    assert User.objects.with_phone(PHONE) is None
    page = client.get(f"/invite/{issued.token}/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    form = {"name": "新协调员", "password": "village-ladder-7", "again": "village-ladder-7"}
    assert client.post(f"/invite/{issued.token}/", {**form, "code": "000000"}).status_code == 200
    from tests.accounts.test_sign_in import app_code

    done = client.post(f"/invite/{issued.token}/", {**form, "code": app_code(secret)})
    assert len(re.findall(r"<li><code>", done.content.decode())) == 10
    assert roles.has_role(User.objects.with_phone(PHONE), "coordinator")
    assert client.get("/desk/people/").status_code == 200


@pytest.mark.parametrize(
    ("role", "place"),
    [("coordinator", ""), ("county_editor", "231086"), ("county_manager", "231086"), ("designer", "")],
)
def test_a_county_manager_invites_into_the_own_county_only(manager, role, place):
    with pytest.raises(NotYours):
        services.invite(phone=PHONE, name="甲", role=role, county_code=place, by=manager)
    assert not Invitation.objects.exists()


def test_a_revoked_person_is_out_at_the_next_request(client_for, manager, editor, coordinator):
    other = make_person("county_manager", "230184")
    browser = client_for(other)
    assert browser.get(PEOPLE).status_code == 200
    services.revoke_membership(other.memberships.get(), by=coordinator)
    assert browser.get(PEOPLE).headers["Location"].startswith("/sign-in/"), "the session ended with the role"
    other.refresh_from_db()
    assert client_for(other).get(PEOPLE).status_code == 404


def test_revoking_takes_the_wagtail_group_too(manager, editor, wuchang):
    from accounts.backends import PhoneBackend

    with tenant_context(wuchang):
        assert PhoneBackend().get_user(editor.pk).has_perm("wagtailadmin.access_admin")
    services.revoke_membership(editor.memberships.get(), by=manager)
    with tenant_context(wuchang):
        assert not PhoneBackend().get_user(editor.pk).has_perm("wagtailadmin.access_admin")


def test_permissions_are_those_of_the_county_one_stands_in(editor, wuchang, dongning):
    with tenant_context(wuchang):
        assert editor.has_perm("wagtailadmin.access_admin")
    with tenant_context(dongning):
        assert not editor.has_perm("wagtailadmin.access_admin")
    assert connection.schema_name == "public"
    assert not editor.has_perm("wagtailadmin.access_admin")


def test_a_closed_account_is_out_at_the_next_request(client_for, editor, manager):
    browser = client_for(editor)
    assert browser.get("/me/").status_code == 200
    services.deactivate_person(editor, by=manager)
    assert browser.get("/me/").status_code == 302


def test_a_county_cannot_close_somebody_who_also_works_elsewhere(manager, editor):
    give_role(editor, "county_editor", "231086")
    with pytest.raises(NotYours):
        services.deactivate_person(editor, by=manager)
    assert User.objects.get(pk=editor.pk).is_active


def test_a_manager_elsewhere_changes_nobody_here(manager_elsewhere, editor, client_for):
    seat = editor.memberships.get()
    for act in (
        lambda: services.revoke_membership(seat, by=manager_elsewhere),
        lambda: services.change_role(seat, role="work_team", by=manager_elsewhere),
        lambda: services.reveal_phone(editor, by=manager_elsewhere),
        lambda: services.reset_second_factor(editor, by=manager_elsewhere, reason="x"),
        lambda: services.print_code(editor, by=manager_elsewhere),
    ):
        with pytest.raises(NotYours):
            act()
    assert roles.has_role(editor, "county_editor", "230184")


def test_changing_a_role_ends_the_one_before(manager, editor):
    services.change_role(editor.memberships.get(), role="county_manager", by=manager)
    assert {seat.role for seat in roles.memberships(editor)} == {"county_manager"}
    assert set(editor.groups.values_list("name", flat=True)) == {"c230184:manager"}


def test_a_lost_second_factor_of_a_coordinator_needs_two_people(coordinator):
    lost = make_person("coordinator", name="丢手机的")
    second = make_person("coordinator", name="第二位")
    second_factor.set_up(lost, SECRET)
    request = services.reset_second_factor(lost, by=coordinator, reason="换了手机")
    assert second_factor.is_set_up(lost)
    assert InboxItem.objects.filter(kind="second_factor.reset", done_at=None).count() == 1
    for wrong in (coordinator, lost):
        with pytest.raises(NotYours):
            services.approve_reset(request, by=wrong)
    assert second_factor.is_set_up(lost)
    services.approve_reset(request, by=second)
    assert not second_factor.is_set_up(lost)
    assert not InboxItem.objects.filter(kind="second_factor.reset", done_at=None).exists()
    with pytest.raises(NotYours):
        services.approve_reset(request, by=second)


def test_a_request_nobody_answers_ends(coordinator):
    lost, second = make_person("coordinator"), make_person("coordinator")
    request = services.reset_second_factor(lost, by=coordinator, reason="换了手机")
    clock.shift(timedelta(days=4))
    with pytest.raises(NotYours):
        services.approve_reset(request, by=second)
    assert ResetRequest.objects.get().approved_at is None


@pytest.mark.parametrize("who", ["the one who asked", "the second"])
def test_a_request_can_be_taken_back_or_refused(client_for, coordinator, who):
    lost = make_person("coordinator", name="丢手机的")
    second_factor.set_up(lost, SECRET)
    request = services.reset_second_factor(lost, by=coordinator, reason="换了手机")
    by = coordinator if who == "the one who asked" else make_person("coordinator")
    page = client_for(by).get("/desk/people/").content.decode()
    drop = f"/desk/people/reset/{request.pk}/drop/"
    assert drop in page
    assert ("撤回申请" in page) == (by == coordinator)
    with pytest.raises(NotYours):
        services.drop_reset(request, by=lost)
    assert "不重设了" in client_for(by).post(drop, follow=True).content.decode()
    assert second_factor.is_set_up(lost)
    assert InboxItem.objects.get(kind="second_factor.reset").outcome == "second_factor.reset_dropped"
    with pytest.raises(NotYours, match="办过或过期"):
        services.approve_reset(request, by=make_person("coordinator"))
    with pytest.raises(NotYours):
        services.drop_reset(request, by=by)


def test_a_reset_ends_the_persons_sessions(client_for, manager, editor):
    second_factor.set_up(editor, SECRET)
    browser = client_for(editor)
    assert browser.get("/me/").status_code == 200
    services.reset_second_factor(editor, by=manager, reason="换了手机")
    assert browser.get("/me/").status_code == 302


def test_each_reveal_of_a_phone_is_written_down(client_for, manager, editor):
    browser = client_for(manager)
    page = browser.get(PEOPLE).content.decode()
    assert editor.phone not in page
    assert editor.masked_phone in page
    assert browser.get(f"{PEOPLE}{editor.pk}/phone/").status_code == 405
    shown = browser.post(f"{PEOPLE}{editor.pk}/phone/").content.decode()
    assert editor.phone in shown
    entry = AuditEntry.objects.get(action="phone.reveal")
    assert (entry.by_id, entry.object_id, entry.county_code) == (manager.pk, str(editor.pk), "230184")
    assert editor.phone not in browser.get(PEOPLE).content.decode()


MAY_SEE = {"stranger": 302, "shopper": 404, "editor": 403, "team_member": 403, "manager_elsewhere": 404}


@pytest.mark.parametrize(
    ("who", "status"), [*MAY_SEE.items(), ("manager", 200), ("coordinator", 200), ("auditor", 200)]
)
def test_who_sees_a_countys_people(request, client_for, wuchang, who, status):
    user = None if who == "stranger" else request.getfixturevalue(who)
    assert client_for(user).get(PEOPLE).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("stranger", 302), ("shopper", 403), ("manager", 403), ("coordinator", 200), ("auditor", 200)]
)
def test_who_sees_the_provinces_people(request, client_for, db, who, status):
    user = None if who == "stranger" else request.getfixturevalue(who)
    assert client_for(user).get("/desk/people/").status_code == status


ACTS = [
    "invite/",
    "print/",
    "invitation/{invitation}/resend/",
    "invitation/{invitation}/revoke/",
    "invitation/{invitation}/phone/",
]
ACTS += [
    "seat/{seat}/",
    "seat/{seat}/revoke/",
    "{person}/phone/",
    "{person}/code/",
    "{person}/reset/",
    "{person}/close/",
]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("who", "statuses"), [("auditor", {403}), ("editor", {403}), ("manager_elsewhere", {404})])
def test_a_refused_act_changes_nothing(request, client_for, issued, team_member, act, who, statuses):
    numbers = {"invitation": issued.invitation.pk, "seat": team_member.memberships.get().pk, "person": team_member.pk}
    browser = client_for(request.getfixturevalue(who))
    before = _state()
    body = {"phone": "19912121212", "name": "甲", "role": "county_editor", "reason": "x"}
    response = browser.post(PEOPLE + act.format(**numbers), body)
    assert response.status_code in statuses
    assert _state() == before


@pytest.mark.parametrize("act", [act for act in ACTS if "{" in act])
def test_another_countys_people_are_not_to_be_found_from_here(client_for, issued, team_member, manager_elsewhere, act):
    numbers = {"invitation": issued.invitation.pk, "seat": team_member.memberships.get().pk, "person": team_member.pk}
    before = _state()
    response = client_for(manager_elsewhere).post("/c/dongning/desk/people/" + act.format(**numbers), {"reason": "x"})
    assert response.status_code == 404
    assert _state() == before


def _state():
    return (
        list(Membership.objects.order_by("pk").values()),
        list(Invitation.objects.order_by("pk").values("token_hash", "revoked_at", "sent_count")),
        list(User.objects.order_by("pk").values("is_active", "session_round")),
        SmsMessage.objects.count(),
        AuditEntry.objects.exclude(action="sign_in").count(),
    )


@pytest.mark.parametrize("place", ["/desk/people/", PEOPLE])
def test_a_wrong_invitation_comes_back_first_on_the_page(client_for, coordinator, issued, place):
    """The list of people may be long: below it nobody would see what was wrong."""
    browser = client_for(coordinator)
    page = browser.get(place).content.decode()
    assert page.index('id="invite"') > page.index('class="table-tools"')
    answer = browser.post(f"{place}invite/", {"phone": "12", "name": "钱", "role": ""})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert page.count('id="invite"') == 1
    assert page.index('class="errors" role="alert" tabindex="-1"') < page.index('class="table-tools"')
    assert 'href="#id_phone"' in page
    assert 'value="钱"' in page


def test_a_manager_does_everything_from_the_screen(client_for, manager, wuchang):
    browser = client_for(manager)
    assert browser.post(f"{PEOPLE}invite/", {"phone": PHONE, "name": "钱", "role": "county_editor"}).status_code == 302
    invitation = Invitation.objects.get()
    assert "钱" in browser.get(PEOPLE).content.decode()
    assert browser.post(f"{PEOPLE}invitation/{invitation.pk}/resend/").status_code == 302
    printed = browser.post(f"{PEOPLE}print/").content.decode()
    link = re.search(r"/invite/([\w-]+)/", printed)[1]
    assert "<svg" in printed
    person = services.accept_invitation(link, password="village-ladder-7").user
    seat = person.memberships.get()
    assert browser.get(f"{PEOPLE}seat/{seat.pk}/").status_code == 200
    assert browser.post(f"{PEOPLE}seat/{seat.pk}/", {"role": "work_team"}).status_code == 302
    changed = Membership.objects.current().get(user=person)
    assert changed.role == "work_team"
    assert re.search(r"\d{4} \d{4}", browser.post(f"{PEOPLE}{person.pk}/code/").content.decode())
    assert browser.post(f"{PEOPLE}seat/{changed.pk}/revoke/").status_code == 302
    assert not Membership.objects.current().filter(user=person).exists()


def test_the_province_keeps_a_countys_people_too(client_for, coordinator, editor):
    page = client_for(coordinator).get("/desk/people/?county=230184").content.decode()
    assert editor.name in page
    assert client_for(coordinator).get("/desk/people/?county=999999").status_code == 404


def test_a_text_message_is_sent_once_and_then_wiped(issued, monkeypatch, django_capture_on_commit_callbacks):
    sent = []

    class Carrier:
        def send(self, letter):
            sent.append((letter.to, letter.params["token"]))
            return Accepted("1")

    monkeypatch.setattr("accounts.messages.sending.carrier", Carrier)
    clock.shift(until_noon())
    number = SmsMessage.objects.get().pk
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            send_waiting_sms({"sms": number}, "")
    assert sent == [(PHONE, issued.token)]
    message = SmsMessage.objects.get()
    assert (message.body, message.params, message.state) == ("", "", "sent")


def test_without_a_carrier_the_message_says_so(issued, settings, django_capture_on_commit_callbacks):
    settings.JIETI_DEMO = False
    clock.shift(until_noon())
    with django_capture_on_commit_callbacks(execute=True):
        send_waiting_sms({"sms": SmsMessage.objects.get().pk}, "")
    assert SmsMessage.objects.get().state == "unsent"


def test_reminding_sends_invited_people_a_fresh_link_and_the_others_a_sentence(manager, coordinator, monkeypatch):
    monkeypatch.setattr(invitations, "can_send", lambda: True)
    services.invite(phone=PHONE, name="副主任", role="county_manager", county_code="230184", by=coordinator)
    before = SmsMessage.objects.count()
    assert services.remind(county_code="230184", sentence="请写第一篇故事。", by=coordinator) == 2
    assert SmsMessage.objects.count() == before + 2


def test_without_a_carrier_no_reminder_ends_the_link_on_paper(coordinator, dongning, client):
    waiting = services.invite(
        phone=PHONE, name="主任", role="county_manager", county_code="231086", by=coordinator
    ).invitation
    printed = services.print_invitations([waiting], by=coordinator)[0]
    with pytest.raises(NotYours, match="打印的邀请照旧能用"):
        services.remind(county_code="231086", sentence="请登录。", by=coordinator)
    assert client.get(f"/invite/{printed.token}/").status_code == 200


def test_nobody_comes_in_to_an_archived_county(coordinator, dongning, client):
    from tenants.services import archive_county

    issued = services.invite(phone=PHONE, name="主任", role="county_manager", county_code="231086", by=coordinator)
    assert client.get(f"/invite/{issued.token}/").status_code == 200
    archive_county(dongning, by=coordinator, note="并了")
    assert client.get(f"/invite/{issued.token}/").status_code == 404
    with pytest.raises(NotYours, match="归档"):
        services.invite(phone=PHONE, name="主任", role="county_manager", county_code="231086", by=coordinator)


def test_the_command_prints_the_first_coordinators_link(db, capsys, client):
    call_command("person", "invite", "--role", "coordinator", "--phone", PHONE, "--name", "第一位")
    link = capsys.readouterr().out.strip()
    assert re.fullmatch(r"https?://[^/]+/invite/[\w-]+/", link)
    assert client.get("/" + link.split("/", 3)[3]).status_code == 200


def test_the_command_prints_a_code(alice, capsys):
    call_command("person", "code", "19900001111")
    assert services.person_with_code(alice.phone, capsys.readouterr().out.strip()) == alice


def test_who_had_left_leaves_again_after_a_province_came_back_from_before(editor, manager, capsys):
    with pytest.raises(CommandError, match="没有这个编号"):
        call_command("person", "gone", str(editor.pk), "--name", manager.name)
    call_command("person", "gone", str(editor.pk), "--name", editor.name)
    editor.refresh_from_db()
    assert (editor.name, editor.phone, editor.is_active) == ("已注销", "", False)
    assert editor.left_at is not None
    with pytest.raises(CommandError, match="没有这个编号"):
        call_command("person", "gone", str(editor.pk), "--name", "已注销")
    with pytest.raises(CommandError, match="唯一的负责人"):
        call_command("person", "gone", str(manager.pk), "--name", manager.name)
    manager.refresh_from_db()
    assert manager.left_at is None


def test_a_message_speaks_the_readers_language(manager):
    from django.utils.translation import override

    with override("en"):
        services.invite(phone=PHONE, name="孙编辑", role="county_editor", county_code="230184", by=manager)
    assert "请您做县编辑" in SmsMessage.objects.get().body


def test_a_closed_account_can_be_opened_again(client_for, manager, editor):
    services.deactivate_person(editor, by=manager)
    browser = client_for(manager)
    assert f"{PEOPLE}{editor.pk}/open/" in browser.get(PEOPLE).content.decode()
    browser.post(f"{PEOPLE}{editor.pk}/open/")
    assert User.objects.get(pk=editor.pk).is_active


def test_the_chosen_language_stays_with_the_person(client_for, editor):
    client_for(editor).post("/me/language/", {"language": "en"})
    assert User.objects.get(pk=editor.pk).language == "en"


def test_a_new_password_ends_the_other_sessions(client_for, editor):
    from tests.factories.people import PASSWORD

    here, elsewhere = client_for(editor), client_for(editor)
    form = {"old": PASSWORD, "password": "another-ladder-8", "again": "another-ladder-8"}
    assert here.post("/me/password/", {**form, "old": "wrong"}).status_code == 200
    assert here.post("/me/password/", form).status_code == 302
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
