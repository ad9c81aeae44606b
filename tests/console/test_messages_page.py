"""短信: the page that says what became of every message, and the switch."""

import pytest

from accounts.messages import send, send_mail
from accounts.models import MessageStop, SmsMessage
from tests.factories.people import make_person

PHONE = "19955507777"


@pytest.fixture
def system_admin(db):
    return make_person("system_admin", name="系统员")


@pytest.fixture
def unknown(db):
    message = send("reminder", PHONE, county="230184", sentence="五常市的下一级是“第一件产品”。")
    SmsMessage.objects.filter(pk=message.pk).update(state="unknown", attempts=1, trouble="worker-lost")
    return message


def page(browser, path="/desk/messages/"):
    return browser.get(path).content.decode()


def test_the_page_shows_what_became_of_it_and_no_phone(client_for, coordinator, unknown):
    body = page(client_for(coordinator))
    for shown in ("199****7777", "不知道发没发", "发到一半后台停了", "五常市", "对方可能会收到两次"):
        assert shown in body
    assert PHONE not in body
    assert "第一件产品" not in body


def test_the_list_narrows(client_for, coordinator, unknown):
    send("code", PHONE, code="274905")
    browser = client_for(coordinator)
    assert page(browser).count("199****7777") == 2
    assert page(browser, "/desk/messages/?state=unknown").count("199****7777") == 1
    assert page(browser, "/desk/messages/?kind=code").count("199****7777") == 1
    assert "199****7777" not in page(browser, "/desk/messages/?state=sent")


def test_letters_have_a_list_of_their_own(client_for, coordinator):
    send_mail("deadline.late", "lin@example.cn", title="稻乐", name="补正答复", due="2026-12-01")
    body = page(client_for(coordinator), "/desk/messages/?way=mail")
    assert "l***@example.cn" in body
    assert "lin@example.cn" not in body


def test_who_may_send_again_does_and_a_code_never(client_for, coordinator, auditor, unknown):
    path = f"/desk/messages/sms/{unknown.pk}/resend/"
    assert client_for(auditor).post(path).status_code == 403
    unknown.refresh_from_db()
    assert unknown.state == "unknown"
    assert client_for(coordinator).post(path).status_code == 302
    unknown.refresh_from_db()
    assert unknown.state == "waiting"
    code = send("code", PHONE, code="274905")
    SmsMessage.objects.filter(pk=code.pk).update(state="refused")
    client_for(coordinator).post(f"/desk/messages/sms/{code.pk}/resend/")
    code.refresh_from_db()
    assert code.state == "refused"
    assert client_for(coordinator).post(f"/desk/messages/post/{code.pk}/resend/").status_code == 404


def test_the_table_of_kinds_shows_words_templates_and_limits(client_for, coordinator, settings):
    settings.SMS = {**settings.SMS, "templates": {"code": "SMS_4711"}}
    body = page(client_for(coordinator), "/desk/messages/kinds/")
    for shown in ("登录验证码 274905", "登录验证码 ${code}", "SMS_4711", "还没填", "isv.BUSINESS_LIMIT_CONTROL"):
        assert shown in body


def test_a_stop_is_shouted_on_every_desk_of_the_province(client_for, coordinator, system_admin):
    browser = client_for(system_admin)
    assert "停发中" not in page(client_for(coordinator), "/desk/")
    assert browser.post("/desk/messages/stop/", {"kind": "", "note": "签名被停用"}).status_code == 302
    for path in ("/desk/", "/desk/counties/", "/desk/messages/"):
        assert "停发中" in page(client_for(coordinator), path)
    assert "系统员" in page(client_for(coordinator), "/desk/messages/kinds/")
    pulled = MessageStop.objects.get()
    assert client_for(coordinator).post(f"/desk/messages/stop/{pulled.pk}/resume/").status_code == 403
    browser.post(f"/desk/messages/stop/{pulled.pk}/resume/")
    assert "停发中" not in page(client_for(coordinator), "/desk/")
