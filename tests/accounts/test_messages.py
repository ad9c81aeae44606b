"""Text messages against a local carrier that checks signatures, hangs, refuses and repeats."""

import json
import logging
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounts.messages import add_kind, all_kinds, answers, kinds, limits, send, sending, switch, tending
from accounts.messages.aliyun import canonical_query, signed_headers
from accounts.messages.carriers import Letter
from accounts.models import SmsMessage
from accounts.tasks import tend_messages
from kernel import clock, outbox
from kernel.errors import DomainError
from kernel.models import AuditEntry, OutboxRow
from kernel.privacy import keyed_hash
from tests.accounts.gateway import KEY_ID, KEY_SECRET, Gateway
from tests.accounts.hours import until, until_noon
from tests.factories.people import make_person

ROOT = Path(__file__).resolve().parents[2]
PHONE = "19955507777"
WORDS = "五常市的下一级是“第一件产品”。"


@pytest.fixture
def gateway(settings):
    server = Gateway()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    settings.SMS = {
        "endpoint": server.url,
        "key_id": KEY_ID,
        "key_secret": KEY_SECRET,
        "sign": "借梯",
        "templates": {"code": "SMS_1", "invitation": "SMS_2", "reminder": "SMS_3"},
    }
    yield server
    server.may_answer.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def noon(db):
    clock.shift(until_noon())


@pytest.fixture
def quick(monkeypatch):
    """The patience of the adapter, shortened, yet long enough for a machine at work."""
    monkeypatch.setattr("accounts.messages.aliyun.WHOLE", 2.5)


@pytest.fixture
def relay(django_capture_on_commit_callbacks):
    """Run what is due, and what follows the commit of each."""

    def run():
        with django_capture_on_commit_callbacks(execute=True):
            return outbox.relay_once()

    return run


@pytest.fixture
def later(noon):
    """Move on from noon."""

    def move(**time):
        move.gone += timedelta(**time)
        clock.shift(until_noon() + move.gone)

    move.gone = timedelta(0)
    return move


@pytest.fixture
def system_admin(db):
    return make_person("system_admin", name="系统员")


def notice(phone=PHONE):
    return send("reminder", phone, sentence=WORDS)


def code(phone=PHONE):
    return send("code", phone, code="274905")


def state_of(message):
    message.refresh_from_db()
    return message.state


