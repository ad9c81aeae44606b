"""How far an invitation has come, and what is said of messages that sleep till morning."""

import json
import re
from datetime import timedelta

import pytest

from accounts import reach, roles, services
from accounts.models import Invitation, SmsMessage
from accounts.states import SmsState
from kernel import clock, outbox
from tests.accounts.hours import until, until_noon

pytestmark = pytest.mark.django_db
PHONE = "19955557777"
CONSOLE = "accounts.messages.carriers.ConsoleCarrier"
NIGHT = "夜里不发短信，早上 8 点发。"


@pytest.fixture(autouse=True)
def by_day(settings):
    """A carrier and noon; tests of the night move on from here."""
    settings.SMS_CARRIER = CONSOLE
    clock.shift(until_noon())


@pytest.fixture
def invited(coordinator, wuchang):
    return services.invite(
        phone=PHONE, name="孙主任", role=roles.COUNTY_MANAGER, county_code="230184", by=coordinator
    ).invitation


def text(state):
    SmsMessage.objects.update(state=state)


def stands():
    return reach.by_county(roles.COUNTY_MANAGER)["230184"]


@pytest.mark.parametrize(
    ("state", "words", "is_out"),
    [
        (SmsState.WAITING, "邀请写好了，短信还没发", False),
        (SmsState.SENDING, "邀请写好了，短信还没发", False),
        (SmsState.HELD, "邀请写好了，短信停着没发", False),
        (SmsState.SENT, "邀请发到手机了", True),
        (SmsState.UNKNOWN, "邀请的短信不知道到没到，打印一份给他", False),
        (SmsState.REFUSED, "邀请的短信没发出去，打印给他", False),
        (SmsState.DROPPED, "邀请的短信没发出去，打印给他", False),
        (SmsState.UNSENT, "邀请的短信没发出去，打印给他", False),
    ],
)
def test_the_word_follows_the_text_message(invited, state, words, is_out):
    text(state)
    assert (stands().words, stands().is_out) == (words, is_out)


@pytest.mark.parametrize("end", ["revoke", "print", "again", "accept"])
def test_a_text_message_whose_link_is_void_never_leaves(coordinator, invited, settings, end):
    """At night it waits till eight; meanwhile the invitation was revoked, printed, sent anew or taken up."""
    other = services.invite(
        phone=PHONE, name="孙主任", role=roles.COUNTY_EDITOR, county_code="230184", by=coordinator
    ).invitation
    first, others = SmsMessage.objects.order_by("pk")
    if end == "revoke":
        services.revoke_invitation(invited, by=coordinator)
    elif end == "print":
        services.print_invitations([invited], by=coordinator)
    elif end == "again":
        services.resend_invitation(invited, by=coordinator)
    else:
        token = json.loads(first.params)["token"]
        services.accept_invitation(token, name="孙主任", password="a-long-enough-password")
    first.refresh_from_db()
    others.refresh_from_db()
    assert (first.state, first.trouble, first.body) == (SmsState.DROPPED, "void", "")
    assert others.state == SmsState.WAITING, "another role's link still opens"
    assert other.is_open()
    while outbox.relay_once():
        pass
    first.refresh_from_db()
    assert first.state == SmsState.DROPPED


def test_at_night_it_says_eight_oclock(invited):
    clock.shift(until(23))
    assert stands().words == "邀请写好了，早上 8 点发短信"


def test_on_paper_it_is_out_and_a_later_text_message_counts_again(invited, coordinator):
    services.print_invitations([invited], by=coordinator)
    assert (stands().words, stands().is_out) == ("邀请打印了", True)
    services.resend_invitation(invited, by=coordinator)
    assert (stands().words, stands().is_out) == ("邀请写好了，短信还没发", False)


def test_what_ran_out_was_out_and_asks_for_another(invited):
    text(SmsState.SENT)
    Invitation.objects.update(expires_at=clock.now() - timedelta(days=1))
    assert (stands().words, stands().is_out) == ("邀请过期了，再请一次", True)


def test_of_two_the_one_that_came_further_is_told(invited, coordinator):
    services.invite(phone="19955558888", name="李主任", role=roles.COUNTY_MANAGER, county_code="230184", by=coordinator)
    SmsMessage.objects.filter(phone_hash=invited.phone_hash).update(state=SmsState.SENT)
    assert stands().words == "邀请发到手机了"
    Invitation.objects.filter(pk=invited.pk).update(revoked_at=clock.now())
    assert stands().words == "邀请写好了，短信还没发"


