"""How messages leave the house: the carrier of text messages and the mail server.

``SMS_TEMPLATES`` names the carrier's template for each kind: ``code=SMS_1,invitation=SMS_2``.
``SMTP_URL`` is ``smtps://user:password@host:465`` or ``smtp://user:password@host:587``, which begins TLS
itself; nothing is said in clear except to this machine with ``?tls=0``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from config.environment.problem import EnvironmentProblem
from config.environment.values import listed

HERE = frozenset({"127.0.0.1", "localhost", "::1"})
ALIYUN = "https://dysmsapi.aliyuncs.com"
PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class Messages:
    sms_endpoint: str = ""
    sms_key_id: str = ""
    sms_key_secret: str = field(default="", repr=False)
    sms_sign: str = ""
    sms_templates: Mapping[str, str] = field(default_factory=dict)
    smtp: Mapping[str, Any] = field(default_factory=dict, repr=False)
    mail_from: str = ""
    mail_operator: str = ""


def read_messages(environ: Mapping[str, str]) -> Messages:
    """Everything about messages; raises EnvironmentProblem for what could not work."""
    found = Messages(
        sms_endpoint=_endpoint(environ),
        sms_key_id=_text(environ, "SMS_KEY_ID"),
        sms_key_secret=_text(environ, "SMS_KEY_SECRET"),
        sms_sign=_text(environ, "SMS_SIGN_NAME"),
        sms_templates=_templates(environ),
        smtp=_smtp(environ),
        mail_from=_text(environ, "MAIL_FROM"),
        mail_operator=_text(environ, "MAIL_OPERATOR"),
    )
    _check_whole(found)
    return found


def _text(environ: Mapping[str, str], variable: str) -> str:
    return environ.get(variable, "").strip()


def _check_whole(found: Messages) -> None:
    """A carrier that is half set up would lose every message: it is refused at the start."""
    if not found.sms_key_id:
        return
    needed = {
        "SMS_KEY_SECRET": found.sms_key_secret,
        "SMS_SIGN_NAME": found.sms_sign,
        "SMS_TEMPLATES": found.sms_templates,
    }
    for variable, value in needed.items():
        if not value:
            raise EnvironmentProblem(variable, "设了 SMS_KEY_ID 就必须设置。", "must be set where SMS_KEY_ID is.")


def _endpoint(environ: Mapping[str, str]) -> str:
    text = _text(environ, "SMS_ENDPOINT").rstrip("/") or ALIYUN
    parts = urlsplit(text)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE):
        return text
    raise EnvironmentProblem(
        "SMS_ENDPOINT", "应是 https:// 地址：里面有手机号。", "should be an https:// address: phones travel in it."
    )


def _templates(environ: Mapping[str, str]) -> dict[str, str]:
    pairs = [part.partition("=") for part in listed(environ, "SMS_TEMPLATES")]
    if all(kind.strip() and code.strip() for kind, _is, code in pairs):
        return {kind.strip(): code.strip() for kind, _is, code in pairs}
    raise EnvironmentProblem(
        "SMS_TEMPLATES", "应写成 code=SMS_1,invitation=SMS_2。", "should read code=SMS_1,invitation=SMS_2."
    )


def _smtp(environ: Mapping[str, str]) -> dict[str, Any]:
    """The server in the words of Django's mail backend; empty where there is none."""
    url = _text(environ, "SMTP_URL")
    if not url:
        return {}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise _bad_smtp() from wrong
    in_clear = dict(parse_qsl(parts.query)).get("tls") == "0"
    if parts.scheme not in PORTS or not parts.hostname or (in_clear and parts.hostname not in HERE):
        raise _bad_smtp()
    return {
        "host": parts.hostname,
        "port": port or PORTS[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp" and not in_clear,
    }


def _bad_smtp() -> EnvironmentProblem:
    return EnvironmentProblem(
        "SMTP_URL",
        "应写成 smtps://用户:密码@主机:465 或 smtp://用户:密码@主机:587（自动加密；只有本机可用 ?tls=0）。",
        "should read smtps://user:password@host:465 or smtp://user:password@host:587 (TLS; ?tls=0 only on this machine).",
    )
