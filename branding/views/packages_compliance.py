"""Does the package keep the rules? One form and one report, for the village, the designer and the desk."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, needs
from branding import packaging_rules as rules
from branding import packaging_selectors as selectors
from branding.compliance import Mark, Report, check
from branding.compliance_facts import first_guess, likely_print_day, mark_of, told
from branding.compliance_forms import ComplianceForm
from branding.compliance_read import ReadForm, asked, lacking
from branding.models import ComplianceRun, PackageRequest
from branding.packaging_entries import DESIGN, OFFICER, SEE, SUPERVISE, WRITE
from branding.services import packaging
from branding.views.packages_finding import desk_case, seen_case, their_case
from branding.views.studio_rounds import my_case
from kernel import clock
from kernel.errors import DomainError
from kernel.sentences import together

FORM = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Door:
    """Where the reader came in: which pages lie around, in which frame."""

    case: str = "packages:case"
    report: str = "packages:report"
    frame: str = "console/base.html"


DESK = Door()
STUDIO = Door("studio:case", "studio:report", "packaging/studio_frame.html")


@never_cache
@require_http_methods(FORM)
@needs(WRITE)
def village(request: SignedInRequest, pk: int) -> HttpResponse:
    return _form_page(request, their_case(request, pk), DESK)


@never_cache
@require_http_methods(FORM)
@needs(OFFICER)
def desk(request: SignedInRequest, pk: int) -> HttpResponse:
    return _form_page(request, desk_case(pk), DESK)


@never_cache
@require_http_methods(FORM)
@needs(DESIGN)
def studio(request: SignedInRequest, pk: int) -> HttpResponse:
    return _form_page(request, my_case(request, pk), STUDIO)


@never_cache
@require_safe
@needs(SEE)
def village_report(request: SignedInRequest, pk: int, run_pk: int) -> HttpResponse:
    return _report_page(request, seen_case(request, pk), run_pk, DESK)


@never_cache
@require_safe
@needs(SEE)
def desk_report(request: SignedInRequest, pk: int, run_pk: int) -> HttpResponse:
    return _report_page(request, desk_case(pk), run_pk, DESK)


@never_cache
@require_safe
@needs(DESIGN)
def studio_report(request: SignedInRequest, pk: int, run_pk: int) -> HttpResponse:
    return _report_page(request, my_case(request, pk), run_pk, STUDIO)


def _form_page(request: SignedInRequest, case: PackageRequest, door: Door) -> HttpResponse:
    """A try at any time; one that counts only for the chosen round with its print files."""
    counts = rules.may_record(case, clock.today())
    mark = mark_of(case, clock.today())
    if request.method != "POST":
        form = ComplianceForm(initial=_before(case, request.user))
        return _shown(request, case, form, mark, door, counts=counts)
    form = ComplianceForm(request.POST)
    is_right = form.is_valid()
    packaging.keep_draft(case, form.typed(), by=request.user)
    if not is_right:
        return _shown(request, case, form, mark, door, counts=counts, status=400)
    printed_on = form.package.cleaned_data["printed_on"]
    report = check(
        form.facts(category=case.category, mark=mark_of(case, printed_on), sold_grams=case.net_grams), printed_on
    )
    read = ReadForm(asked(report), request.POST)
    if request.POST.get("act") == "record" and counts:
        try:
            run = _record(case, form, report, read, by=request.user)
        except DomainError as refusal:
            return _shown(request, case, form, mark, door, report, read=read, counts=counts, refused=str(refusal))
        if run.passed:
            messages.success(request, _("合规检查过了，等三方签字。"))
        elif run.outcome == "waits":
            messages.success(request, _("记下了。你核的几条要另一个人对照原文复核，复核过了三方就可以签字。"))
        elif run.outcome == "asks":
            words = ngettext(
                "没有不合格的，还有 %(count)d 条要人核。缺的数填上，其余对照标准原文逐条核、逐条写，再记一次。",
                "没有不合格的，还有 %(count)d 条要人核。缺的数填上，其余对照标准原文逐条核、逐条写，再记一次。",
                run.asks,
            )
            messages.warning(request, together([words % {"count": run.asks}, *_unanswered(report, read)]))
        else:
            messages.warning(request, _("没有过，照着报告改完再查。"))
        return redirect(door.report, case.pk, run.pk)
    if request.POST.get("act") == "try" and not read.was_begun:
        read = ReadForm(read.asked)
    return _shown(request, case, form, mark, door, report, read=read, counts=counts)


def _unanswered(report: Report, read: ReadForm) -> list[str]:
    """What keeps it from passing, where somebody has begun to answer."""
    wrong = [str(error) for errors in read.errors.values() for error in errors] if read.was_begun else []
    return list(dict.fromkeys([*lacking(report), *wrong]))


def _before(case: PackageRequest, person: Any) -> dict[str, Any]:
    """What this person tried last, else what the last check was told, else what the brief knows.

    Never a print day that is past.
    """
    today = clock.today()
    newest, draft = selectors.newest_run(case), selectors.compliance_draft(case, person)
    typed = draft or (newest.facts.get("typed") if newest else None)
    if not typed:
        return first_guess(case, today)
    if str(typed["package"].get("printed_on") or "") < today.isoformat():
        typed["package"]["printed_on"] = likely_print_day(case, today).isoformat()
    return dict(typed)


def _record(case: PackageRequest, form: ComplianceForm, report: Report, read: ReadForm, *, by: Any) -> ComplianceRun:
    """What asks for a person passes only line by line, under the name of one who says what they read."""
    answered = not lacking(report) and read.is_valid()
    passed = report.passed and answered
    said = read.said() if answered else {}
    printed_on = form.package.cleaned_data["printed_on"]
    every = told(
        form.facts(category=case.category, mark=mark_of(case, printed_on), sold_grams=case.net_grams), printed_on, said
    )
    chinese = every.pop(settings.LANGUAGE_CODE)
    return packaging.record_compliance(
        case,
        by=by,
        passed=passed,
        printed_on=printed_on,
        facts={
            "typed": form.typed(),
            "report": chinese["report"],
            "looked_up": bool(report.asks and answered),
            "read": said,
            "told": every,
        },
        findings=chinese["findings"],
        edition=chinese["edition"],
    )


def _shown(
    request: SignedInRequest,
    case: PackageRequest,
    form: ComplianceForm,
    mark: Mark,
    door: Door,
    report: Report | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "case": case,
        "form": form,
        "mark": mark,
        "report": report.as_json() if report else None,
        "read": None,
        "refused": "",
        "frame": door.frame,
        "back_name": door.case,
    }
    return render(request, "packaging/compliance.html", context | more, status=status)


def _report_page(request: SignedInRequest, case: PackageRequest, run_pk: int, door: Door, **more: Any) -> HttpResponse:
    run = get_object_or_404(case.runs, pk=run_pk)
    waiting = rules.waiting_run(case)
    context = {
        "case": case,
        "run": run,
        "report": run.told("report"),
        "back_name": door.case,
        "frame": door.frame,
        "may_second": waiting == run and rules.may_second(request.user, case, run),
        "words": "",
        "second_error": "",
    }
    return render(request, "packaging/compliance_report.html", context | more, status=400 if more else 200)


@never_cache
@require_POST
@needs(SUPERVISE)
def county_second(request: SignedInRequest, pk: int, run_pk: int) -> HttpResponse:
    return _second(request, seen_case(request, pk), run_pk)


@never_cache
@require_POST
@needs(OFFICER)
def desk_second(request: SignedInRequest, pk: int, run_pk: int) -> HttpResponse:
    return _second(request, desk_case(pk), run_pk)


def _second(request: SignedInRequest, case: PackageRequest, run_pk: int) -> HttpResponse:
    """Another person's word on what was read; where it is refused, what they wrote stays."""
    agrees, words = request.POST.get("answer") == "yes", request.POST.get("words", "")[:300]
    settle = packaging.confirm_reading if agrees else packaging.refuse_reading
    try:
        settle(case, run_pk, by=request.user, words=words)
    except DomainError as refusal:
        return _report_page(request, case, run_pk, DESK, words=words, second_error=str(refusal))
    said = _("复核过了，三方可以签字。") if agrees else _("退给查的人了。")
    messages.success(request, said)
    return redirect("packages:report", case.pk, run_pk)
