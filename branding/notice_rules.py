"""What a document must say before it moves a case. Everything here refuses; nothing changes a row."""

import csv
import re
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from branding.errors import EnteredAlready, FactMissing, NotNow, WrongDate
from branding.models import Brand, BrandNotice
from branding.notice_kinds import NOTICE_KINDS, NoticeKind
from branding.services.clocks import renewal_opens
from branding.states import BrandState
from kernel import clock, terms, workdays

GAZETTE = Path(__file__).parent / "data" / "gazette_days.csv"
NUMBER = re.compile(r"^[0-9A-Za-z〔〕()（）\-]{4,40}$")
REGISTER_NO = re.compile(r"^\d{6,12}[A-Za-z]?$")


def must_fit(brand: Brand, kind: NoticeKind) -> None:
    """Raises NotNow unless the table knows this document here, with what must come before it."""
    if brand.state not in kind.moves:
        wanted = _("、").join(str(BrandState(state).label) for state in kind.moves)
        raise NotNow(
            _("现在是“%(now)s”，%(paper)s只能在“%(wanted)s”的时候记。请刷新页面看看是不是别人已经记过了。")
            % {"now": brand.state_word, "paper": kind.name, "wanted": wanted},
            state=brand.state,
        )
    needed = kind.needs.get(brand.state)
    if needed and not brand.notices.filter(kind=needed).exists():
        raise NotNow(
            _("先把%(needed)s递出去记下来，再记%(paper)s。")
            % {"needed": NOTICE_KINDS[needed].name, "paper": kind.name},
            state=brand.state,
        )


def must_be_new(brand: Brand, kind: NoticeKind, number: str) -> None:
    """Raises EnteredAlready for a notice that lies in this case or in another."""
    if not number:
        return
    known = BrandNotice.objects.filter(kind=kind.code, number=number).select_related("brand").first()
    if known is None:
        return
    if known.brand_id == brand.pk:
        raise EnteredAlready(
            _("这份%(paper)s（%(number)s）%(by)s已经在 %(day)s 记过了，不用再记。")
            % {
                "paper": kind.name,
                "number": number,
                "by": known.by_name,
                "day": clock.day_of(known.at),
            },
            notice=known.pk,
        )
    raise EnteredAlready(
        _("文号 %(number)s 记在另一件案子 %(other)s 上了，看看是不是拿错了文件。")
        % {"number": number, "other": known.brand.number},
        notice=known.pk,
    )


def must_be_dated(brand: Brand, kind: NoticeKind, dated: date) -> None:
    """Not in the future, not before the filing, not before the document before it."""
    if dated > clock.today():
        raise WrongDate(_("日期 %(day)s 还没有到，请照文件上的日期写。") % {"day": dated}, dated=dated)
    if brand.filed_on and dated < brand.filed_on:
        raise WrongDate(
            _("日期 %(day)s 早于递交日 %(filed)s，请照文件上的日期写。") % {"day": dated, "filed": brand.filed_on},
            dated=dated,
        )
    last = brand.notices.order_by("-dated", "-pk").first()
    if last is not None and dated < last.dated:
        raise WrongDate(
            _("日期 %(day)s 早于上一份文件（%(paper)s，%(last)s），请照文件上的日期写。")
            % {"day": dated, "paper": NOTICE_KINDS[last.kind].name, "last": last.dated},
            dated=dated,
        )
    if kind.code == "publication" and dated.day not in gazette_days(dated):
        days = _("、").join(map(str, sorted(gazette_days(dated))))
        raise WrongDate(
            _("《商标公告》每月 %(days)s 日刊登，%(day)s 没有，请照公告上的日期写。") % {"days": days, "day": dated},
            dated=dated,
        )


def days_of_receipt(
    kind: NoticeKind, dated: date, *, electronic: bool, sent_on: date | None, received_on: date | None
) -> tuple[date | None, date | None]:
    """(sent, received). An electronic notice counts as received 15 days after it was sent."""
    if not kind.official:
        return None, None
    if electronic:
        sent = sent_on or dated
        if not dated <= sent <= clock.today():
            raise WrongDate(_("发出日 %(day)s 不对：不早于文件日期，也不能在今天之后。") % {"day": sent}, dated=sent)
        return sent, workdays.end_of(sent, terms.term("brand.electronic", sent))
    if received_on is None:
        raise FactMissing(_("纸质文件要写收到的日期，期限从那天起算。"), fact="received_on")
    if not dated <= received_on <= clock.today():
        raise WrongDate(
            _("收到日 %(day)s 不对：不早于文件日期，也不能在今天之后。") % {"day": received_on}, dated=received_on
        )
    return sent_on, received_on


def plain_number(kind: NoticeKind, number: str) -> str:
    number = number.strip()
    if kind.official and not NUMBER.match(number):
        raise FactMissing(_("写上文件的发文编号，例如 TMZC30012345BZ01。"), fact="number")
    return number


def particulars(brand: Brand, kind: NoticeKind, dated: date, facts: dict[str, Any]) -> dict[str, Any]:
    """What the document must carry, checked; raises FactMissing or WrongDate with what to write."""
    unknown = facts.keys() - set(kind.asks)
    if unknown:
        raise TypeError(f"{kind.code} does not carry {sorted(unknown)}")
    checked: dict[str, Any] = {}
    for name in kind.asks:
        checked[name] = _CHECKS[name](brand, dated, facts.get(name))
    return checked


