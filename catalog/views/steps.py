"""A product from a phone: one question a screen, each kept when it is answered."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, county_code_of, needs
from catalog import rules, selectors, services
from catalog.entries import SUBMIT, WRITE
from catalog.errors import ThrownAway
from catalog.forms.steps import NameForm, PhotoForm
from catalog.models import Product
from catalog.pictures import photo_url
from catalog.states import ProductState
from catalog.views.finding import clock_time, editable_product, their_product
from catalog.views.on_sale import look, summary_of
from catalog.views.questions import (
    CHECK,
    LABELS,
    NEXT,
    PHOTOS,
    QUESTIONS,
    STEP_OF,
    STEPS,
    TITLES,
    claims_of,
    remarked,
)
from kernel.answers import do_and_say
from kernel.errors import DomainError
from kernel.going_back import goes_back, unkept, went_back


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(WRITE)
def new(request: SignedInRequest) -> HttpResponse:
    """The first screen, before there is a row."""
    form = NameForm(request.POST or None)
    if goes_back(request):
        return _leave_new(request, form)
    if request.method == "POST" and form.is_valid():
        product = services.create_draft(by=request.user, **form.cleaned_data)
        return redirect("catalog:step", product.pk, 2)
    return _ask(request, None, 1, form)


def _leave_new(request: SignedInRequest, form: NameForm) -> HttpResponse:
    """Back to the list; what has a name by now stays as a draft."""
    if unkept(form):
        return _ask(request, None, 1, form)
    if form.cleaned_data.get("name"):
        services.create_draft(by=request.user, **form.cleaned_data)
    return redirect("catalog:mine")


@never_cache
@require_POST
@needs(WRITE)
def save_new(request: SignedInRequest) -> HttpResponse:
    """What has been typed so far becomes a draft as soon as it has a name."""
    form = NameForm(request.POST)
    form.is_valid()
    if not form.cleaned_data.get("name"):
        return JsonResponse({"saved": ""})
    product = services.create_draft(by=request.user, **form.cleaned_data)
    return JsonResponse(
        {
            "saved": clock_time(product.saved_at),
            "action": reverse("catalog:step", args=[product.pk, 1]),
            "autosave": reverse("catalog:save_step", args=[product.pk, 1]),
        }
    )


@never_cache
@require_safe
@needs(WRITE)
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where work on a product goes on: the first screen that lacks something, else the last."""
    product = their_product(request, pk)
    if product.state == ProductState.ENDED:
        return redirect("catalog:product_edit", product.revises_id)
    if not rules.can_edit(request.user, product, county_code_of(request)):
        return look(request, product)
    if product.is_returned:
        return redirect("catalog:step", pk, CHECK)
    lacking = [STEP_OF[name] for name in rules.missing(product)]
    return redirect("catalog:step", pk, min(lacking, default=CHECK))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(WRITE)
