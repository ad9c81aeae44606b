"""The officer's queue and a case with everything that may be done to it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.doors import SignedInRequest, needs
from accounts.roles import may
from accounts.views.again import asks_again
from branding import case_rules, case_selectors, checking, last_return
from branding.agent import agent
from branding.models import Brand
from branding.notice_kinds import kinds_from
from branding.papers_of_case import paper_names
from branding.permissions import OFFICER, SEE_ALL
from branding.services import answers, cases, mistakes
from branding.states import BrandState
from branding.views.finding import case_anywhere, told
from kernel import audit
from kernel.answers import do_and_say
from kernel.errors import DomainError, NoteMissing
from tenants.selectors import open_counties

PAGE = 40
LONGEST_REMARK = 300


@never_cache
@require_safe
@needs(SEE_ALL)
def listed(request: SignedInRequest) -> HttpResponse:
    """By due date; an address without ``state`` shows what is on its way."""
    asked = request.GET
    state, county, text = (
        _typed(asked.get(name, unsaid)) for name, unsaid in (("state", "open"), ("county", ""), ("q", ""))
    )
    late = asked.get("late") == "1"
    cases_found = case_selectors.found(Brand.objects.all(), state=state, county=county, text=text)
    page = Paginator(case_selectors.by_due(cases_found, late_only=late), PAGE).get_page(asked.get("page"))
    query = asked.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "rows": case_selectors.rows(page),
        "late_total": case_selectors.late_count(),
        "state": state,
        "county": county,
        "text": text,
        "late": late,
        "query": query.urlencode(),
        "states": _states(),
        "counties": [(one.code, one.name) for one in open_counties()],
    }
    return render(request, "branding/queue.html", context)


def _typed(words: str) -> str:
    """What PostgreSQL can compare: no NUL, not endless."""
    return words.replace("\0", "").strip()[:60]


def _states() -> list[tuple[str, str]]:
    ours = [
        ("open", _("在办的")),
        ("handed_in", _("等省里看的")),
        ("returned", _("退回去的")),
        ("over", _("办完的")),
        ("", _("全部")),
    ]
    return ours + [(state.value, str(state.label)) for state in BrandState]


@never_cache
@require_safe
@needs(SEE_ALL)
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    return page(request, case_anywhere(pk))


@never_cache
@require_POST
@needs(OFFICER)
@asks_again(after=limits.REVEAL)
def phone(request: SignedInRequest, pk: int) -> HttpResponse:
    """The contact's whole number, in this answer only, with an entry in the trail."""
    brand = case_anywhere(pk)
    obj = case_rules.obj_of(brand)
    audit.record("brand.phone", by=request.user, county=brand.county_code, obj=obj, title=brand.contact_name)
    return page(request, brand, phone=brand.contact_phone)


@never_cache
@require_POST
@needs(OFFICER)
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """退回补正; what was written stays on the screen when it does not suffice."""
    brand = case_anywhere(pk)
    note = request.POST.get("note", "")[:LONGEST_REMARK]
    remarks = {name: request.POST.get(f"remark_{name}", "")[:LONGEST_REMARK] for name in last_return.labels()}
    try:
        cases.return_case(brand, by=request.user, note=note, remarks=remarks)
    except NoteMissing as refusal:
        return page(request, brand, note_error=str(refusal), status=400)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("“%(name)s”退回去了，写的意见村里看得到。") % {"name": brand})
    return redirect("brands:case", pk)


@never_cache
@require_POST
@needs(OFFICER)
def prepare(request: SignedInRequest, pk: int) -> HttpResponse:
    return _do(
        request, pk, lambda brand: cases.prepare_case(brand, by=request.user), _("往下送了。打印案卷，递交国家局。")
    )


@never_cache
@require_POST
@needs(OFFICER)
def return_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    note = request.POST.get("note", "")[:LONGEST_REMARK]
    return _do(
        request,
        pk,
        lambda brand: answers.return_answer(brand, by=request.user, note=note),
        _("答复退回去了，期限还在走。"),
    )


def _do(request: SignedInRequest, pk: int, act: Callable[[Brand], Any], said: str) -> HttpResponse:
    brand = case_anywhere(pk)
    do_and_say(request, lambda: act(brand), said)
    return redirect("brands:case", pk)


def page(
    request: SignedInRequest, brand: Brand, *, note_error: str = "", phone: str = "", status: int = 200
) -> HttpResponse:
    may_office = may(request.user, OFFICER)
    reviewing = may_office and case_rules.is_with_officer(brand)
    before_filing = brand.filed_on is None and brand.state != BrandState.WITHDRAWN
    since = last_return.told(brand)
    context = {
        **told(brand),
        "may_office": may_office,
        "reviewing": reviewing,
        "before_filing": before_filing,
        "facts": _facts(request, brand, since),
        "findings": _findings(brand),
        "lacks": list(case_rules.missing_for_filing(brand).values()) if before_filing else [],
        "kinds": kinds_from(brand.state) if may_office else [],
        "waiting_answer": answers.waiting_answer(brand),
        "last_notice": mistakes.can_be_taken_back(brand) if may_office else None,
        "agent": agent(),
        "paper_kinds": [(kind, paper_names()[kind]) for kind in cases.PAPER_KINDS],
        "whole": since[last_return.NOTE],
        "earlier": last_return.earlier(brand) if before_filing else [],
        "note": request.POST.get("note", ""),
        "note_error": note_error,
        "phone": phone,
    }
    return render(request, "branding/case.html", context, status=status)


def _findings(brand: Brand) -> list[dict[str, Any]]:
    slip = brand.checks.first()
    return checking.told_of(slip) if slip else []


def _facts(request: SignedInRequest, brand: Brand, since: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Every field in the order a reader reads, with the remark being written or given before."""
    said = last_return.said_of(brand) | {"papers": ""}
    return [
        {
            "field": name,
            "label": label,
            "said": said[name],
            "remark": request.POST.get(f"remark_{name}", ""),
            **since[name],
        }
        for name, label in last_return.labels().items()
    ]