def test_taken_up_says_so(invited):
    Invitation.objects.update(used_at=clock.now())
    assert stands().words == "接受了邀请"


# --- what the screens say -------------------------------------------------------------------------
def invite(client_for, who):
    form = {"phone": PHONE, "name": "孙编辑", "role": "county_editor"}
    return client_for(who).post("/c/wuchang/desk/people/invite/", form, follow=True).content.decode()


def test_by_day_an_invitation_is_sent(client_for, manager):
    page = invite(client_for, manager)
    assert "邀请发给孙编辑了" in page
    assert NIGHT not in page


def test_at_night_the_screen_says_when_it_goes_and_by_day_again_not(client_for, manager):
    clock.shift(until(23))
    page = invite(client_for, manager)
    assert "给孙编辑的邀请写好了，7 天内有效。" + NIGHT in page
    waiting = Invitation.objects.get(role="county_editor")
    again = client_for(manager).post(f"/c/wuchang/desk/people/invitation/{waiting.pk}/resend/", follow=True)
    assert "给孙编辑的新邀请写好了，原来的链接作废。" + NIGHT in again.content.decode()


def test_what_never_goes_at_eight_is_not_promised_for_eight(client_for, manager, settings):
    settings.SMS_CARRIER = "accounts.messages.carriers.NoSmsCarrier"
    clock.shift(until(23))
    page = invite(client_for, manager)
    assert "还没接短信，请打印出来给他。" in page
    assert NIGHT not in page


def test_while_messages_are_stopped_the_night_is_not_the_reason(client_for, manager):
    from accounts.messages import switch
    from tests.factories.people import make_person

    switch.stop(switch.EVERYTHING, by=make_person("system_admin"), note="模板停用")
    clock.shift(until(23))
    page = invite(client_for, manager)
    assert "短信现在停着，恢复以后再发。" in page
    assert NIGHT not in page


def test_a_code_is_sent_at_night_and_nothing_is_said_of_the_morning(client, manager):
    manager.set_phone(PHONE)
    manager.save()
    clock.shift(until(23))
    page = client.post("/sign-in/code/", {"phone": PHONE}, follow=True).content.decode()
    assert SmsMessage.objects.filter(kind="code").exists()
    assert "8 点" not in page


@pytest.mark.parametrize("act", ["invite", "remind"])
def test_the_board_says_it_too(client_for, coordinator, wuchang, act):
    from tests.factories.people import make_person

    if act == "remind":
        make_person("county_manager", wuchang)
    browser = client_for(coordinator)
    by_day = browser.post(f"/desk/board/{act}/", {"county": ["230184"]}, follow=True).content.decode()
    assert NIGHT not in by_day
    clock.shift(until(23))
    assert NIGHT in browser.post(f"/desk/board/{act}/", {"county": ["230184"]}, follow=True).content.decode()


def test_the_board_counts_no_rung_for_an_invitation_nobody_has_seen(client_for, coordinator, invited):
    from console import ladder

    def climb():
        return next(one for one in ladder.climbs() if one.county.code == "230184")

    assert (climb().done, climb().next_title) == (1, "请负责人")
    for path in ("/desk/board/", "/desk/counties/230184/"):
        assert "邀请写好了，短信还没发" in client_for(coordinator).get(path).content.decode(), path
    text(SmsState.SENT)
    assert (climb().done, climb().next_title) == (2, "登录过")
    assert "邀请发到手机了" in client_for(coordinator).get("/desk/board/").content.decode()


@pytest.mark.parametrize(
    ("state", "said", "unsaid"),
    [
        (SmsState.WAITING, "待发", "20"),
        (SmsState.HELD, "待发", "20"),
        (SmsState.REFUSED, "邀请的短信没发出去，打印给他", "待发"),
        (SmsState.SENT, "20", "待发"),
    ],
)
def test_the_list_of_people_gives_no_time_to_what_waits(coordinator, invited, client_for, state, said, unsaid):
    """A date under "sent" is believed: whoever waits beside the phone waits for nothing."""
    SmsMessage.objects.filter(phone_hash=invited.phone_hash).update(state=state)
    page = client_for(coordinator).get("/desk/people/?county=230184").content.decode()
    [cell] = re.findall(r'<td data-label="发出">(.*?)</td>', page)
    assert said in cell
    assert unsaid not in cell
