"""The variables of messages: half a carrier, an open line and a password in a log are refused or hidden."""

import pytest

from config.environment import EnvironmentProblem
from config.environment.messages import read_messages

WHOLE = {
    "SMS_KEY_ID": "LTAI",
    "SMS_KEY_SECRET": "s3cret",
    "SMS_SIGN_NAME": "借梯",
    "SMS_TEMPLATES": "code=SMS_1, invitation=SMS_2",
}


def test_nothing_set_is_nothing_sent():
    found = read_messages({})
    assert (found.sms_key_id, found.smtp) == ("", {})


def test_a_whole_carrier_is_read():
    found = read_messages(WHOLE)
    assert found.sms_templates == {"code": "SMS_1", "invitation": "SMS_2"}
    assert found.sms_endpoint == "https://dysmsapi.aliyuncs.com"


@pytest.mark.parametrize("missing", ["SMS_KEY_SECRET", "SMS_SIGN_NAME", "SMS_TEMPLATES"])
def test_half_a_carrier_does_not_start(missing):
    with pytest.raises(EnvironmentProblem, match=missing):
        read_messages({**WHOLE, missing: ""})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SMS_ENDPOINT", "http://sms.example.cn"),
        ("SMS_TEMPLATES", "code"),
        ("SMTP_URL", "smtp://mail.example.cn?tls=0"),
        ("SMTP_URL", "https://mail.example.cn"),
        ("SMTP_URL", "smtp://mail.example.cn:99999"),
    ],
)
def test_what_would_travel_in_clear_or_could_not_work_does_not_start(variable, value):
    with pytest.raises(EnvironmentProblem, match=variable):
        read_messages({**WHOLE, variable: value})


@pytest.mark.parametrize(
    ("url", "port", "use_tls", "use_ssl"),
    [
        ("smtp://u:p%40w@mail.example.cn", 587, True, False),
        ("smtps://u:p%40w@mail.example.cn", 465, False, True),
        ("smtp://u:p%40w@127.0.0.1:2525?tls=0", 2525, False, False),
    ],
)
def test_a_mail_server_is_encrypted_unless_it_is_this_machine(url, port, use_tls, use_ssl):
    found = read_messages({"SMTP_URL": url}).smtp
    assert (found["port"], found["use_tls"], found["use_ssl"]) == (port, use_tls, use_ssl)
    assert found["password"] == "p@w"


def test_secrets_are_not_in_the_repr():
    told = repr(read_messages({**WHOLE, "SMTP_URL": "smtps://u:hidden@mail.example.cn"}))
    assert "s3cret" not in told
    assert "hidden" not in told
