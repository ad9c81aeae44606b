"""Questions about package designs: whose they are, who may see, sign and open papers, what is missing."""

import hashlib
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.roles import DESIGNER, WORK_TEAM, has_role, may, memberships, permissions_of
from branding.models import ComplianceRun, PackageRequest, Pin, Round, RoundFile, SignOff
from branding.packaging_entries import DESIGN, OFFICER, OWN, SEE, SUPERVISE, WRITE, WRITE_ANY
from branding.packaging_states import Answer, FileKind, PackageState, Side
from branding.ports import goods
from tenants import register
from tenants.models import County

# Kinds of papers: a photo of the goods in the brief, the package as it came from the printer.
PHOTO, FINISHED = "package.photo", "package.finished"
# Nobody prints later than that, and the rules of a day far off are not published.
FURTHEST_PRINT = timedelta(days=3 * 365)
# What an invited designer may look at before saying yes.
BRIEF_PAPERS = frozenset({PHOTO})


def villages_of(user: Any, county_code: str) -> set[int] | None:
    """The villages a team serves; None means that all of the county are theirs."""
    if may(user, WRITE_ANY, county_code):
        return None
    seats = [seat for seat in memberships(user) if seat.county_code == county_code and seat.role == WORK_TEAM]
    return {village.pk for seat in seats for village in seat.villages.all()}


def places_of(county_code: str, ids: set[str]) -> dict[str, tuple[int | None, int | None]]:
    """Where cases lie, for the list of those who may open them."""
    found = PackageRequest.objects.filter(county_code=county_code, pk__in=ids)
    return {str(pk): (village, by) for pk, village, by in found.values_list("pk", "village_id", "created_by_id")}


def is_theirs(user: Any, case: PackageRequest) -> bool:
    """The village's people: its team, whoever wrote the request, the county's office."""
    if not may(user, WRITE, case.county_code):
        return False
    villages = villages_of(user, case.county_code)
    return villages is None or case.created_by_id == user.pk or case.village_id in villages  # type: ignore[attr-defined]


def is_designer(user: Any, case: PackageRequest) -> bool:
    return case.designer_id is not None and case.designer_id == user.pk and may(user, DESIGN)  # type: ignore[attr-defined]


def is_owner(user: Any, case: PackageRequest) -> bool:
    return case.owner_id is not None and case.owner_id == user.pk and may(user, OWN, case.county_code)  # type: ignore[attr-defined]


def place_in_full(case: PackageRequest) -> str:
    """黑龙江省双鸭山市饶河县小南河村: a label's origin and address name the province and the county, too."""
    county = County.objects.filter(code=case.county_code).first()
    if county is None:
        return case.place
    # What is governed by the province itself has it for its prefecture as well.
    above = dict.fromkeys([register.province_name(county.code[:2]), county.prefecture, county.name])
    return "".join(above) + case.place


def house_of(case: PackageRequest) -> set[int]:
    """Whose accounts the county has written down under the producer: one of them signs as the owner."""
    return goods().accounts_of(case.county_code, case.producer_id)


def is_officer(user: Any) -> bool:
    return may(user, OFFICER)


def can_see(user: Any, case: PackageRequest) -> bool:
    """Who may read the case on a desk. A draft is only its village's."""
    if is_theirs(user, case):
        return True
    if case.submitted_at is None:
        return False
    if may(user, SUPERVISE, case.county_code) or is_owner(user, case):
        return True
    return any(seat.county_code == "" and SEE in permissions_of(seat.role) for seat in memberships(user))


def can_see_brief(user: Any, case: PackageRequest) -> bool:
    """A designer at work on it, asked for it, or reading an open call."""
    if not may(user, DESIGN) or case.is_withdrawn or case.submitted_at is None:
        return False
    return is_designer(user, case) or was_asked(user, case) or in_open_call(case)


def was_asked(user: Any, case: PackageRequest) -> bool:
    return case.offers.exclude(answer=Answer.DECLINED).filter(designer=user).exists()


def in_open_call(case: PackageRequest) -> bool:
    from kernel import clock

    return case.state == PackageState.REQUEST and case.open_until is not None and clock.today() <= case.open_until


def may_be_assigned(person: Any) -> bool:
    return bool(person.is_active) and has_role(person, DESIGNER)


def stands_for(user: Any, case: PackageRequest, side: str) -> bool:
    """Is this person of that side here? The province does not sign for a county's supervision."""
    if side == Side.VILLAGE:
        return is_theirs(user, case)
    if side == Side.SUPERVISION:
        county_seats = [seat for seat in memberships(user) if seat.county_code == case.county_code]
        return any(SUPERVISE in permissions_of(seat.role) for seat in county_seats)
    return side == Side.OWNER and is_owner(user, case)


def may_sign(user: Any, case: PackageRequest, side: str) -> bool:
    """Of that side, and not signed for another already: three sides are three persons."""
    signed = SignOff.objects.filter(request=case, by=user, void_at__isnull=True).exists()
    return stands_for(user, case, side) and not signed


