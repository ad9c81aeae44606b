"""The check that counts: kept as it was told, overtaken by its print day, freezing the files where it passes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts import roles
from branding import packaging_entries as entries
from branding import packaging_rules as rules
from branding.compliance import Verdict
from branding.models import ComplianceDraft, ComplianceRun, PackageRequest
from branding.packaging_errors import NothingToShow, PrintDayWrong
from branding.packaging_states import FileKind, PackageState
from branding.services.packaging_desk import (
    clock_off,
    clock_on,
    designers_due,
    done,
    locked,
    must_be,
    note,
    of_village,
    tell,
    tell_check_again,
    tell_officer,
    tell_village,
    touch,
    village_page,
)
from branding.services.packaging_owner import ask_owner
from kernel import clock


def keep_draft(case: PackageRequest, typed: Mapping[str, Any], *, by: Any) -> None:
    """What somebody typed so far, right or wrong; recorded, it is the run's."""
    ComplianceDraft.objects.update_or_create(request=case, by=by, defaults={"typed": dict(typed), "at": clock.now()})


def ask_second(case: PackageRequest, run: ComplianceRun) -> None:
    """The packaging desk's; where the desk itself made the check, the county's market supervision."""
    done(entries.CHECK, case, by=run.by)
    if run.by is not None and roles.may(run.by, entries.OFFICER):
        tell(entries.SECOND, case, role=entries.MARKET_SUPERVISION, url=village_page(case), due=designers_due(case))
    else:
        tell_officer(entries.SECOND, case, due=designers_due(case))


@transaction.atomic
def record_compliance(
    case: PackageRequest,
    *,
    by: Any,
    passed: bool,
    printed_on: date,
    facts: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    edition: str = "",
) -> ComplianceRun:
    """Keep what a check of the chosen round found. One that passes freezes the files and asks for names.

    ``passed``: nothing fails, and what asks for a person was answered. Where something was, another person
    looks at the answers first. ``printed_on`` is the day whose rules it kept to. A check overtaken by that
    day gives way to this one.
    """
    case = locked(case)
    if rules.is_overtaken(case, clock.today()):
        _void_overtaken(case, by=by)
    must_be(case, PackageState.CHOSEN)
    must_lie_ahead(printed_on)
    round_ = case.chosen
    if round_ is None or not rules.files_of(round_).filter(kind=FileKind.PRINT).exists():
        raise NothingToShow(_("先传印刷文件，再做合规检查。"))
    frozen = rules.files_sha256(round_)
    waits = passed and any(one.get("verdict") == Verdict.ASK for one in findings)
    run = ComplianceRun.objects.create(
        request=case,
        round=round_,
        files_sha256=frozen,
        passed=passed and not waits,
        edition=edition[:120],
        facts={**facts, "printed_on": printed_on.isoformat()},
        findings=[dict(one) for one in findings],
        by=by,
        by_name=str(by),
        at=clock.now(),
    )
    note("compliance", case, by=by, passed=run.passed, sha256=frozen)
    ComplianceDraft.objects.filter(request=case, by=by).delete()
    done(entries.SECOND, case, by=by)
    if run.passed:
        freeze(case, frozen, by=by)
    elif waits:
        ask_second(case, run)
    else:
        touch(case)
        tell_check_again(case)
    return run


def must_lie_ahead(printed_on: date) -> None:
    """An old day would pass by rules that are over, a far one by rules that nobody knows yet."""
    today = clock.today()
    if printed_on < today:
        raise PrintDayWrong(
            _("印刷日期 %(day)s 已经过了。写今天以后真要印的那一天，按那天的标准查。") % {"day": printed_on.isoformat()}
        )
    if printed_on > today + rules.FURTHEST_PRINT:
        raise PrintDayWrong(
            _("印刷日期 %(day)s 太远，那时的标准还不知道。写三年以内真要印的那一天。") % {"day": printed_on.isoformat()}
        )


def must_be_in_time(case: PackageRequest) -> None:
    if rules.run_in_time(case, clock.today()) is None:
        raise PrintDayWrong(_overtaken_words(case))


def _overtaken_words(case: PackageRequest) -> str:
    run = rules.passed_run(case)
    day = run.printed_on.isoformat() if run and run.printed_on else "—"
    return _("合规是按 %(day)s 印查的，这一天已经过了。请设计师写新的印刷日期重新查，三方再签。") % {"day": day}


def _void_overtaken(case: PackageRequest, *, by: Any) -> None:
    from branding.services.packaging_rounds import back_to_check

    why = _overtaken_words(case)
    back_to_check(case, why, by=by)
    note("overtaken", case, by=by, why=why)


def void_overtaken() -> int:
    """Checks whose print day went by before the hand-over go back to the designer; returns how many."""
    newest = ComplianceRun.objects.filter(request=OuterRef("pk")).annotate(
        day=Coalesce(KT("facts__printed_on"), KT("facts__report__printed_on"))
    )
    late = PackageRequest.objects.filter(
        state__in=(PackageState.COMPLIANCE, PackageState.SIGNED_OFF),
        handed_over_at__isnull=True,
        withdrawn_at__isnull=True,
    ).alias(day=Subquery(newest.values("day")[:1]))
    over = late.filter(day__lt=clock.today().isoformat()).order_by("pk")
    return sum(_send_back(pk) for pk in over.values_list("pk", flat=True))


@transaction.atomic
def _send_back(pk: int) -> bool:
    """One of them, looked at again under its lock: the designer may have checked anew a moment ago."""
    case = PackageRequest.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if case is None or not rules.is_overtaken(case, clock.today()):
        return False
    _void_overtaken(case, by=None)
    return True


def freeze(case: PackageRequest, frozen: str, *, by: Any) -> None:
    case.move(PackageState.COMPLIANCE, by=by, note=frozen[:12], frozen_sha256=frozen)
    done(entries.CHECK, case, by=by)
    clock_off(entries.TO_DESIGN, case, by=by)
    due = clock_on(
        entries.TO_SIGN,
        case,
        escalate_to=roles.PACKAGING_OFFICER,
        **of_village(case),
    )
    tell_village(entries.SIGN_VILLAGE, case, due=due)
    tell(entries.SIGN_SUPERVISION, case, role=entries.MARKET_SUPERVISION, url=village_page(case), due=due)
    ask_owner(case, due)
