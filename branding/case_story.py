"""A case told to people: one plain line of where it stands."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branding import case_rules
from branding.models import Brand, BrandNotice
from branding.notice_kinds import WAITING
from branding.services import answers, clocks, notices
from branding.states import BrandState as S
from kernel import clock
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


def line_of(brand: Brand) -> Line:
    """The one sentence the village and the officer both read."""
    if brand.state in (S.IDEA, S.CHECKED):
        return _before_filing(brand)
    asked = notices.open_question(brand)
    if asked is not None:
        return _asked(brand, asked)
    waiting = waiting_clock(brand)
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
    if brand.state == S.CHECKED:
        return Line(_("交过又拿回来改了"), _("改好再交"))
    return Line(_("还在写，没有交上来"), _("写完就交"))


def _asked(brand: Brand, asked: BrandNotice) -> Line:
    clock_of_it = next((one for one in clocks.running(brand) if clocks.SPANS[one.code].owner == clocks.VILLAGE), None)
    due = clock_of_it.due if clock_of_it else ""
    late = bool(clock_of_it and clock_of_it.is_late)
    if answers.waiting_answer(brand):
        if late:
            return Line(_("答复交给省里了，本来最迟 %(due)s 递出去，晚了") % {"due": due}, _("给省里打个电话问"), late)
        return Line(_("答复交给省里了，最迟 %(due)s 递出去") % {"due": due}, _("现在不用做什么"))
    if late and asked.kind in _TOO_LATE:
        return Line(_TOO_LATE[asked.kind](due), _("还想办，和省里说重新申请"), late=True)
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
    if clock.today() > brand.valid_until:  # a certificate that came here without its clocks
        return _in_grace(brand, due)
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


# 《商标法》第三十六条: a decision nobody asked to review in its term is final; no answer helps any more.
_TOO_LATE: dict[str, Any] = {
    "refusal": lambda due: _("国家局驳回了，申请复审的日子 %(due)s 过了，没有申请的驳回生效") % {"due": due},
    "opposition_lost": lambda due: _("异议成立，申请复审的日子 %(due)s 过了，没有申请的不予注册生效") % {"due": due},
}
# What the province itself is late with, an end that is nobody's delay, or after which something else may still be done.
_PAST: dict[S, Any] = {
    S.PREPARED: lambda brand, due: Line(
        _("材料齐了，省里本来最迟 %(due)s 递交国家局，晚了") % {"due": due}, _("给省里打个电话问"), late=True
    ),
    S.PUBLISHED: lambda brand, due: Line(
        _("公告到 %(due)s 满了，在等注册证或者异议通知") % {"due": due}, _("现在不用做什么")
    ),
    S.REGISTERED: _in_grace,
    S.RENEWED: _in_grace,
}


def waiting_clock(brand: Brand) -> Deadline | None:
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
