"""Package cases as screens and other rooms ask for them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts import roles
from accounts.models import User
from accounts.selectors import people
from branding import packaging_rules as rules
from branding.models import ComplianceDraft, ComplianceRun, PackageRequest, PrintPack, Round
from branding.packaging_states import UNDER_WAY, PackageState, Side
from kernel import clock, deadlines, papers
from kernel.models import Deadline, Paper
from kernel.sentences import retold

LIST = {
    "waiting": (PackageState.REQUEST,),
    "design": (PackageState.ASSIGNED, PackageState.WORKING),
    "village": (PackageState.HANDED_IN,),
    "check": (PackageState.CHOSEN, PackageState.COMPLIANCE, PackageState.SIGNED_OFF),
    "done": (PackageState.DELIVERED,),
}
ROAD = (*UNDER_WAY, PackageState.DELIVERED)


def queue(which: str = "") -> QuerySet[PackageRequest]:
    """The packaging desk's cases, the one whose clock ends first on top; ``which`` is a key of LIST."""
    found = PackageRequest.objects.filter(submitted_at__isnull=False, withdrawn_at__isnull=True).exclude(
        state=PackageState.DRAFT
    )
    if which in LIST:
        found = found.filter(state__in=LIST[which])
    elif which != "all":
        found = found.exclude(state=PackageState.DELIVERED)
    return with_due(found).order_by(F("due").asc(nulls_last=True), "due_on", "pk")


def with_due(found: QuerySet[PackageRequest]) -> QuerySet[PackageRequest]:
    """Each with ``due``: the last day of the clock that runs on it."""
    running = Deadline.objects.filter(
        object_kind="package", object_id=Cast(OuterRef("pk"), CharField()), stopped_at__isnull=True
    ).order_by("due")
    return found.select_related("designer").annotate(due=Subquery(running.values("due")[:1]))


def counts() -> dict[str, int]:
    return {which: queue(which).count() for which in LIST}


def designers() -> QuerySet[User]:
    return people("", roles.DESIGNER)


def work_of(designer: Any) -> QuerySet[PackageRequest]:
    """What a designer has in hand or was asked for, and the open calls; the newest first."""
    mine = PackageRequest.objects.filter(designer=designer, withdrawn_at__isnull=True)
    return with_due(mine).order_by(F("due").asc(nulls_last=True), "-pk")


def open_calls() -> QuerySet[PackageRequest]:
    """Requests every designer may offer for, the first to close on top."""
    return PackageRequest.objects.filter(
        state=PackageState.REQUEST, open_until__gte=clock.today(), withdrawn_at__isnull=True
    ).order_by("open_until", "pk")


def clock_of(case: PackageRequest) -> Deadline | None:
    """The running clock that ends first."""
    return deadlines.of(case.name, case.county_code).filter(stopped_at__isnull=True).order_by("due").first()


def photos(case: PackageRequest) -> QuerySet[Paper]:
    return papers.of(case.name, case.county_code).filter(kind=rules.PHOTO)


def rounds_seen(case: PackageRequest) -> QuerySet[Round]:
    """Handed-in rounds, the newest first, with files and remarks."""
    return case.rounds.filter(handed_in_at__isnull=False).prefetch_related("files", "pins")


def pack_in_force(case: PackageRequest) -> PrintPack | None:
    """The pack that still holds exactly the signed files."""
    return case.packs.filter(void_at__isnull=True, files_sha256=case.frozen_sha256).first()


def newest_run(case: PackageRequest) -> ComplianceRun | None:
    return case.runs.first()


def compliance_draft(case: PackageRequest, person: Any) -> dict[str, Any] | None:
    """What this person typed for a check after the last one of theirs that was recorded."""
    found = ComplianceDraft.objects.filter(request=case, by=person).first()
    return dict(found.typed) if found else None


def packages_of(county_code: str, product_id: int) -> QuerySet[PackageRequest]:
    """A product's cases for the county's product screens, the running one first."""
    found = PackageRequest.objects.filter(county_code=county_code, product_id=product_id, withdrawn_at__isnull=True)
    return found.order_by(F("delivered_at").asc(nulls_first=True), "-pk")


def print_pack_for(county_code: str, variant_id: int) -> PrintPack | None:
    """The pack a printer gets for this SKU: of the newest delivered design."""
    return (
        PrintPack.objects.filter(
            request__county_code=county_code,
            variant_id=variant_id,
            request__state=PackageState.DELIVERED,
            void_at__isnull=True,
        )
        .order_by("-at")
        .first()
    )


def thanked_designers(county_code: str, product_id: int) -> list[str]:
    """Who designed this product's packages and agreed to be named."""
    names = PackageRequest.objects.filter(
        county_code=county_code,
        product_id=product_id,
        state=PackageState.DELIVERED,
        withdrawn_at__isnull=True,
        thanks_agreed_at__isnull=False,
        designer__is_active=True,
    ).values_list("designer__name", flat=True)
    return list(dict.fromkeys(names.order_by("delivered_at")))


def day_words(day: date) -> str:
    return _("%(month)s 月 %(day)s 日") % {"month": day.month, "day": day.day}


@dataclass(frozen=True)
class Line:
    """Where a case stands, in one sentence, and what the village does now."""

    says: str
    todo: str


def plain_line(case: PackageRequest) -> Line:
    if case.is_withdrawn:
        return Line(_("撤回了：%(why)s") % {"why": case.withdrawn_note}, _("要做就从产品页重新申请。"))
    if case.is_returned:
        return Line(_("退回来了，照着意见改。"), _("改完再交给省里。"))
    running = clock_of(case)
    due = day_words(running.due) if running else ""
    return _LINES[PackageState(case.state)](case, due)


