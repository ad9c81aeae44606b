"""The village before a draft: remarks pinned on the picture, another round, or the choice."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, needs
from branding import packaging_rules as rules
from branding.packaging_entries import SEE, WRITE
from branding.packaging_states import PackageState
from branding.services import packaging
from branding.views.packages_finding import seen_case, seen_round, shown_files, their_case
from kernel.answers import do_and_say
from kernel.numbers import number_in

# Where to pin without pointing: by keyboard, by voice, without script.
SPOTS = (
    ("167,167", lazy("左上")),
    ("500,167", lazy("上面中间")),
    ("833,167", lazy("右上")),
    ("167,500", lazy("左边中间")),
    ("500,500", lazy("正中")),
    ("833,500", lazy("右边中间")),
    ("167,833", lazy("左下")),
    ("500,833", lazy("下面中间")),
    ("833,833", lazy("右下")),
)


@never_cache
@require_safe
@needs(SEE)
def show(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    case = seen_case(request, pk)
    found = seen_round(case, number)
    newest = rules.latest_round(case)
    is_newest = newest is not None and newest.pk == found.pk
    theirs = rules.is_theirs(request.user, case) and not case.is_withdrawn
    turn = theirs and is_newest and case.state == PackageState.HANDED_IN
    context = {
        "case": case,
        "back_url": reverse("packages:case", args=[pk]),
        "round": found,
        "files": shown_files(found),
        "pins": list(found.pins.all()),
        "open_pins": rules.open_pins(found).count(),
        "pin_name": "packages:pin" if turn else "",
        "resolve_name": "packages:resolve" if turn else "",
        "may_choose": theirs and case.state == PackageState.HANDED_IN,
        "may_ask": turn,
        "is_chosen": case.chosen_id == found.pk,  # type: ignore[attr-defined]
        "spots": SPOTS,
    }
    return render(request, "packaging/round.html", context)


@never_cache
@require_POST
@needs(WRITE)
def pin(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    case = their_case(request, pk)
    found = seen_round(case, number)
    x, y = _spot(request.POST)
    file_id = request.POST.get("file", "")
    do_and_say(
        request,
        lambda: packaging.pin_remark(found, number_in(file_id), x, y, request.POST.get("words", ""), by=request.user),
        _("钉上了。"),
    )
    return redirect("packages:round", pk, number)


def _spot(typed: Any) -> tuple[int, int]:
    """Where the finger touched, else the middle of the chosen ninth; -1 where neither says anything."""
    for text in (f"{typed.get('x', '')},{typed.get('y', '')}", typed.get("spot", "")):
        x, _comma, y = text.partition(",")
        if x.isdecimal() and y.isdecimal() and len(x) <= 4 and len(y) <= 4:
            return int(x), int(y)
    return -1, -1


@never_cache
@require_POST
@needs(WRITE)
def resolve(request: SignedInRequest, pk: int, number: int, pin_number: int) -> HttpResponse:
    """The village takes its own remark back."""
    case = their_case(request, pk)
    found = get_object_or_404(seen_round(case, number).pins, number=pin_number)
    do_and_say(
        request,
        lambda: packaging.resolve_pin(found, by=request.user, answer=request.POST.get("answer", "")),
        _("这一条了结了。"),
    )
    return redirect("packages:round", pk, number)


@never_cache
@require_POST
@needs(WRITE)
def choose(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    case = their_case(request, pk)
    found = seen_round(case, number)
    do_and_say(
        request,
        lambda: packaging.choose_round(case, found, by=request.user),
        _("选定了第 %(number)s 稿，设计师去备印刷文件。") % {"number": number},
    )
    return redirect("packages:case", pk)


@never_cache
@require_POST
@needs(WRITE)
def again(request: SignedInRequest, pk: int) -> HttpResponse:
    case = their_case(request, pk)
    words = request.POST.get("words", "")
    do_and_say(
        request,
        lambda: packaging.ask_for_round(case, by=request.user, words=words),
        _("告诉设计师了，改好会再交一稿。"),
    )
    return redirect("packages:case", pk)