# --- the signature ------------------------------------------------------------------------------
def test_the_signature_is_the_one_the_provider_publishes(settings):
    """The worked example of the provider's own page on signature V3."""
    settings.SMS = {**settings.SMS, "key_id": "YourAccessKeyId", "key_secret": "YourAccessKeySecret"}
    query = canonical_query(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    headers = signed_headers(
        "RunInstances",
        "ecs.cn-shanghai.aliyuncs.com",
        query,
        version="2014-05-26",
        at="2023-10-26T10:22:32Z",
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_a_message_goes_out_as_the_template_the_operator_named(gateway, noon, relay):
    message = notice()
    relay()
    (taken,) = gateway.taken
    assert (taken["PhoneNumbers"], taken["SignName"], taken["TemplateCode"]) == (PHONE, "借梯", "SMS_3")
    assert json.loads(taken["TemplateParam"]) == {"sentence": WORDS}
    assert taken["OutId"] == message.mark.hex
    assert state_of(message) == "sent"
    assert (message.body, message.params, message.receipt) == ("", "", "1^0")


def test_a_wrong_secret_is_refused_and_nothing_goes_out(gateway, settings, noon, relay):
    settings.SMS = {**settings.SMS, "key_secret": "another"}
    message = notice()
    relay()
    assert (gateway.taken, gateway.refused) == ([], ["SignatureDoesNotMatch"])
    assert (state_of(message), message.trouble) == ("refused", "SignatureDoesNotMatch")


def test_a_changed_word_breaks_the_signature(gateway, noon, relay, monkeypatch):
    """Somebody on the way who changes the phone is not believed."""
    real = sending.letter_of
    monkeypatch.setattr("accounts.messages.aliyun.HTTPConnection", _rewriting("19955507777", "19955508888"))
    monkeypatch.setattr(sending, "letter_of", real)
    notice()
    relay()
    assert (gateway.taken, gateway.refused) == ([], ["SignatureDoesNotMatch"])


def _rewriting(old, new):
    from http.client import HTTPConnection

    class Rewriting(HTTPConnection):
        def request(self, method, url, **more):
            super().request(method, url.replace(old, new), **more)

    return Rewriting


def test_a_recorded_request_played_again_is_refused(gateway, noon, relay, monkeypatch):
    from http.client import HTTPConnection

    said = []

    class Recording(HTTPConnection):
        def request(self, method, url, **more):
            said.append((method, url, more))
            super().request(method, url, **more)

    monkeypatch.setattr("accounts.messages.aliyun.HTTPConnection", Recording)
    notice()
    relay()
    (method, url, more) = said[0]
    again = HTTPConnection("127.0.0.1", gateway.server_port, timeout=5)
    again.request(method, url, **more)
    assert json.loads(again.getresponse().read())["Code"] == "SignatureNonceUsed"
    again.close()
    assert len(gateway.taken) == 1


def test_no_secret_and_no_phone_is_written_to_a_log(gateway, noon, relay, caplog):
    caplog.set_level(logging.DEBUG)
    gateway.faults = ["garbage", "status 500", "refuse isv.SMS_SIGNATURE_ILLEGAL"]
    for _time in range(3):
        notice()
        relay()
    told = "\n".join(record.getMessage() for record in caplog.records if "sql" not in record.__dict__)
    assert KEY_SECRET not in told
    assert PHONE not in told


# --- silence, refusals, repeats -----------------------------------------------------------------
@pytest.mark.parametrize("fault", ["hang", "drip", "garbage", "status 500", "cut"])
def test_a_notice_nobody_answered_for_is_unknown_and_never_sent_again(gateway, later, relay, quick, fault):
    gateway.faults = [fault]
    message = notice()
    relay()
    assert state_of(message) == "unknown"
    gateway.faults = []
    before = len(gateway.taken)
    for _round in range(5):
        later(minutes=1)
        relay()
    assert len(gateway.taken) == before
    assert message.body, "it may still be sent again by hand"


def test_a_code_nobody_answered_for_is_sent_again(gateway, later, relay, quick):
    gateway.faults = ["hang"]
    message = code()
    relay()
    assert state_of(message) == "waiting"
    later(seconds=61)
    relay()
    assert [json.loads(one["TemplateParam"]) for one in gateway.taken] == [{"code": "274905"}] * 2
    assert len({one["OutId"] for one in gateway.taken}) == 1
    assert state_of(message) == "sent"


def test_the_carrier_is_asked_what_became_of_an_unknown_one(gateway, later, relay, quick):
    gateway.faults = ["hang"]
    message = notice()
    relay()
    later(minutes=3)
    tend_messages()
    assert gateway.calls == ["SendSms", "QuerySendDetails"]
    assert state_of(message) == "sent"


def test_an_unknown_one_that_never_arrived_is_refused_with_its_reason(gateway, later, relay, quick):
    gateway.faults = ["hang"]
    message = notice()
    relay()
    gateway.lost = {message.mark.hex: "MOBILE_NOT_ON_SERVICE"}
    later(minutes=3)
    tend_messages()
    assert (state_of(message), message.trouble) == ("refused", "MOBILE_NOT_ON_SERVICE")


def test_an_unknown_one_the_carrier_never_had_stays_visible(gateway, later, relay, quick, system_admin):
    gateway.faults = ["cut"]
    message = notice()
    relay()
    later(minutes=3)
    tend_messages()
    assert (state_of(message), message.trouble) == ("unknown", tending.NOT_THERE)
    assert gateway.taken == []
    tending.resend(message, by=system_admin)
    relay()
    assert state_of(message) == "sent"
    assert AuditEntry.objects.filter(action="message.resend").count() == 1


def test_who_cannot_be_reached_is_tried_again_for_nothing_was_said(gateway, later, relay, settings):
    there = settings.SMS["endpoint"]
    settings.SMS = {**settings.SMS, "endpoint": "http://127.0.0.1:9"}
    message = notice()
    relay()
    assert (state_of(message), message.trouble) == ("waiting", "out-of-reach")
    settings.SMS = {**settings.SMS, "endpoint": there}
    later(minutes=1)
    relay()
    assert state_of(message) == "sent"


@pytest.mark.parametrize(
    ("fault", "after", "state"),
    [
        ("refuse isv.BUSINESS_LIMIT_CONTROL", timedelta(hours=1, seconds=5), "sent"),
        ("refuse isp.SYSTEM_ERROR", timedelta(seconds=65), "sent"),
        ("throttle", timedelta(seconds=65), "sent"),
        ("refuse isv.MOBILE_NUMBER_ILLEGAL", timedelta(hours=2), "refused"),
        ("refuse isv.SMS_TEMPLATE_ILLEGAL", timedelta(hours=2), "refused"),
        ("refuse isv.A_CODE_OF_NEXT_YEAR", timedelta(hours=2), "refused"),
    ],
)
def test_a_refusal_is_repeated_only_where_the_table_says_so(gateway, later, relay, fault, after, state):
    gateway.faults = [fault]
    message = notice()
    relay()
    later(seconds=after.total_seconds())
    relay()
    assert state_of(message) == state
    assert len(gateway.taken) == (1 if state == "sent" else 0)


def test_tries_end(gateway, later, relay):
    gateway.faults = ["refuse isp.SYSTEM_ERROR"] * 20
    message = notice()
    for _round in range(20):
        relay()
        later(hours=1)
    assert state_of(message) in {"refused", "dropped"}
    assert message.attempts <= sending.MOST_ATTEMPTS


def test_an_answer_that_comes_after_all_settles_what_was_unknown(gateway, noon, relay, quick):
    from accounts.messages.carriers import Accepted

    gateway.faults = ["hang"]
    message = notice()
    relay()
    sending.settle(message, Accepted("late"), tried=1)
    assert state_of(message) == "sent"
    sending.settle(message, answers.answer_for("isv.MOBILE_NUMBER_ILLEGAL", 200, clock.today()), tried=1)
    assert state_of(message) == "sent", "what is settled stays settled"


def test_three_silences_stop_notices_and_not_codes(gateway, noon, relay, quick):
    gateway.faults = ["cut"] * 3
    for number in range(3):
        notice(f"1995550{number:04d}")
    relay()
    waiting, wanted = notice(), code("19955500009")
    relay()
    assert (state_of(waiting), state_of(wanted)) == ("waiting", "sent")


# --- a worker dies between the carrier and the commit --------------------------------------------
def relay_alone(gateway, how=""):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.accounts.relay_alone", connection.settings_dict["NAME"], gateway.url, how],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill_in_the_middle(gateway, how=""):
    """A worker hands a notice over; the carrier has taken it when the worker is killed. Then another works."""
    clock.shift(until_noon())
    message = notice()
    gateway.faults = ["hang"]
    worker = relay_alone(gateway, how)
    try:
        assert gateway.asked.wait(60)
    finally:
        worker.kill()
        worker.wait()
        gateway.may_answer.set()
    clock.shift(until_noon() + timedelta(minutes=5))
    for _round in range(3):
        assert relay_alone(gateway, how).wait(60) == 0
    return message


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_sends_no_second_notice(gateway):
    message = kill_in_the_middle(gateway)
    assert len(gateway.taken) == 1
    assert state_of(message) == "sending"
    tend_messages()  # finds it lost, and asks the carrier
    assert gateway.calls == ["SendSms", "QuerySendDetails"]
    assert (state_of(message), len(gateway.taken)) == ("sent", 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_mutant_that_calls_before_the_claim_is_committed_sends_two(gateway):
    kill_in_the_middle(gateway, "early")
    assert len(gateway.taken) == 2


# --- hours ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("hour", "goes"), [(21, True), (22, False), (3, False), (7, False), (8, True)])
def test_notices_sleep_from_ten_to_eight(gateway, db, relay, hour, goes):
    clock.shift(until(hour, 1))
    message = notice()
    relay()
    assert (state_of(message) == "sent") is goes


def test_a_notice_of_the_night_leaves_in_the_morning(gateway, db, relay):
    clock.shift(until(23))
    message = notice()
    relay()
    row = OutboxRow.objects.get(kind="sms.send")
    assert row.next_at.astimezone(clock.SHANGHAI).hour == 8
    clock.shift(until(23) + timedelta(hours=9, minutes=1))
    relay()
    assert state_of(message) == "sent"


def test_an_evening_notice_that_the_worker_reaches_at_night_waits(gateway, db, relay):
    clock.shift(until(21, 59))
    message = notice()
    clock.shift(until(21, 59) + timedelta(minutes=10))
    relay()
    assert state_of(message) == "waiting"
    clock.shift(until(21, 59) + timedelta(hours=10, minutes=2))
    relay()
    assert state_of(message) == "sent"


def test_a_code_goes_at_three_in_the_night(gateway, db, relay):
    clock.shift(until(3))
    message = code()
    relay()
    assert state_of(message) == "sent"


# --- limits --------------------------------------------------------------------------------------
def test_a_phone_gets_one_code_a_minute_and_five_an_hour(gateway, later, relay):
    for number in range(8):
        code()
        relay()
        assert len(gateway.taken) == min(number + 1, 5)
        later(seconds=61)
    refused = SmsMessage.objects.filter(state="refused", trouble="limit")
    assert refused.count() == 3


def test_a_second_code_within_the_minute_is_refused(gateway, noon, relay):
    code()
    second = code()
    relay()
    assert len(gateway.taken) == 1
    assert {one.state for one in SmsMessage.objects.all()} == {"sent", "refused"}
    assert second.kind == "code"


def test_too_many_notices_wait_and_are_not_lost(gateway, later, relay):
    for _number in range(5):
        send("archive.ready", PHONE, days=7)
    relay()
    assert SmsMessage.objects.filter(state="waiting").count() == 2
    later(seconds=61)
    relay()
    assert SmsMessage.objects.filter(state="waiting").count() == 0


def test_the_limit_counts_over_all_counties(gateway, noon, relay):
    for county in ("230184", "231086", "230129", "230126", "230125"):
        send("reminder", PHONE, county=county, sentence=WORDS)
    relay()
    assert len(gateway.taken) == 3


class Deaf(Exception):
    pass


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_twenty_workers_with_twenty_codes_for_one_phone_send_one(gateway, monkeypatch, locked):
    """Without the lock, the mutant, several count before the others have claimed."""
    if not locked:
        monkeypatch.setattr(limits, "_take_turns", lambda name: None)
    monkeypatch.setattr(limits, "_count", _slow(limits._count))
    clock.shift(until_noon())
    numbers = [code().pk for _number in range(20)]
    start = threading.Barrier(20)

    def work(number):
        try:
            with transaction.atomic():
                message = SmsMessage.objects.select_for_update().get(pk=number)
                start.wait(30)
                return sending.claim(message)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        claimed = sum(pool.map(work, numbers))
    assert (claimed == 1) if locked else (claimed > 1)


def _slow(count):
    import time

    def counted(message, most):
        found = count(message, most)
        time.sleep(0.05)
        return found

    return counted


# --- the switch ----------------------------------------------------------------------------------
def test_what_is_stopped_is_held_and_goes_out_after(gateway, noon, relay, system_admin):
    pulled = switch.stop("", by=system_admin, note="签名被停用")
    first, second = notice(), code()
    relay()
    assert (state_of(first), state_of(second), gateway.taken) == ("held", "held", [])
    assert switch.resume(pulled, by=system_admin) == (2, 0)
    relay()
    assert (state_of(first), state_of(second)) == ("sent", "sent")
    said = AuditEntry.objects.filter(action__startswith="message.").values_list("action", "by_name")
    assert set(said) == {("message.stop", "系统员"), ("message.resume", "系统员")}


def test_what_grew_stale_while_stopped_is_dropped_with_a_record(gateway, later, relay, system_admin):
    pulled = switch.stop("", by=system_admin, note="签名被停用")
    stale, fresh = code(), notice()
    relay()
    later(minutes=11)
    assert switch.resume(pulled, by=system_admin) == (1, 1)
    relay()
    assert (state_of(stale), stale.trouble, stale.body) == ("dropped", "stale", "")
    assert state_of(fresh) == "sent"
    assert AuditEntry.objects.get(action="message.resume").facts == {"sent": 1, "dropped": 1}


def test_one_kind_may_be_stopped_alone(gateway, noon, relay, system_admin):
    switch.stop("reminder", by=system_admin, note="模板停用")
    held, goes = notice(), code()
    relay()
    assert (state_of(held), state_of(goes)) == ("held", "sent")


def test_only_the_system_administrator_pulls_the_switch(coordinator, auditor, system_admin):
    for who in (coordinator, auditor):
        with pytest.raises(DomainError):
            switch.stop("", by=who, note="试试")
    with pytest.raises(DomainError):
        switch.stop("", by=system_admin, note=" ")
    pulled = switch.stop("", by=system_admin, note="停")
    with pytest.raises(DomainError):
        switch.stop("", by=system_admin, note="再停")
    with pytest.raises(DomainError):
        switch.resume(pulled, by=coordinator)


def test_a_held_one_that_the_resume_did_not_see_is_found_by_the_beat(gateway, noon, relay):
    message = notice()
    SmsMessage.objects.filter(pk=message.pk).update(state="held")
    tend_messages()
    relay()
    assert state_of(message) == "sent"


# --- the table of kinds --------------------------------------------------------------------------
@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.code)
def test_a_kind_costs_as_many_messages_as_it_says(kind):
    assert kind.cost() <= kind.parts or not kind.by_sms, f"{kind.longest()} signs"
    assert "${" in kind.template()
    assert "{" not in kind.example()


def test_values_are_cut_or_refused_as_declared():
    kind = kinds.kind_of("deadline.late")
    told = kind.checked({"title": "很长的名字" * 10, "name": "补正答复", "due": "2026-12-01"})
    assert told["title"] == "很长的名字" * 3 + "很长的名…"
    for wrong in ({"title": "a"}, {"title": "a", "name": "b", "due": "明天"}, {**told, "more": "c"}):
        with pytest.raises(ValueError, match=r"takes|fit"):
            kind.checked(wrong)


def test_a_kind_whose_words_use_an_undeclared_value_is_refused_at_the_start():
    with pytest.raises(ValueError, match="declares others"):
        add_kind(kinds.Kind("test", "试", "{a}{b}", (kinds.Param("a", 1, "x"),), timedelta(1)))


def test_every_code_of_the_table_says_what_it_means_and_since_when(db):
    for row in answers.meanings():
        assert row.said
        assert row.source
        assert row.mends in {"operator", "person", "nobody"}
        assert answers.meaning(row.code, clock.today()) == row
    assert answers.meaning("isv.BUSINESS_LIMIT_CONTROL", clock.today().replace(year=2010)) is None


def test_what_an_older_release_wrote_is_dropped_and_says_so(gateway, noon, relay):
    message = notice()
    SmsMessage.objects.filter(pk=message.pk).update(kind="deadline", params="", phone_hash="")
    relay()
    assert (state_of(message), message.trouble, gateway.taken) == ("dropped", "old-kind", [])


# --- what is kept ---------------------------------------------------------------------------------
def test_what_is_kept_of_a_message_tells_no_phone(gateway, noon, relay):
    message = notice()
    relay()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row::text FROM accounts_smsmessage row WHERE id = %s", [message.pk])
        stored = cursor.fetchone()[0]
    assert PHONE not in stored
    assert WORDS not in stored
    assert keyed_hash(PHONE) in stored
    message.refresh_from_db()
    assert message.masked == "199****7777"


def test_after_half_a_year_even_the_phone_is_gone(gateway, later, relay):
    message = notice()
    relay()
    later(days=200)
    tend_messages()
    message.refresh_from_db()
    assert (message.phone, message.phone_hash) == ("", "")


def test_a_letter_shows_nothing_private_in_its_repr():
    from uuid import uuid4

    assert PHONE not in repr(Letter(uuid4(), "code", PHONE, "274905", {"code": "274905"}))
