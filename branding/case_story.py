"""A case told to people: one plain line of where it stands, and the ladder it climbs."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branding import case_rules
from branding.models import Brand, BrandMistake, BrandNotice
from branding.notice_kinds import NOTICE_KINDS, WAITING, kind_of
from branding.services import answers, clocks, notices
from branding.states import BRAND_MOVES
from branding.states import BrandState as S
from kernel import clock, money
from kernel.models import Deadline

ROAD = (S.IDEA, S.CHECKED, S.PREPARED, S.FILED, S.ACCEPTED, S.EXAMINED, S.PUBLISHED, S.REGISTERED, S.RENEWED)
STANDS_AT = {S.CORRECTION: S.FILED, S.REFUSED: S.EXAMINED, S.REVIEW: S.EXAMINED, S.OPPOSED: S.PUBLISHED}
ENDED = frozenset({S.WITHDRAWN, S.LAPSED})


@dataclass(frozen=True)
class Line:
    """``says`` where it stands, ``todo`` what the village does now; neither ends with a full stop."""

    says: str
    todo: str
    late: bool = False

    @property
    def whole(self) -> str:
        return _("%(says)s，%(todo)s。") % {"says": self.says, "todo": self.todo}


@dataclass(frozen=True)
class Rung:
    when: str
    title: str
    text: str = ""
    paper: str = ""
    paper_name: str = ""
    marks: frozenset[str] = field(default_factory=frozenset)

    @property
    def css(self) -> str:
        return " ".join(sorted(self.marks))


def line_of(brand: Brand) -> Line:
    """The one sentence the village and the officer both read."""
    if brand.state in (S.IDEA, S.CHECKED):
        return _before_filing(brand)
    asked = notices.open_question(brand)
    if asked is not None:
        return _asked(brand, asked)
    waiting = _waiting_clock(brand)
    if waiting is not None and waiting.is_late and brand.state in _PAST:
        return _PAST[S(brand.state)](brand, waiting.due)
    if waiting is not None and waiting.is_late:
        return Line(
            ngettext(
                "%(clock)s本来最迟 %(due)s，已经过了 %(days)s 天",
                "%(clock)s本来最迟 %(due)s，已经过了 %(days)s 天",
                -waiting.days_left,
            )
            % {"clock": waiting.name, "due": waiting.due, "days": -waiting.days_left},
            _("省里在催"),
            late=True,
        )
    due = waiting.due if waiting else ""
    return _LINES[S(brand.state)](brand, due)


def _before_filing(brand: Brand) -> Line:
    if brand.submitted_at is not None:
        look = next((one for one in clocks.running(brand) if one.code == "brand.look"), None)
        todo = _("打印委托书，签字盖章，拍照传上来") if case_rules.wants_power(brand) else _("现在不用做什么")
        if look is None:
            return Line(_("省里在看材料"), todo)
        if look.is_late:
            return Line(_("省里在看材料，本来最迟 %(due)s 有回音，晚了") % {"due": look.due}, todo, late=True)
        return Line(_("省里在看材料，最迟 %(due)s 有回音") % {"due": look.due}, todo)
    if brand.returned_at is not None:
        return Line(_("省里看过了，有要改的地方"), _("照着意见改好，再交上来"))
    return Line(_("还在写，没有交上来"), _("写完就交"))


def _asked(brand: Brand, asked: BrandNotice) -> Line:
    clock_of_it = next((one for one in clocks.running(brand) if clocks.SPANS[one.code].owner == clocks.VILLAGE), None)
    due = clock_of_it.due if clock_of_it else ""
    late = bool(clock_of_it and clock_of_it.is_late)
    if answers.waiting_answer(brand):
        if late:
            return Line(_("答复交给省里了，本来最迟 %(due)s 递出去，晚了") % {"due": due}, _("给省里打个电话问"), late)
        return Line(_("答复交给省里了，最迟 %(due)s 递出去") % {"due": due}, _("现在不用做什么"))
    if late and clock_of_it:
        words = ngettext(
            "%(clock)s最迟 %(due)s，已经过了 %(days)s 天",
            "%(clock)s最迟 %(due)s，已经过了 %(days)s 天",
            -clock_of_it.days_left,
        ) % {
            "clock": clock_of_it.name,
            "due": due,
            "days": -clock_of_it.days_left,
        }
        return Line(words, _("马上写好答复，交给省里"), late=True)
    told = {
        "correction": (_("国家局要补正，最迟 %(due)s 答复"), _("写好答复，交给省里")),
        "opinion": (_("国家局有审查意见，最迟 %(due)s 答复"), _("写好说明，交给省里")),
        "opposition": (_("有人提出异议，最迟 %(due)s 答辩"), _("写好答辩，交给省里")),
        "refusal": (_("国家局驳回了，最迟 %(due)s 可以申请复审"), _("要复审就写好理由，交给省里")),
        "opposition_lost": (_("异议成立，不予注册，最迟 %(due)s 可以申请复审"), _("要复审就写好理由，交给省里")),
    }[asked.kind]
    return Line(told[0] % {"due": due}, told[1])


def _registered(brand: Brand, due: Any) -> Line:
    if brand.valid_until is None:
        return Line(_("注册好了"), _("照注册的样子用"))
    opens = clocks.renewal_opens(brand.valid_until)
    if clock.today() >= opens:
        return Line(_("注册快到期了，最迟 %(day)s 续展") % {"day": brand.valid_until}, _("和省里说要不要续展"))
    return Line(
        _("注册好了，有效到 %(day)s，%(opens)s 起可以续展") % {"day": brand.valid_until, "opens": opens},
        _("照注册的样子用，留好使用证据"),
    )


def _waits(words: Any) -> Any:
    return lambda brand, due: Line(words() % {"due": due}, _("现在不用做什么"))


def _given_up(brand: Brand) -> Line:
    if brand.registered_on:
        return Line(_("自己申请注销了，这件商标没有效了"), _("别再用 ® 和 ™"))
    return Line(_("撤回了，这个名字不办了"), _("不用做什么"))


def _correction_sent(brand: Brand, due: Any) -> Line:
    return Line(_("补正递出去了，在等国家局受理"), _("现在不用做什么"))


_LINES: dict[S, Any] = {
    S.PREPARED: _waits(lambda: _("材料齐了，省里最迟 %(due)s 递交国家局")),
    S.FILED: _waits(lambda: _("递交国家局了，在等受理通知")),
    S.CORRECTION: _correction_sent,
    S.ACCEPTED: _waits(lambda: _("国家局在审查，最迟 %(due)s 有结果")),
    S.EXAMINED: _waits(lambda: _("国家局在审查，最迟 %(due)s 有结果")),
    S.PUBLISHED: _waits(lambda: _("初审公告了，到 %(due)s 没有人异议就能注册")),
    S.OPPOSED: _waits(lambda: _("答辩递了，国家局最迟 %(due)s 决定")),
    S.REFUSED: _waits(lambda: _("国家局驳回了，最迟 %(due)s 可以申请复审")),
    S.REVIEW: _waits(lambda: _("在复审，最迟 %(due)s 有结果")),
    S.REGISTERED: _registered,
    S.RENEWED: _registered,
    S.WITHDRAWN: lambda brand, due: _given_up(brand),
    S.LAPSED: lambda brand, due: Line(_("这件商标没有效了"), _("别再用 ® 和 ™")),
}


def _in_grace(brand: Brand, due: Any) -> Line:
    """《商标法》第四十条: six months after the end a renewal is still taken, with a surcharge."""
    grace = next((one for one in clocks.running(brand) if one.code == "brand.grace"), None)
    if grace is None or grace.is_late:
        return Line(
            _("有效期 %(day)s 满了，没有续展") % {"day": brand.valid_until}, _("别再用 ® 和 ™，问省里"), late=True
        )
    words = _("有效期 %(day)s 满了，宽展期里最迟 %(due)s 还能续展") % {"day": brand.valid_until, "due": grace.due}
    return Line(words, _("马上和省里说要不要续展"), late=True)


# An end that is nobody's delay, or after which something else may still be done.
_PAST: dict[S, Any] = {
    S.PUBLISHED: lambda brand, due: Line(
        _("公告到 %(due)s 满了，在等注册证或者异议通知") % {"due": due}, _("现在不用做什么")
    ),
    S.REGISTERED: _in_grace,
    S.RENEWED: _in_grace,
}


def _waiting_clock(brand: Brand) -> Deadline | None:
    """The clock this state waits for; of several the one that ends first."""
    wanted = WAITING.get(S(brand.state), set())
    return next((one for one in clocks.running(brand) if one.code in wanted), None)


def step_of(brand: Brand) -> tuple[int, int]:
    """(the rung it stands on, of how many); an ended case stands where it left the road."""
    state = brand.state
    if state in ENDED:
        last = brand.history_moves.first()
        state = last.from_state if last else S.IDEA
    at = STANDS_AT.get(S(state), S(state))
    return ROAD.index(at) + 1, len(ROAD)


def ladder_of(brand: Brand) -> list[Rung]:
    """The goal on top, then what has happened, the latest first, down to the day it was opened."""
    past = _past(brand)
    if brand.state not in ENDED and past:
        place = next(place for place, rung in enumerate(past) if "undone" not in rung.marks)
        past[place] = replace(past[place], marks=past[place].marks | {"now"})
    return [*_future(brand), *past]


def _past(brand: Brand) -> list[Rung]:
    dated: list[tuple[date, int, Rung]] = []
    if brand.opened_at:
        opened = brand.opened_at.astimezone(clock.SHANGHAI).date()
        who = str(brand.opened_by or "")
        dated.append((opened, 0, Rung(str(opened), _("%(who)s开了案") % {"who": who} if who else _("开了案"))))
    for place, move in enumerate(brand.history_moves.order_by("pk"), start=1):
        day = move.at.astimezone(clock.SHANGHAI).date()
        if move.to_state not in BRAND_MOVES[S(move.from_state)]:
            continue  # a step back: the mistake below says so
        if move.to_state == S.CHECKED:
            dated.append((day, place, Rung(str(day), _("查过近似，交到省里"), _slip_words(brand, move.note))))
        elif move.to_state == S.PREPARED:
            dated.append((day, place, Rung(str(day), _("材料备齐"), _("经办：%(who)s") % {"who": move.by_name})))
        elif move.to_state == S.WITHDRAWN and brand.filed_on is None:
            dated.append((day, place, Rung(str(day), _("不办了"), move.note, marks=frozenset({"trouble"}))))
    dated += [(one.dated, 100 + place, _notice_rung(one)) for place, one in enumerate(brand.notices.order_by("pk"))]
    dated += [(one.dated, 100, _mistake_rung(one)) for one in brand.mistakes.order_by("pk")]
    # A case known before it came here has papers older than its opening: their order is the table's.
    return [rung for _day, _place, rung in sorted(dated, key=lambda row: (row[1] >= 100, row[0], row[1]), reverse=True)]


def _slip_words(brand: Brand, note: str) -> str:
    """What the first slip found, counted anew: the note was written in the language of whoever handed in."""
    first = brand.checks.order_by("at", "pk").first()
    if first is None:
        return note
    return ngettext("预检单 %(n)s 处提示", "预检单 %(n)s 处提示", len(first.findings)) % {"n": len(first.findings)}


def _notice_rung(notice: BrandNotice) -> Rung:
    kind = kind_of(notice.kind, notice.from_state)
    return Rung(
        when=str(notice.dated),
        title=str(kind.line),
        text=_said_of(notice),
        paper=notice.paper,
        paper_name=str(kind.name),
        marks=frozenset({"trouble"}) if kind.trouble else frozenset(),
    )


def _mistake_rung(mistake: BrandMistake) -> Rung:
    kind = NOTICE_KINDS[mistake.kind]
    told = {"who": mistake.by_name, "day": mistake.at.astimezone(clock.SHANGHAI).date(), "why": mistake.why}
    return Rung(
        when=str(mistake.dated),
        title=_("%(paper)s，记错了，已收回") % {"paper": kind.name},
        text=_("%(who)s %(day)s 收回：%(why)s") % told,
        paper=str(mistake.paper_id or ""),
        paper_name=str(kind.name),
        marks=frozenset({"undone"}),
    )


def _said_of(notice: BrandNotice) -> str:
    facts = notice.facts
    said = {
        "filing": lambda: _("费用 %(yuan)s 元") % {"yuan": money.yuan(facts.get("fee_fen", 0))},
        "acceptance": lambda: _("申请号 %(n)s") % {"n": facts.get("application_no", "")},
        "publication": lambda: _("第 %(n)s 期公告") % {"n": facts.get("issue", "")},
        "certificate": lambda: (
            _("注册证号 %(n)s，第 %(classes)s 类")
            % {
                "n": facts.get("registration_no", ""),
                "classes": _("、").join(map(str, facts.get("nice_classes", []))),
            }
        ),
    }.get(notice.kind)
    parts = [said() if said else ""]
    if notice.received_on and NOTICE_KINDS[notice.kind].answer:
        parts.append(_("%(day)s 算收到") % {"day": notice.received_on})
    parts.append(notice.note)
    return _("。").join(part for part in parts if part)


def _future(brand: Brand) -> list[Rung]:
    if brand.state in ENDED or brand.state == S.RENEWED:
        return []
    place, _all = step_of(brand)
    waiting = _waiting_clock(brand)
    titles = {
        S.CHECKED: _("查近似，交到省里"),
        S.PREPARED: _("材料备齐"),
        S.FILED: _("递交国家局"),
        S.ACCEPTED: _("受理"),
        S.EXAMINED: _("国家局实质审查"),
        S.PUBLISHED: _("初审公告，三个月没人异议"),
        S.REGISTERED: _("拿到注册证"),
        S.RENEWED: _("续展"),
    }
    rungs = []
    for state in reversed(ROAD[place:]):
        when = ""
        if state == S.PUBLISHED and brand.state in (S.ACCEPTED, S.EXAMINED) and waiting:
            when = _("最迟 %(day)s") % {"day": waiting.due}
        elif state == S.REGISTERED and brand.state == S.PUBLISHED and waiting:
            when = _("约 %(month)s") % {"month": f"{waiting.due:%Y-%m}"}
        elif state == S.RENEWED and brand.valid_until:
            when = _("%(day)s 前") % {"day": brand.valid_until}
        text = _("拿到以后页面和包装才能用 ®，现在用 ™") if state == S.REGISTERED else ""
        rungs.append(Rung(when, titles[state], text, marks=frozenset({"future"})))
    return rungs
