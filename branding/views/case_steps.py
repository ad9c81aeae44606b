"""A brand case from a phone: one question a screen, each kept when it is answered."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, county_code_of, needs
from branding import case_rules, findings, goods, ports, precheck
from branding.agent import agent
from branding.case_step_forms import GoodsForm, NamesForm, OwnerForm, PaperForm, good_of
from branding.errors import Stopped, Unanswered, Unfinished
from branding.findings import STOP
from branding.models import Brand, SignKind
from branding.permissions import WRITE
from branding.services import cases
from branding.views.case_frame import before, clock_time, frame
from branding.views.case_papers import papers_page
from branding.views.case_questions import (
    CHECK,
    GOODS,
    NAMES,
    OWNER,
    PAPERS,
    QUESTIONS,
    STEP_OF,
    Question,
    ask_owner,
    goods_of,
    is_whole,
    remarks_of,
)
from branding.views.finding import open_case, papers_of
from kernel import clock
from kernel.errors import DomainError
from kernel.going_back import goes_back, unkept, went_back

TEMPLATES = {NAMES: "branding/step_names.html", GOODS: "branding/step_goods.html", OWNER: "branding/step_owner.html"}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(WRITE)
def new(request: SignedInRequest) -> HttpResponse:
    """注册品牌: the first screen, before there is a row; a product or producer may fill it."""
    form = ask_owner(request, None, request.POST if request.method == "POST" else None)
    if goes_back(request):
        return _leave_new(request, form)
    if request.method == "POST" and form.is_valid():
        brand = _open(request, form)
        return redirect("brands:step", brand.pk, NAMES)
    return _ask(request, None, OWNER, form)


def _leave_new(request: SignedInRequest, form: OwnerForm) -> HttpResponse:
    """Back to the list; a case begins only by what was chosen here, not by what the link had filled in."""
    if unkept(form, "new_name"):
        return _ask(request, None, OWNER, form)
    if form.has_changed() and form.is_valid():
        _open(request, form)
    return redirect("brands:list")


@never_cache
@require_POST
@needs(WRITE)
def save_new(request: SignedInRequest) -> HttpResponse:
    """A case begins as soon as it is said whose mark it will be."""
    form = ask_owner(request, None, request.POST)
    if not form.is_valid():
        return JsonResponse({"saved": ""})
    brand = _open(request, form)
    return JsonResponse(
        {
            "saved": clock_time(brand),
            "action": reverse("brands:step", args=[brand.pk, OWNER]),
            "autosave": reverse("brands:save_step", args=[brand.pk, OWNER]),
        }
    )


@never_cache
@require_safe
@needs(WRITE)
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where work on a case goes on: the first screen that lacks something, else the last."""
    brand = open_case(request, pk)
    if brand.returned_at:
        return redirect("brands:step", pk, CHECK)
    lacking = [STEP_OF[name] for name in case_rules.missing(brand)]
    return redirect("brands:step", pk, min(lacking, default=CHECK))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(WRITE)
