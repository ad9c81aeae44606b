"""A package request from a phone: five screens, each kept when it is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, county_code_of, needs
from branding import packaging_rules as rules
from branding import packaging_selectors as selectors
from branding.models import PackageRequest
from branding.packaging_entries import WRITE
from branding.packaging_forms import PackForm, PhotoForm, SizeForm, WordsForm
from branding.ports import goods
from branding.services import packaging
from branding.services.packaging_brief import MOST_PHOTOS
from branding.views.packages_finding import clock_time, paper_url, their_case, their_draft
from kernel.answers import do_and_say
from kernel.errors import DomainError
from kernel.going_back import goes_back, unkept, went_back

STEPS = 5
PHOTOS, CHECK = 4, 5
TITLES = {
    1: lazy("给哪一种做包装"),
    2: lazy("卖给谁，做多大"),
    3: lazy("上面写什么"),
    4: lazy("拍两张货的照片"),
    5: lazy("看一遍，交给省里"),
}
NEXT = {
    1: lazy("下一步：卖给谁"),
    2: lazy("下一步：写什么"),
    3: lazy("下一步：照片"),
    4: lazy("下一步：看一遍"),
}
STEP_OF = {
    "variant": 1,
    "kind": 1,
    "material": 1,
    "audience": 2,
    "run": 2,
    "sizes": 2,
    "must_have": 3,
    "wishes": 3,
    "due_on": 3,
    "budget_fen": 3,
    "photos": 4,
}
LABELS = {
    "variant": lazy("规格"),
    "kind": lazy("样式"),
    "material": lazy("材料"),
    "audience": lazy("卖给谁"),
    "run": lazy("印多少"),
    "sizes": lazy("尺寸"),
    "must_have": lazy("要写的字"),
    "wishes": lazy("想法"),
    "due_on": lazy("要用的日子"),
    "budget_fen": lazy("预算"),
    "photos": lazy("照片"),
    "note": lazy("总的意见"),
}


@dataclass(frozen=True)
class Question:
    form: type[Any]
    fields: tuple[str, ...]
    more: Callable[[PackageRequest], dict[str, Any]] = lambda case: {}


def _packs(case: PackageRequest) -> dict[str, Any]:
    facts = goods().product(case.county_code, case.product_id)
    return {"packs": facts.packs if facts else ()}


QUESTIONS = {
    1: Question(PackForm, ("kind", "material"), _packs),
    2: Question(SizeForm, ("audience", "run", "length_mm", "width_mm", "height_mm")),
    3: Question(WordsForm, ("must_have", "wishes", "due_on", "budget_fen")),
}


@never_cache
@require_POST
@needs(WRITE)
def open_new(request: SignedInRequest, product_id: int) -> HttpResponse:
    """申请包装: a draft that the product already fills, and its first screen."""
    facts = goods().product(county_code_of(request), product_id)
    if facts is None or not _is_theirs(request, facts):
        raise Http404
    try:
        case = packaging.open_package(county_code_of(request), product_id, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("packages:list")
    return redirect("packages:edit", case.pk)


def _is_theirs(request: SignedInRequest, facts: Any) -> bool:
    """A team asks for goods of its own villages, or of none in particular."""
    villages = rules.villages_of(request.user, county_code_of(request))
    return not villages or facts.village_id is None or facts.village_id in villages


@never_cache
@require_safe
@needs(WRITE)
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where work on the request goes on: the first screen that lacks something, else the last."""
    case = their_draft(request, pk)
    if case.is_returned:
        return redirect("packages:step", pk, CHECK)
    lacking = [STEP_OF[name] for name in rules.missing(case)]
    return redirect("packages:step", pk, min(lacking, default=CHECK))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(WRITE)
