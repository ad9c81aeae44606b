"""Letters against a local mail server with TLS, and everything that keeps one from leaving."""

import json
import re
import threading
from datetime import timedelta

import pytest

from accounts import services
from accounts.errors import WrongCode
from accounts.messages import send_mail, tell_operator
from accounts.models import MailMessage
from accounts.tasks import tell_of_deadline
from kernel import clock, deadlines, outbox
from tests.accounts.hours import until_noon
from tests.accounts.mailbox import PASSWORD, USER, Mailbox, certificate

ADDRESS = "lin@example.cn"


@pytest.fixture
def start(tmp_path, settings, monkeypatch, db):
    """``start(**how)``: a mail server whose certificate this machine believes, and the settings for it."""
    servers = []

    def begin(*, offers_tls=True, believed=True, password=PASSWORD):
        pem = certificate(tmp_path)
        server = Mailbox(pem, offers_tls=offers_tls)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        if believed:
            monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        settings.SMTP = {
            "host": "localhost",
            "port": server.port,
            "username": USER,
            "password": password,
            "use_ssl": False,
            "use_tls": True,
        }
        settings.DEFAULT_FROM_EMAIL = "jieti@example.cn"
        settings.MAIL_OPERATOR = "keeper@example.cn"
        clock.shift(until_noon())
        return server

    monkeypatch.setattr("accounts.messages.mail.PATIENCE", 4)
    yield begin
    for server in servers:
        server.may_answer.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def relay(django_capture_on_commit_callbacks):
    def run():
        with django_capture_on_commit_callbacks(execute=True):
            return outbox.relay_once()

    return run


def letter():
    return send_mail("deadline.late", ADDRESS, title="稻乐", name="补正答复", due="2026-12-01")


def state_of(message):
    message.refresh_from_db()
    return message.state


def test_a_letter_arrives_encrypted_with_our_mark(start, relay):
    server = start()
    message = letter()
    relay()
    (arrived,) = server.letters
    assert arrived["Subject"] == "期限已过：稻乐"
    assert arrived["To"] == ADDRESS
    assert arrived["Message-ID"] == f"<{message.mark.hex}@example.cn>"
    assert "补正答复已过期限" in arrived.get_content()
    in_clear = [line for encrypted, line in server.heard if not encrypted]
    assert all(line.split()[0].lower() in {b"ehlo", b"starttls"} for line in in_clear)
    assert (state_of(message), message.body) == ("sent", "")


def test_a_server_without_tls_hears_neither_password_nor_letter(start, relay):
    server = start(offers_tls=False)
    message = letter()
    relay()
    assert (state_of(message), message.trouble) == ("refused", "no-tls")
    assert server.letters == []
    assert not any(b"AUTH" in line or b"MAIL" in line for _encrypted, line in server.heard)


def test_a_certificate_nobody_vouches_for_is_not_believed(start, relay):
    server = start(believed=False)
    message = letter()
    relay()
    assert (state_of(message), message.trouble) == ("refused", "bad-certificate")
    assert server.letters == []


def test_a_wrong_password_is_said(start, relay):
    start(password="wrong")
    message = letter()
    relay()
    assert (state_of(message), message.trouble) == ("refused", "no-login")


@pytest.mark.parametrize(("code", "state"), [(450, "sent"), (550, "refused")])
def test_a_mailbox_that_says_later_is_asked_later(start, relay, code, state):
    server = start()
    server.faults = [f"rcpt {code}"]
    message = letter()
    relay()
    clock.shift(until_noon() + timedelta(minutes=2))
    relay()
    assert state_of(message) == state
    assert len(server.letters) == (1 if state == "sent" else 0)


def test_a_letter_nobody_answered_for_is_not_sent_again(start, relay):
    server = start()
    server.faults = ["hang"]
    message = letter()
    relay()
    assert state_of(message) == "unknown"
    clock.shift(until_noon() + timedelta(minutes=30))
    relay()
    assert len(server.letters) == 1


def test_without_a_mail_server_the_letter_says_so(settings, db, relay):
    settings.SMTP = {}
    clock.shift(until_noon())
    message = letter()
    relay()
    assert (state_of(message), message.trouble) == ("refused", "no-mail")


def test_the_keeper_is_told_once_an_hour(start, relay):
    server = start()
    assert [tell_operator("短信发不出去", once="x") for _time in range(3)] == [True, False, False]
    relay()
    assert [arrived["To"] for arrived in server.letters] == ["keeper@example.cn"]


def test_a_missed_clock_reaches_a_confirmed_address_and_no_other(coordinator, editor, db):
    for person, confirmed in ((coordinator, clock.now()), (editor, None)):
        person.mail, person.mail_confirmed_at = f"{person.pk}@example.cn", confirmed
        person.save()
    deadline = deadlines.start(
        "brand.correction",
        obj=("brand", "1"),
        title="稻乐",
        county="230184",
        role="county_editor",
        since=clock.today() - timedelta(days=31),
        until=clock.today() - timedelta(days=1),
    )
    tell_of_deadline({"deadline": deadline.pk}, "")
    assert [message.address for message in MailMessage.objects.all()] == [coordinator.mail]


def test_an_address_counts_once_its_owner_has_read_the_code(start, relay, editor, client_for):
    server = start()
    browser = client_for(editor)
    assert "发验证码" in browser.get("/me/data/").content.decode()
    browser.post("/me/data/mail/", {"mail": ADDRESS})
    relay()
    code = re.search(r"\d{6}", server.letters[0].get_content())[0]
    editor.refresh_from_db()
    assert (editor.mail, editor.mail_confirmed_at) == (ADDRESS, None)
    browser.post("/me/data/mail/confirm/", {"code": "000000" if code != "000000" else "111111"})
    editor.refresh_from_db()
    assert editor.mail_confirmed_at is None
    browser.post("/me/data/mail/confirm/", {"code": code})
    editor.refresh_from_db()
    assert editor.mail_confirmed_at is not None


def test_after_five_wrong_codes_the_right_one_confirms_nothing(editor):
    services.set_mail(editor, ADDRESS)
    code = json.loads(MailMessage.objects.get().params)["code"]
    for _try in range(5):
        with pytest.raises(WrongCode):
            services.confirm_mail(editor, "no")
    with pytest.raises(WrongCode):
        services.confirm_mail(editor, code)


def test_a_code_that_confirms_an_address_signs_nobody_in(start, relay, editor, client_for):
    server = start()
    client_for(editor).post("/me/data/mail/", {"mail": ADDRESS})
    relay()
    code = re.search(r"\d{6}", server.letters[0].get_content())[0]
    assert services.person_with_code(editor.phone_hash, code) is None


def test_an_address_is_neither_shown_nor_asked_for_without_a_mail_server(editor, client_for, settings):
    settings.SMTP = {}
    assert "发验证码" not in client_for(editor).get("/me/data/").content.decode()