def step(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    brand = open_case(request, pk)
    if number == CHECK:
        return _check(request, brand)
    if number == PAPERS:
        return papers_page(request, brand, PaperForm())
    question = _question(number)
    form = question.ask(request, brand, request.POST if request.method == "POST" else None)
    if goes_back(request):
        keep, loses = (lambda: _keep_most(request, brand, question, form)), question.loses(form)
        return went_back(request, before(brand, number), keep=keep, loses=loses) or _ask(request, brand, number, form)
    if request.method == "POST" and _answered(request, brand, question, form):
        return redirect("brands:step", pk, CHECK if "back" in request.POST else number + 1)
    return _ask(request, brand, number, form)


@never_cache
@require_POST
@needs(WRITE)
def save_step(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Every few seconds: what is right so far is kept, nothing is said about the rest."""
    brand = open_case(request, pk)
    question = _question(number)
    try:
        kept = question.keep(request, brand, question.ask(request, brand, request.POST))
    except DomainError as refusal:
        return JsonResponse({"saved": "", "refused": str(refusal)}, status=409)
    brand.refresh_from_db(fields=["saved_at"])
    return JsonResponse({"saved": clock_time(brand) if kept else ""})


@never_cache
@require_POST
@needs(WRITE)
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    brand = open_case(request, pk)
    answers = {name: request.POST.get(f"answer_{name}", "") for name in brand.remarks}
    try:
        cases.submit_case(brand, by=request.user, answers=answers)
    except (Unanswered, Unfinished, Stopped) as refusal:  # the page itself, so that what was typed to a remark stays
        messages.error(request, str(refusal))
        return _check(request, brand, status=400)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("brands:step", pk, CHECK)
    messages.success(request, _("“%(name)s”交给省里了，看完会告诉你。") % {"name": brand})
    return redirect("brands:case", pk)


def _open(request: SignedInRequest, form: OwnerForm) -> Brand:
    """The row, with the goods of the product it was begun from."""
    brand = cases.open_case(county_code_of(request), by=request.user, **form.facts())
    product = request.GET.get("product", "")
    facts = (
        ports.goods().product(brand.county_code, int(product)) if product.isdecimal() and len(product) < 12 else None
    )
    if facts and facts.producer_id == brand.producer_id:
        nearest = goods.find(facts.name, clock.today(), 1)
        chosen = [good for one in nearest if (good := good_of(one.key))]
        cases.save_goods(brand, chosen, by=request.user)
    return brand


def _question(number: int) -> Question:
    if number not in QUESTIONS:
        raise Http404
    return QUESTIONS[number]


def _answered(request: SignedInRequest, brand: Brand, question: Question, form: Any) -> bool:
    """Keep it, and say whether the next screen may come. What is stopped is kept as well."""
    is_right = form.is_valid()
    if is_right and isinstance(form, GoodsForm):
        is_right = "find" not in request.POST and is_whole(form)
    try:
        _keep_most(request, brand, question, form)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return False
    brand.refresh_from_db()
    if is_right and isinstance(form, NamesForm):
        is_right = "look" not in request.POST and not _is_stopped(brand)
    return is_right


def _keep_most(request: SignedInRequest, brand: Brand, question: Question, form: Any) -> None:
    """What of it is right; a new owner without its kind is none yet."""
    if form.is_valid() or not isinstance(form, OwnerForm):
        question.keep(request, brand, form)


def _is_stopped(brand: Brand) -> bool:
    """The name that would be filed is one the office refuses."""
    if brand.sign_kind == SignKind.PICTURE:
        return False
    return any(one.severity == STOP for one in precheck.check([brand.name], brand.nice_classes, brand))


def _ask(request: SignedInRequest, brand: Brand | None, number: int, form: Any) -> HttpResponse:
    autosave = _autosave(request, brand, number)
    context = frame(request, brand, number) | {"form": form, "autosave": autosave, "stays": goes_back(request)}
    if number == NAMES and brand:
        context |= _looked(brand)
    if number == GOODS:
        context |= {"chosen": form.chosen(), "found": form.found()}
    return render(request, TEMPLATES.get(number, "branding/step.html"), context)


def _looked(brand: Brand) -> dict[str, Any]:
    """What is known against each candidate, beside its field."""
    found = [(name, precheck.check([name], brand.nice_classes, brand)) for name in brand.candidates]
    return {
        "looked": [found[at] if at < len(found) else ("", []) for at in range(case_rules.MOST_CANDIDATES)],
        "is_stopped": _is_stopped(brand) if brand.candidates else False,
        "disclaimer": findings.disclaimer(),
    }


def _check(request: SignedInRequest, brand: Brand, status: int = 200) -> HttpResponse:
    lacks = [{"words": words, "step": STEP_OF[name]} for name, words in case_rules.missing(brand).items()]
    found = precheck.check([brand.name], brand.nice_classes, brand) if brand.name else []
    stopped = brand.sign_kind == SignKind.WORD and any(one.severity == STOP for one in found)
    kept = papers_of(brand)
    context = frame(request, brand, CHECK) | {
        "lacks": lacks,
        "found": found,
        "is_stopped": stopped,
        "goods": goods_of(brand),
        "papers": kept,
        "agent": agent(),
        "has_power": any(one.kind == case_rules.POWER for one, _name in kept),
        "remarks": remarks_of(brand, request.POST),
        "disclaimer": findings.disclaimer(),
    }
    return render(request, "branding/step_check.html", context, status=status)


def _autosave(request: SignedInRequest, brand: Brand | None, number: int) -> str:
    if number not in QUESTIONS:
        return ""
    if brand:
        return reverse("brands:save_step", args=[brand.pk, number])
    return f"{reverse('brands:save_new')}?{request.GET.urlencode()}"  # the product it was begun from