def step(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    case = their_draft(request, pk)
    if number == CHECK:
        return _check(request, case)
    if number == PHOTOS:
        return photos_page(request, case, PhotoForm())
    form = _asked(case, number, request.POST if request.method == "POST" else None)
    if goes_back(request):
        loses = unkept(form)
        kept = _kept(form.cleaned_data)
        went = went_back(
            request,
            _before(case, number),
            keep=lambda: packaging.save_brief(case, by=request.user, **kept),
            loses=loses,
        )
        return went or _ask(request, case, number, form)
    if request.method == "POST" and form.is_valid():
        try:
            packaging.save_brief(case, by=request.user, **_kept(form.cleaned_data))
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            return redirect("packages:step", pk, CHECK if "back" in request.POST else number + 1)
    return _ask(request, case, number, form)


def _ask(request: SignedInRequest, case: PackageRequest, number: int, form: Any) -> HttpResponse:
    context = {"form": form, "fields": _fields(form, case), "stays": goes_back(request)}
    return render(request, "packaging/step.html", _frame(case, number) | context)


@never_cache
@require_POST
@needs(WRITE)
def save_step(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Every few seconds: what is right so far is kept, nothing is said about the rest."""
    case = their_draft(request, pk)
    form = _asked(case, number, request.POST)
    form.is_valid()
    try:
        case = packaging.save_brief(case, by=request.user, **_kept(form.cleaned_data))
    except DomainError as refusal:
        return JsonResponse({"saved": "", "refused": str(refusal)}, status=409)
    return JsonResponse({"saved": clock_time(case.saved_at)})


@never_cache
@require_POST
@needs(WRITE)
def add_photo(request: SignedInRequest, pk: int) -> HttpResponse:
    """From a phone with script as JSON, from one without as a page."""
    case = their_draft(request, pk)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            packaging.add_brief_photo(case, form.cleaned_data["photo"], by=request.user)
        except DomainError as refusal:
            form.add_error("photo", str(refusal))
    if request.headers.get("Accept", "").startswith("application/json"):
        errors = [str(error) for error in form.errors.get("photo", [])]
        return JsonResponse({"errors": errors}, status=400 if errors else 200)
    if form.errors:
        return photos_page(request, case, form, status=400)
    return redirect("packages:step", pk, PHOTOS)


@never_cache
@require_POST
@needs(WRITE)
def remove_photo(request: SignedInRequest, pk: int, paper: UUID) -> HttpResponse:
    case = their_draft(request, pk)
    found = get_object_or_404(selectors.photos(case), pk=paper)
    do_and_say(request, lambda: packaging.remove_brief_photo(case, found, by=request.user), _("删掉了。"))
    return redirect("packages:step", pk, PHOTOS)


@never_cache
@require_POST
@needs(WRITE)
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    case = their_case(request, pk)
    try:
        packaging.submit_package(case, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("packages:step" if case.state == "draft" else "packages:case", *_where(case))
    messages.success(request, _("“%(name)s”的包装需求交给省里了。") % {"name": str(case)})
    return redirect("packages:case", pk)


def _where(case: PackageRequest) -> tuple[int, ...]:
    return (case.pk, CHECK) if case.state == "draft" else (case.pk,)


def photos_page(request: SignedInRequest, case: PackageRequest, form: PhotoForm, status: int = 200) -> HttpResponse:
    photos = [{"paper": paper, "url": paper_url(paper.pk, preview=True)} for paper in selectors.photos(case)]
    context = _frame(case, PHOTOS) | {"form": form, "photos": photos, "room": len(photos) < MOST_PHOTOS}
    return render(request, "packaging/step_photos.html", context, status=status)


def _check(request: SignedInRequest, case: PackageRequest) -> HttpResponse:
    lacks = [{"words": words, "step": STEP_OF[name]} for name, words in rules.missing(case).items()]
    context = {"lacks": lacks, "remarks": remarks_of(case), "facts": brief_facts(case)}
    return render(request, "packaging/step_check.html", _frame(case, CHECK) | context)


def brief_facts(case: PackageRequest) -> list[dict[str, Any]]:
    """The brief as a list of what was asked and answered, with the screen it stands on."""
    sizes = " × ".join(str(side) for side in (case.length_mm, case.width_mm, case.height_mm) if side)
    said = {
        "variant": f"{case.variant_name} / {case.unit}" if case.variant_id else "",
        "kind": case.get_kind_display() if case.kind else "",
        "material": case.get_material_display() if case.material else "",
        "audience": case.get_audience_display() if case.audience else "",
        "sizes": f"{sizes} mm" if sizes else "",
        "run": str(case.run) if case.run else "",
        "must_have": case.must_have,
        "wishes": case.wishes,
        "due_on": case.due_on.isoformat() if case.due_on else "",
        "budget_fen": f"¥{case.budget_fen / 100:.2f}" if case.budget_fen else "",
    }
    return [
        {
            "field": name,
            "label": LABELS[name],
            "said": words,
            "step": STEP_OF[name],
            "remark": case.remarks.get(name, ""),
        }
        for name, words in said.items()
    ]


def remarks_of(case: PackageRequest) -> list[dict[str, Any]]:
    """What the desk wants changed, with the screen on which to change it."""
    if not case.is_returned:
        return []
    return [
        {"name": LABELS.get(name, name), "words": words, "step": STEP_OF.get(name)}
        for name, words in case.remarks.items()
        if words
    ]


def _asked(case: PackageRequest, number: int, data: Any) -> Any:
    question = QUESTIONS.get(number)
    if question is None:
        raise Http404
    initial = {name: getattr(case, name) for name in question.fields} | {"variant": case.variant_id}
    return question.form(data, initial=initial, **question.more(case))


def _kept(typed: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in typed.items() if name != "variant"}
    return kept | ({"variant_id": typed["variant"]} if typed.get("variant") else {})


def _fields(form: Any, case: PackageRequest) -> list[dict[str, Any]]:
    remarks = case.remarks if case.is_returned else {}
    return [{"field": field, "remark": remarks.get(field.name, "")} for field in form]


def _before(case: PackageRequest, number: int) -> str:
    return reverse("packages:step", args=[case.pk, number - 1]) if number > 1 else reverse("packages:list")


def _frame(case: PackageRequest, number: int) -> dict[str, Any]:
    return {
        "case": case,
        "step": number,
        "steps": STEPS,
        "title": TITLES[number],
        "next_words": NEXT.get(number, ""),
        "saved": clock_time(case.saved_at),
        "back_url": _before(case, number),
        "back_keeps": number in QUESTIONS,
        "is_first": number == 1,
        "autosave": reverse("packages:save_step", args=[case.pk, number]) if number in QUESTIONS else "",
    }