def _draft(case: PackageRequest, due: str) -> Line:
    return Line(_("还没有交上去。"), _("写完五步，交给省里的包装台。"))


def _request(case: PackageRequest, due: str) -> Line:
    return Line(_("省里在派设计师，最迟 %(due)s派好。") % {"due": due}, _("现在不用做什么。"))


def _designing(case: PackageRequest, due: str) -> Line:
    return Line(_("%(name)s在设计，最迟 %(due)s出稿。") % {"name": case.designer, "due": due}, _("现在不用做什么。"))


def _handed_in(case: PackageRequest, due: str) -> Line:
    seen = rules.latest_round(case)
    return Line(
        _("第 %(number)s 稿来了，%(due)s前看一看。") % {"number": seen.number if seen else "", "due": due},
        _("在图上点一下就能提意见；满意就选定它。"),
    )


def _chosen(case: PackageRequest, due: str) -> Line:
    run = newest_run(case)
    if run and run.outcome == "asks":
        return Line(
            _("没有不合格的，还有 %(count)s 条要人对照标准核，最迟 %(due)s。") % {"count": run.asks, "due": due},
            _("现在不用做什么。"),
        )
    if run and run.outcome == "waits":
        return Line(
            _("要人核的 %(count)s 条核过了，等另一个人对照标准复核，最迟 %(due)s。") % {"count": run.asks, "due": due},
            _("现在不用做什么。"),
        )
    if run and not run.passed:
        return Line(_("合规检查没有过，设计师在改，最迟 %(due)s。") % {"due": due}, _("现在不用做什么。"))
    return Line(
        _("选定了第 %(number)s 稿，设计师在备印刷文件、过合规检查，最迟 %(due)s。")
        % {"number": case.chosen.number if case.chosen else "", "due": due},
        _("现在不用做什么。"),
    )


def _compliance(case: PackageRequest, due: str) -> Line:
    waiting = _("、").join(str(side.label) for side in sides_waiting(case))
    todo = _("品牌主还没有写明是谁，先写上。") if case.owner is None else _("看过文件再签，签完就不能改了。")
    return Line(_("合规过了，还差%(sides)s签字，最迟 %(due)s。") % {"sides": waiting, "due": due}, todo)


def _signed_off(case: PackageRequest, due: str) -> Line:
    if case.handed_over_at is None:
        return Line(_("三方都签了，等设计师交付。"), _("现在不用做什么。"))
    return Line(
        _("文件交到了，%(due)s以前不回话就算收下。") % {"due": due},
        _("打开印刷包看一看，没问题就收下，有问题写一句。"),
    )


def _delivered(case: PackageRequest, due: str) -> Line:
    if papers.of(case.name, case.county_code).filter(kind=rules.FINISHED).exists():
        return Line(_("做好了，产品页用上了新包装的照片。"), _("印刷包随时能下载。"))
    return Line(_("做好了，印刷包可以拿去印。"), _("印出来以后拍一张成品，产品页就换上它。"))


_LINES = {
    PackageState.DRAFT: _draft,
    PackageState.REQUEST: _request,
    PackageState.ASSIGNED: _designing,
    PackageState.WORKING: _designing,
    PackageState.HANDED_IN: _handed_in,
    PackageState.CHOSEN: _chosen,
    PackageState.COMPLIANCE: _compliance,
    PackageState.SIGNED_OFF: _signed_off,
    PackageState.DELIVERED: _delivered,
}


def sides_waiting(case: PackageRequest) -> list[Side]:
    signed = set(rules.signatures(case).values_list("side", flat=True))
    return [side for side in Side if side not in signed]


@dataclass(frozen=True)
class Rung:
    """A step of the case: ``how`` is future, now, done or trouble."""

    title: str
    how: str
    at: Any = None
    words: str = ""


def ladder(case: PackageRequest) -> list[Rung]:
    """The goal on top, then what lies ahead, where it stands, and every step taken, newest first."""
    ahead = [] if case.is_withdrawn else [state for state in ROAD if _place(state) > _place(case.state)]
    rungs = [Rung(str(PackageState(state).label), "future") for state in reversed(ahead)]
    if case.is_withdrawn:
        rungs.append(Rung(_("撤回"), "trouble", case.withdrawn_at, case.withdrawn_note))
    moves = list(case.history_moves.all())
    for place, move in enumerate(moves):
        back = _place(move.to_state) < _place(move.from_state)
        how = "now" if place == 0 and not case.is_withdrawn else ("trouble" if back else "done")
        words = _("：").join(part for part in (move.by_name or _("系统"), _note_of(move.note)) if part)
        rungs.append(Rung(str(PackageState(move.to_state).label), how, move.at, words))
    opened = Rung(
        _("提了需求"), "now" if not moves and not case.is_withdrawn else "done", None, str(case.created_by or "")
    )
    return [*rungs, opened]


def _note_of(note: str) -> str:
    """A note we wrote ourselves, in the reader's language; what somebody typed stays as it is."""
    overtaken = "合规是按 %(day)s 印查的，这一天已经过了。请设计师写新的印刷日期重新查，三方再签。"
    return retold(note, "选第 %(number)s 稿", "第 %(number)s 稿", overtaken)


def _place(state: str) -> int:
    return list(PackageState.values).index(state)


def steps_done(case: PackageRequest) -> tuple[int, int]:
    """How many of the road's steps are behind it, and how many there are."""
    return max(_place(case.state), 0), len(ROAD)
