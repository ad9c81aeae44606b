"""What we write to people: one table of kinds, with their words and the values they take.

A carrier sends templates that it has approved, not free text. So each kind declares its values, how long
they may be and how many messages the longest text costs; a value that is too long is cut, one that must
be exact is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from string import Formatter
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

# GB: 70 signs in one message; a longer one is sent in parts of 67, each paid for.
ONE, PART = 70, 67


@dataclass(frozen=True)
class Param:
    """A value of a message: at most ``most`` signs. ``shape`` makes it exact: refused instead of cut."""

    name: str
    most: int
    example: str
    shape: str = ""

    def checked(self, value: Any) -> str:
        text = " ".join(str(value).split())
        if self.shape:
            if len(text) > self.most or not re.fullmatch(self.shape, text):
                raise ValueError(f"{self.name} does not fit {self.shape}")
            return text
        return text if len(text) <= self.most else f"{text[: self.most - 1]}…"


@dataclass(frozen=True)
class Kind:
    """``urgent`` goes out at night, too; ``repeatable`` may be sent again when nobody answered.

    ``good_for`` is how long it is worth sending; ``subject`` makes it a letter as well,
    and ``by_sms`` false a letter only.
    """

    code: str
    name: Any
    text: Any
    params: tuple[Param, ...]
    good_for: timedelta
    urgent: bool = False
    repeatable: bool = False
    parts: int = 1
    subject: Any = ""
    by_sms: bool = True

    def checked(self, values: Mapping[str, Any]) -> dict[str, str]:
        """The values as they are sent; raises ValueError for one that is missing, unknown or misshapen."""
        wanted = {param.name for param in self.params}
        if set(values) != wanted:
            raise ValueError(f"{self.code} takes {sorted(wanted)}, not {sorted(values)}")
        return {param.name: param.checked(values[param.name]) for param in self.params}

    def said(self, values: Mapping[str, str]) -> str:
        """The words without the sign, in the language that is active."""
        return str(self.text).format(origin=settings.PROVINCE_ORIGIN, **values)

    def template(self) -> str:
        """The words as a carrier wants them registered: ``${code}`` for a value."""
        return self.said({param.name: f"${{{param.name}}}" for param in self.params})

    def example(self) -> str:
        return f"【{settings.SMS['sign']}】{self.said({param.name: param.example for param in self.params})}"

    def longest(self) -> int:
        """Signs of the longest text, with the sign that the carrier puts before it."""
        return len(f"【{settings.SMS['sign']}】{self.said({param.name: '字' * param.most for param in self.params})}")

    def cost(self) -> int:
        signs = self.longest()
        return 1 if signs <= ONE else -(-signs // PART)


KINDS: dict[str, Kind] = {}


def add_kind(kind: Kind) -> Kind:
    """A room says at start what it writes to people; the values in the words are those declared."""
    used = {name for _text, name, _spec, _conversion in Formatter().parse(str(kind.text)) if name} - {"origin"}
    if used != {param.name for param in kind.params}:
        raise ValueError(f"{kind.code} says {sorted(used)} and declares others")
    KINDS[kind.code] = kind
    return kind


def kind_of(code: str) -> Kind:
    return KINDS[code]


def all_kinds() -> list[Kind]:
    return [KINDS[code] for code in sorted(KINDS)]


def name_of(code: str) -> str:
    return str(KINDS[code].name) if code in KINDS else code


_TITLE = Param("title", 20, "稻乐")
_CLOCK = Param("name", 16, "补正答复")
_DUE = Param("due", 10, "2026-12-01", r"\d{4}-\d\d-\d\d")
_DAY = timedelta(days=1)

for _kind in (
    Kind(
        "code",
        _("登录验证码"),
        _("登录验证码 {code}，10 分钟内有效。不要告诉任何人。"),
        (Param("code", 6, "274905", r"\d{6}"),),
        timedelta(minutes=10),
        urgent=True,
        repeatable=True,
    ),
    Kind(
        "invitation",
        _("邀请"),
        _("{name}，{place}请您做{role}。7 天内打开：{origin}/invite/{token}/"),
        (
            Param("name", 10, "周启航"),
            Param("place", 12, "五常市"),
            Param("role", 10, "县编辑"),
            Param("token", 35, "cF4pM0yQ7kS2vX9bN1hT6jL3wE8rZ5aD", r"[\w-]+"),
        ),
        timedelta(days=7),
        parts=2,
    ),
    Kind(
        "reminder",
        _("提醒"),
        _("省里提醒您：{sentence}"),
        (Param("sentence", 35, "五常市的下一级是“第一件产品”。"),),
        2 * _DAY,
    ),
    Kind(
        "deadline.soon",
        _("期限快到"),
        _("{title}：{name}还剩 {days} 天，{due} 到期。"),
        (_TITLE, _CLOCK, Param("days", 3, "7", r"\d+"), _DUE),
        _DAY,
    ),
    Kind("deadline.today", _("期限今天到"), _("{title}：{name}今天到期。"), (_TITLE, _CLOCK), _DAY),
    Kind(
        "deadline.late",
        _("期限已过"),
        _("{title}：{name}已过期限（{due}），请马上处理。"),
        (_TITLE, _CLOCK, _DUE),
        2 * _DAY,
        subject=_("期限已过：{title}"),
    ),
    Kind(
        "mail.code",
        _("邮箱验证码"),
        _("邮箱验证码 {code}，10 分钟内有效。不是您要的，就不用理会。"),
        (Param("code", 6, "274905", r"\d{6}"),),
        timedelta(minutes=10),
        urgent=True,
        repeatable=True,
        subject=_("确认您的邮箱"),
        by_sms=False,
    ),
    Kind(
        "phone.code",
        _("换手机号的验证码"),
        _("您要换到这个手机号，验证码 {code}，10 分钟内有效。不是您要的，不要告诉任何人。"),
        (Param("code", 6, "274905", r"\d{6}"),),
        timedelta(minutes=10),
        urgent=True,
        repeatable=True,
    ),
    Kind(
        "phone.changed",
        _("手机号换了"),
        _("您的账号 {day} 换成了别的手机号。不是您自己换的，请马上告诉您的管理员。"),
        (Param("day", 10, "2026-12-01", r"\d{4}-\d\d-\d\d"),),
        _DAY,
        urgent=True,
    ),
    Kind(
        "system.trouble",
        _("系统出了问题"),
        _("{what}。请到省台看：{origin}/desk/"),
        (Param("what", 45, "短信发不出去：签名没有通过审核"),),
        _DAY,
        urgent=True,
        subject=_("借梯：{what}"),
        by_sms=False,
    ),
    Kind(
        "archive.ready",
        _("资料打好包"),
        _("您要的资料打好包了，{days} 天内登录“我的资料”下载。"),
        (Param("days", 2, "7", r"\d+"),),
        2 * _DAY,
    ),
    Kind(
        "goodbye.asked",
        _("申请注销"),
        _("您的账号将在 {due} 注销。反悔或不是您本人，请在此之前登录撤回。"),
        (_DUE,),
        2 * _DAY,
    ),
):
    add_kind(_kind)
