"""What the village sees of its cases: one plain line, the ladder, and what it must do now."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, county_code_of, needs
from accounts.roles import may
from branding import case_rules, case_selectors, last_return, ports
from branding.agent import agent
from branding.case_forms import AnswerForm
from branding.case_story import line_of
from branding.models import Brand
from branding.permissions import SEE, WRITE
from branding.services import answers, cases
from branding.services.notices import open_question
from branding.states import BrandState
from branding.views.files import power_answer
from branding.views.finding import case_here, case_to_write, told
from kernel.answers import do_and_say
from kernel.errors import DomainError
from kernel.numbers import number_in

PAGE = 30


@never_cache
@require_safe
@needs(SEE)
def listed(request: SignedInRequest) -> HttpResponse:
    mine = case_rules.cases_of(request.user, county_code_of(request))
    page = Paginator(case_selectors.by_turn(mine), PAGE).get_page(request.GET.get("page"))
    rows = case_selectors.rows(page)
    context: dict[str, Any] = {"page": page, "lines": [(row, line_of(row.brand)) for row in rows]}
    context["may_begin"] = may(request.user, WRITE, county_code_of(request))
    return render(request, "branding/village_list.html", context)


@never_cache
@require_safe
@needs(SEE)
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, case_here(request, pk), AnswerForm())


@never_cache
@require_POST
@needs(WRITE)
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    brand = case_to_write(request, pk)
    form = AnswerForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            answers.answer_question(
                brand, by=request.user, text=form.cleaned_data["text"], upload=form.cleaned_data["file"] or None
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("答复交给省里了，省里看过就递出去。"))
            return redirect("brands:case", pk)
    return _page(request, brand, form, status=400)


@never_cache
@require_POST
@needs(WRITE)
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Something came to mind before the officer had read it."""
    brand = case_to_write(request, pk)
    words = _("拿回来了，改好再交给省里。")
    do_and_say(request, lambda: cases.take_back_case(brand, by=request.user), words)
    return redirect("brands:case", pk)


@never_cache
@require_POST
@needs(WRITE)
def give_up(request: SignedInRequest, pk: int) -> HttpResponse:
    brand = case_to_write(request, pk)
    note = request.POST.get("note", "")[:300]
    do_and_say(request, lambda: cases.give_up(brand, by=request.user, note=note), _("好，这个名字不办了。"))
    return redirect("brands:case", pk)


@never_cache
@require_POST
@needs(WRITE)
def link_producer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which of the county's producers the owner is: the mark then stands beside their goods."""
    brand = case_to_write(request, pk)
    chosen = number_in(request.POST.get("producer", ""))
    if not chosen:
        messages.error(request, _("先选一个生产者。"))
    else:
        do_and_say(request, lambda: cases.link_producer(brand, chosen, by=request.user), _("接上了，产品页跟着变。"))
    return redirect("brands:case", pk)


@never_cache
@require_safe
@needs(SEE)
def power(request: SignedInRequest, pk: int) -> HttpResponse:
    """The power of attorney to print and sign, filled in as far as the case goes."""
    return power_answer(request, case_here(request, pk))


def _page(request: SignedInRequest, brand: Brand, form: AnswerForm, status: int = 200) -> HttpResponse:
    may_write = case_rules.can_write(request.user, brand)
    context: dict[str, Any] = {
        **told(brand),
        "form": form,
        "may_write": may_write,
        "may_edit": may_write and case_rules.is_open_to_village(brand),
        "may_take_back": may_write and case_rules.is_with_officer(brand),
        "may_answer": may_write and open_question(brand) is not None,
        "may_throw_away": may_write and case_rules.may_throw_away(request.user, brand),
        "may_give_up": may_write and brand.filed_on is None and brand.state != BrandState.WITHDRAWN,
        "agent": agent(),
        "wants_power": may_write and case_rules.wants_power(brand),
        "remarks": _remarks(brand),
        "producers": _producers(brand) if may_write else [],
    }
    return render(request, "branding/village_case.html", context, status=status)


def _remarks(brand: Brand) -> list[tuple[str, str]]:
    if not brand.returned_at:
        return []
    return [(last_return.label_of(name), words) for name, words in brand.remarks.items()]


def _producers(brand: Brand) -> list[Any]:
    """For an owner that is not yet one of the county's producers: those it may be."""
    return list(ports.goods().producers(brand.county_code)) if brand.producer_id is None else []