def step(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    product = editable_product(request, pk)
    if number == CHECK:
        return _check(request, product)
    if number == PHOTOS:
        return photos_page(request, product, PhotoForm())
    question = _question(number)
    form = question.ask(request, product, request.POST if request.method == "POST" else None)
    if goes_back(request):
        keep, loses = (lambda: question.keep_most(request, product, form)), question.loses(form)
        return went_back(request, _before(product, number), keep=keep, loses=loses) or _ask(
            request, product, number, form
        )
    if request.method == "POST" and form.is_valid():
        try:
            question.keep(request, product, form)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            return redirect("catalog:step", pk, CHECK if "back" in request.POST else number + 1)
    return _ask(request, product, number, form)


@never_cache
@require_POST
@needs(WRITE)
def save_step(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Every few seconds: what is right so far is kept. ``part``: something typed stands in the browser alone."""
    product = editable_product(request, pk)
    question = _question(number)
    form = question.ask(request, product, request.POST)
    try:
        kept = question.keep_part(request, product, form)
    except DomainError as refusal:
        return JsonResponse({"saved": "", "refused": str(refusal)}, status=409)
    product.refresh_from_db(fields=["saved_at"])
    return JsonResponse({"saved": clock_time(product.saved_at) if kept else "", "part": question.loses(form)})


@never_cache
@require_POST
@needs(SUBMIT)
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    product = editable_product(request, pk)
    try:
        services.submit_product(product, by=request.user)
    except ThrownAway as refusal:
        messages.error(request, str(refusal))
        return redirect("catalog:mine")
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("catalog:step", pk, CHECK)
    messages.success(request, _("“%(name)s”交给县里了。") % {"name": product.name})
    return redirect("catalog:mine")


@never_cache
@require_POST
@needs(SUBMIT)
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    product = their_product(request, pk)
    words = _("“%(name)s”拿回来了，改好再交给县里。") % {"name": product.name}
    do_and_say(request, lambda: services.take_back_product(product, by=request.user), words)
    return redirect("catalog:product_edit", pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(WRITE)
def throw_away(request: SignedInRequest, pk: int) -> HttpResponse:
    """A slip is taken back: asked once more, then gone. What the county has seen stays, and the sentence says why."""
    product = their_product(request, pk)
    if request.method == "POST":
        words = _("“%(name)s”不改了，照旧卖。") if product.revises_id else _("“%(name)s”扔掉了。")
        do_and_say(request, lambda: services.throw_away(product, by=request.user), words % {"name": product.name})
        return redirect("catalog:mine")
    if not rules.can_be_thrown_away(product):
        return redirect("catalog:product_edit", pk)
    context = {"product": product, "back_url": reverse("catalog:product_edit", args=[pk])} | summary_of(product)
    return render(request, "catalog/throw_away.html", context)


def _question(number: int) -> Any:
    if number not in QUESTIONS:
        raise Http404
    return QUESTIONS[number]


def _ask(request: SignedInRequest, product: Product | None, number: int, form: Any) -> HttpResponse:
    template = {3: "catalog/step_packs.html", 5: "catalog/step_origin.html"}.get(number, "catalog/step.html")
    context = _frame(product, number, form) | {"form": form, "stays": goes_back(request)}
    if number != 3:
        context["fields"] = {row["field"].name: row for row in remarked(form, product)}
    return render(request, template, context)


def photos_page(request: SignedInRequest, product: Product, form: PhotoForm, status: int = 200) -> HttpResponse:
    photos = [{"photo": photo, "url": photo_url(photo, "small")} for photo in selectors.photos_of(product)]
    context = _frame(product, PHOTOS) | {"form": form, "photos": photos, "room": len(photos) < services.MOST_PHOTOS}
    return render(request, "catalog/step_photos.html", context, status=status)


def _check(request: SignedInRequest, product: Product) -> HttpResponse:
    lacks = [{"words": words, "step": STEP_OF[name]} for name, words in rules.missing(product).items()]
    heals = rules.heals(product)
    mend = {"lacks": lacks, "heals": heals and STEP_OF[heals.field]}
    return render(request, "catalog/step_check.html", _frame(product, CHECK) | summary_of(product) | mend)


def _before(product: Product | None, number: int) -> str:
    return reverse("catalog:step", args=[product.pk, number - 1]) if product and number > 1 else reverse("catalog:mine")


def _frame(product: Product | None, number: int, form: Any = None) -> dict[str, Any]:
    claims = claims_of(product or Product(), form)
    remarks = product.remarks if product and product.is_returned else {}
    return {
        "product": product,
        "step": number,
        "steps": STEPS,
        "title": TITLES[number],
        "next_words": NEXT.get(number, ""),
        "saved": clock_time(product.saved_at) if product else "",
        "back_url": _before(product, number),
        "back_keeps": number in QUESTIONS,
        "is_first": number == 1,
        "remark": {name: words for name, words in remarks.items() if words and STEP_OF.get(name) == number},
        "labels": LABELS,
        "claims": [one for one in claims if one["step"] in {number - 1, number}],
        "may_mend": True,
        "autosave": _autosave(product, number),
        "may_throw_away": product is not None and rules.can_be_thrown_away(product),
    }


def _autosave(product: Product | None, number: int) -> str:
    if number not in QUESTIONS:
        return ""
    return reverse("catalog:save_step", args=[product.pk, number]) if product else reverse("catalog:save_new")
