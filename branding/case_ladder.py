"""The ladder a case climbs: the goal on top, below it what has happened."""

from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branding.case_story import ENDED, ROAD, step_of, waiting_clock
from branding.models import Brand, BrandMistake, BrandNotice
from branding.notice_kinds import NOTICE_KINDS, kind_of
from branding.states import BRAND_MOVES
from branding.states import BrandState as S
from kernel import clock, money
from kernel.models import Deadline


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
        opened = clock.day_of(brand.opened_at)
        who = str(brand.opened_by or "")
        dated.append((opened, 0, Rung(str(opened), _("%(who)s开了案") % {"who": who} if who else _("开了案"))))
    for place, move in enumerate(brand.history_moves.order_by("pk"), start=1):
        day = clock.day_of(move.at)
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
    told = {"who": mistake.by_name, "day": clock.day_of(mistake.at), "why": mistake.why}
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
    waiting = waiting_clock(brand)
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
        text = _("拿到以后页面和包装才能用 ®，现在用 ™") if state == S.REGISTERED else ""
        rungs.append(Rung(_when(brand, state, waiting), titles[state], text, marks=frozenset({"future"})))
    return rungs


def _when(brand: Brand, state: S, waiting: Deadline | None) -> str:
    """The day a rung above is expected; a day that is over is no promise."""
    awaited = waiting is not None and not waiting.is_late
    if state == S.PUBLISHED and brand.state in (S.ACCEPTED, S.EXAMINED) and waiting:
        return _("最迟 %(day)s") % {"day": waiting.due} if awaited else _("本来最迟 %(day)s") % {"day": waiting.due}
    if state == S.REGISTERED and brand.state == S.PUBLISHED and waiting and awaited:
        return _("约 %(month)s") % {"month": f"{waiting.due:%Y-%m}"}
    if state == S.RENEWED and brand.valid_until:
        day = {"day": brand.valid_until}
        return _("本来最迟 %(day)s") % day if clock.today() > brand.valid_until else _("%(day)s 前") % day
    return ""