@lru_cache(maxsize=1)
def _gazette_rows() -> tuple[tuple[int, date], ...]:
    with GAZETTE.open(encoding="utf-8", newline="") as file:
        return tuple((int(row["day"]), date.fromisoformat(row["valid_from"])) for row in csv.DictReader(file))


def gazette_days(on: date) -> set[int]:
    """The days of a month on which 《商标公告》 appears, by the newest row in force."""
    in_force = [row for row in _gazette_rows() if row[1] <= on]
    newest = max((row[1] for row in in_force), default=on)
    return {day for day, since in in_force if since == newest}


def _online(brand: Brand, dated: date, value: Any) -> bool:
    return True if value is None else bool(value)


def _old_case(brand: Brand, dated: date, value: Any) -> bool:
    """Filed before the platform knew of it: said by the officer, for a slip of the pen looks just the same."""
    opened = clock.day_of(brand.opened_at) if brand.opened_at else dated
    if dated < opened and not value:
        raise WrongDate(
            _(
                "日期 %(day)s 早于这件案子在平台上建起来的那天（%(opened)s），请照回执上的日期写。"
                "确实是平台开通以前就递了的，勾上“以前递的旧案”。"
            )
            % {"day": dated, "opened": opened},
            dated=dated,
        )
    return dated < opened


def _application_no(brand: Brand, dated: date, value: Any) -> str:
    number = str(value or "").strip()
    if not REGISTER_NO.match(number):
        raise FactMissing(_("写上受理通知书上的申请号，例如 83012345。"), fact="application_no")
    if Brand.objects.filter(application_no=number).exclude(pk=brand.pk).exists():
        raise EnteredAlready(_("申请号 %(n)s 已经在另一件案子上了，看看是不是拿错了文件。") % {"n": number})
    return number


def _issue(brand: Brand, dated: date, value: Any) -> str:
    issue = str(value or "").strip()
    if not issue.isdecimal():
        raise FactMissing(_("写上公告期号，例如 1890。"), fact="issue")
    return issue


def _registration_no(brand: Brand, dated: date, value: Any) -> str:
    number = str(value or "").strip()
    if not REGISTER_NO.match(number):
        raise FactMissing(_("写上注册证号，例如 83012345。"), fact="registration_no")
    if Brand.objects.filter(registration_no=number).exclude(pk=brand.pk).exists():
        raise EnteredAlready(_("注册号 %(n)s 已经在另一件案子上了，看看是不是拿错了文件。") % {"n": number})
    return number


def _registered_on(brand: Brand, dated: date, value: Any) -> str:
    day = _day(value, _("写上注册证上的注册日期。"), "registered_on")
    if brand.published_on is None:
        raise NotNow(_("还没有记初审公告，先记公告，再记注册证。"), state=brand.state)
    free = workdays.end_of(brand.published_on, terms.term("brand.opposition", brand.published_on))
    if day <= free:
        raise WrongDate(
            _("注册日 %(day)s 在异议期里（公告三个月到 %(free)s 才满），请照注册证上的日期写。")
            % {"day": day, "free": free},
            dated=day,
        )
    if day > dated:
        raise WrongDate(_("注册日 %(day)s 晚于发证日 %(dated)s，请照注册证写。") % {"day": day, "dated": dated})
    return day.isoformat()


def _nice_classes(brand: Brand, dated: date, value: Any) -> list[int]:
    classes = sorted({int(one) for one in value or []})
    if not classes:
        raise FactMissing(_("勾上注册证上的类别。"), fact="nice_classes")
    beyond = [one for one in classes if one not in brand.nice_classes]
    if beyond:
        raise FactMissing(
            _("第 %(beyond)s 类没有申请过，注册证上不会有。") % {"beyond": _("、").join(map(str, beyond))},
            fact="nice_classes",
        )
    return classes


def _applied_on(brand: Brand, dated: date, value: Any) -> str:
    day = _day(value, _("写上递交续展申请的日期。"), "applied_on")
    last = brand.valid_until or day
    first, end = renewal_opens(last), workdays.end_of(last, terms.term("brand.grace", last))
    if not first <= day <= end:
        raise WrongDate(
            _("续展要在 %(first)s 到 %(end)s 之间申请，%(day)s 不在里面。") % {"first": first, "end": end, "day": day},
            dated=day,
        )
    if day > dated:
        raise WrongDate(_("申请日 %(day)s 晚于核准日 %(dated)s，请照文件写。") % {"day": day, "dated": dated})
    return day.isoformat()


def _day(value: Any, words: str, fact: str) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value or ""))
    except ValueError as wrong:
        raise FactMissing(words, fact=fact) from wrong


def last_day_of(registered_on: date) -> date:
    """Ten years from the registration: 2026-01-21 → 2036-01-20."""
    years = terms.term("brand.certificate", registered_on).length
    return workdays.add_months(registered_on, 12 * years) - timedelta(days=1)


_CHECKS = {
    "online": _online,
    "old_case": _old_case,
    "application_no": _application_no,
    "issue": _issue,
    "registration_no": _registration_no,
    "registered_on": _registered_on,
    "nice_classes": _nice_classes,
    "applied_on": _applied_on,
}