def sides_of(user: Any, case: PackageRequest) -> list[str]:
    """The sides this person could sign for now."""
    if case.state != PackageState.COMPLIANCE or case.is_withdrawn:
        return []
    signed = set(signatures(case).values_list("side", flat=True))
    return [side for side in Side.values if side not in signed and may_sign(user, case, side)]


def may_open_paper(user: Any, paper: Any) -> bool:
    """The guard of every paper of a case: the village, the desk, the signing sides, the designer."""
    case = PackageRequest.objects.filter(pk=paper.object_id).first() if str(paper.object_id).isdigit() else None
    if case is None or case.county_code != paper.county_code:
        return False
    unseen = RoundFile.objects.filter(paper_id=paper.pk, round__handed_in_at__isnull=True).exists()
    if is_designer(user, case):
        return True
    if unseen:
        return False
    return can_see(user, case) or (paper.kind in BRIEF_PAPERS and can_see_brief(user, case))


def signatures(case: PackageRequest) -> QuerySet[SignOff]:
    """The names that count: of the files as they are frozen now."""
    return case.sign_offs.filter(void_at__isnull=True, files_sha256=case.frozen_sha256).exclude(files_sha256="")


def is_signed(case: PackageRequest) -> bool:
    return set(signatures(case).values_list("side", flat=True)) == set(Side.values)


def files_of(round_: Round) -> QuerySet[RoundFile]:
    return round_.files.filter(removed_at__isnull=True)


def files_sha256(round_: Round) -> str:
    """One hash over every file of the round: a change of any byte or name is another hash."""
    lines = sorted(f"{one.kind} {one.sha256} {one.name}\n" for one in files_of(round_))
    return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else ""


def passed_run(case: PackageRequest) -> ComplianceRun | None:
    """The newest check, if it passed and looked at exactly the files of the chosen round."""
    if case.chosen is None:
        return None
    newest = case.runs.first()
    fits = newest and newest.passed and newest.files_sha256 == files_sha256(case.chosen)
    return newest if fits else None


def waiting_run(case: PackageRequest) -> ComplianceRun | None:
    """The newest check, if its answers wait for another person and its files are still these."""
    if case.chosen is None or case.state != PackageState.CHOSEN or case.is_withdrawn:
        return None
    newest = case.runs.first()
    fits = newest and newest.outcome == "waits" and newest.files_sha256 == files_sha256(case.chosen)
    return newest if fits else None


def may_second(user: Any, case: PackageRequest, run: ComplianceRun) -> bool:
    """The desk or the county's supervision, and neither who made the check nor the designer."""
    if user.pk in {run.by_id, case.designer_id}:  # type: ignore[attr-defined]
        return False
    return is_officer(user) or stands_for(user, case, Side.SUPERVISION)


def run_in_time(case: PackageRequest, on: date) -> ComplianceRun | None:
    """The passed check, while its print day lies ahead: after it, other rules may hold for what is printed."""
    run = passed_run(case)
    return run if run and run.printed_on and run.printed_on >= on else None


def is_overtaken(case: PackageRequest, on: date) -> bool:
    """Waiting for names or the hand-over when the day it was checked for went by."""
    waits = case.state in {PackageState.COMPLIANCE, PackageState.SIGNED_OFF} and case.handed_over_at is None
    return waits and not case.is_withdrawn and run_in_time(case, on) is None


def may_record(case: PackageRequest, on: date) -> bool:
    """Would a check of its print files count?"""
    if case.chosen is None or case.is_withdrawn:
        return False
    if not files_of(case.chosen).filter(kind=FileKind.PRINT).exists():
        return False
    return case.state == PackageState.CHOSEN or is_overtaken(case, on)


def open_pins(round_: Round) -> QuerySet[Pin]:
    return round_.pins.filter(resolved_at__isnull=True)


def latest_round(case: PackageRequest) -> Round | None:
    return case.rounds.filter(handed_in_at__isnull=False).first()


def missing(case: PackageRequest) -> dict[str, str]:
    """What a brief lacks before it can be handed in: field → what to do."""
    lacks = {
        "variant": "" if case.variant_id else _("选给哪个规格做包装。"),
        "kind": "" if case.kind else _("选做成袋、盒还是别的。"),
        "material": "" if case.material else _("选用什么材料，说不准就选“听设计师的”。"),
        "audience": "" if case.audience else _("选主要卖给谁。"),
        "run": "" if case.run else _("写先印多少个，例如 2000。"),
        "must_have": "" if case.must_have.strip() else _("写上包装上一定要有的字。"),
        "due_on": "" if case.due_on else _("写什么时候要用。"),
    }
    return {name: words for name, words in lacks.items() if words}


def cases_of(user: Any, county_code: str) -> QuerySet[PackageRequest]:
    """What this person sees on the county's desk."""
    found = PackageRequest.objects.filter(county_code=county_code)
    if may(user, WRITE, county_code):
        villages = villages_of(user, county_code)
        if villages is not None:
            found = found.filter(Q(created_by=user) | Q(village_id__in=villages))
        return found
    handed_in = found.filter(submitted_at__isnull=False)
    if may(user, SUPERVISE, county_code):
        return handed_in
    if may(user, OWN, county_code):
        return handed_in.filter(owner=user)
    return handed_in if may(user, SEE, county_code) else found.none()
