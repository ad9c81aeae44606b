"""The screen of a case's papers: photographed one by one, the missing one first."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest, needs
from branding import case_rules
from branding.agent import agent
from branding.case_step_forms import PaperForm
from branding.models import Brand
from branding.papers_of_case import named, paper_names
from branding.permissions import WRITE
from branding.services import cases
from branding.views.case_frame import frame
from branding.views.case_questions import PAPERS, wanted_papers
from branding.views.finding import case_to_write, open_case
from kernel import papers
from kernel.answers import do_and_say
from kernel.errors import DomainError


@never_cache
@require_POST
@needs(WRITE)
def paper_add(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """The script asks for JSON; without it the screen comes again."""
    brand = case_to_write(request, pk)
    if kind not in cases.PAPER_KINDS or not case_rules.may_take(brand, kind):
        raise Http404
    handed_in = not case_rules.is_open_to_village(brand)
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            cases.add_paper(brand, form.cleaned_data["photo"], kind=kind, by=request.user)
        except DomainError as refusal:
            form.add_error("photo", str(refusal))
    if request.headers.get("Accept", "").startswith("application/json"):
        errors = [str(error) for error in form.errors.get("photo", [])]
        return JsonResponse({"errors": errors}, status=400 if errors else 200)
    if handed_in:
        return _said(request, brand, form)
    if form.errors:
        return papers_page(request, brand, form, kind=kind, status=400)
    return redirect("brands:step", pk, PAPERS)


def _said(request: SignedInRequest, brand: Brand, form: PaperForm) -> HttpResponse:
    """What lies with the officer has no screens any more: the case itself says how it went."""
    for error in form.errors.get("photo", []):
        messages.error(request, str(error))
    if not form.errors:
        messages.success(request, _("收到了，交给省里了。"))
    return redirect("brands:case", brand.pk)


@never_cache
@require_POST
@needs(WRITE)
def paper_remove(request: SignedInRequest, pk: int, paper_pk: Any) -> HttpResponse:
    brand = open_case(request, pk)
    paper = get_object_or_404(papers.of(case_rules.obj_of(brand), brand.county_code), pk=paper_pk)
    do_and_say(request, lambda: cases.drop_paper(brand, paper, by=request.user), _("删掉了。"))
    return redirect("brands:step", pk, PAPERS)


def papers_page(
    request: SignedInRequest, brand: Brand, form: PaperForm, kind: str = "", status: int = 200
) -> HttpResponse:
    kept = list(papers.of(case_rules.obj_of(brand), brand.county_code))
    have = {one.kind for one in kept}
    wanted = wanted_papers(brand)
    first = kind or next((one for one in wanted if one not in have), "other")
    names = paper_names()
    context = frame(request, brand, PAPERS) | {
        "form": form,
        "kept": named(one for one in kept if not one.kind.startswith("notice.")),
        "wanted": [(one, names[one], one in have) for one in wanted],
        "kind": first,
        "kind_name": names[first],
        "others": [(one, names[one]) for one in (*wanted, case_rules.POWER, "other") if one != first],
        "agent": agent(),
        "has_power": case_rules.POWER in have,
    }
    return render(request, "branding/step_papers.html", context, status=status)
