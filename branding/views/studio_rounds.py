"""A designer's rounds: fill one, hand it in, answer what was pinned on it, lay two side by side."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, needs
from branding import packaging_rules as rules
from branding import packaging_selectors as selectors
from branding.models import PackageRequest, Pin, Round
from branding.packaging_entries import DESIGN
from branding.packaging_states import FileKind, PackageState
from branding.services import packaging
from branding.views.packages_finding import seen_round, shown_files
from kernel.answers import do_and_say
from kernel.errors import DomainError

ANSWERING = frozenset({PackageState.ASSIGNED, PackageState.WORKING, PackageState.HANDED_IN, PackageState.CHOSEN})
PRINTING = frozenset({PackageState.CHOSEN, PackageState.COMPLIANCE, PackageState.SIGNED_OFF})


def my_case(request: SignedInRequest, pk: int) -> PackageRequest:
    """A case this designer has in hand; else 404, also for one that was taken back."""
    found = get_object_or_404(PackageRequest.objects.select_related("designer", "chosen", "brand"), pk=pk)
    if found.is_withdrawn or not rules.is_designer(request.user, found):
        raise Http404
    return found


def work_on(case: PackageRequest) -> dict[str, Any]:
    """What the designer's page of a case shows beside the brief."""
    pins = Pin.objects.filter(round__request=case, resolved_at__isnull=True).select_related("round", "file")
    prints = rules.files_of(case.chosen).filter(kind=FileKind.PRINT) if case.chosen else []
    return {
        "rounds": [{"round": one, "files": shown_files(one)} for one in selectors.rounds_seen(case)],
        "unfinished": case.rounds.filter(handed_in_at__isnull=True).first(),
        "open_pins": list(pins.order_by("round__number", "number")),
        "may_begin": case.state in {PackageState.ASSIGNED, PackageState.WORKING},
        "may_print": case.state in PRINTING and case.handed_over_at is None,
        "prints": [one for one in shown_files(case.chosen) if not one["is_picture"]] if prints and case.chosen else [],
        "may_check": case.state == PackageState.CHOSEN,
        "run": selectors.newest_run(case),
        "may_hand_over": case.state == PackageState.SIGNED_OFF and case.handed_over_at is None,
        "pack": selectors.pack_in_force(case),
        "clock": selectors.clock_of(case),
        "ladder": selectors.ladder(case),
    }


@never_cache
@require_POST
@needs(DESIGN)
def begin(request: SignedInRequest, pk: int) -> HttpResponse:
    case = my_case(request, pk)
    begun: list[Round] = []
    do_and_say(
        request, lambda: begun.append(packaging.begin_round(case, by=request.user)), _("先传效果图，传齐了再交稿。")
    )
    return redirect("studio:round", pk, begun[0].number) if begun else redirect("studio:case", pk)


@never_cache
@require_safe
@needs(DESIGN)
def show(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """A round being filled, or one that was handed in with its remarks."""
    case = my_case(request, pk)
    return round_page(request, case, get_object_or_404(case.rounds, number=number))


def round_page(
    request: SignedInRequest, case: PackageRequest, found: Round, status: int = 200, **more: Any
) -> HttpResponse:
    others = case.rounds.filter(handed_in_at__isnull=False).exclude(pk=found.pk)
    waiting = Pin.objects.filter(round__request=case, resolved_at__isnull=True).exclude(round=found)
    context = {
        "case": case,
        "round": found,
        "files": shown_files(found),
        "filling": found.handed_in_at is None,
        "resolve_name": "studio:resolve" if found.handed_in_at and case.state in ANSWERING else "",
        "others": list(others),
        "waiting": list(waiting.select_related("round").order_by("round__number", "number")),
        "words": found.words,
    }
    template = "packaging/studio_fill.html" if found.handed_in_at is None else "packaging/studio_round.html"
    return render(request, template, context | more, status=status)


@never_cache
@require_POST
@needs(DESIGN)
def add_file(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Several pictures at once; a file that is refused is named, the others stay."""
    case = my_case(request, pk)
    found = get_object_or_404(case.rounds, number=number)
    refused = _keep_all(
        request.FILES.getlist("file"), lambda upload: packaging.add_round_file(found, upload, by=request.user)
    )
    if refused:
        return round_page(request, case, found, status=400, refused=refused)
    return redirect("studio:round", pk, number)


def _keep_all(uploads: list[Any], keep: Callable[[Any], Any]) -> list[str]:
    """The sentences of those that were refused."""
    refused = [] if uploads else [_("先选一个文件：PNG、JPG 或 PDF。")]
    for upload in uploads:
        try:
            keep(upload)
        except DomainError as refusal:
            refused.append(_("%(name)s：%(why)s") % {"name": upload.name, "why": refusal})
    return refused


@never_cache
@require_POST
@needs(DESIGN)
def remove_file(request: SignedInRequest, pk: int, number: int, file_pk: int) -> HttpResponse:
    case = my_case(request, pk)
    found = get_object_or_404(case.rounds, number=number)
    file = get_object_or_404(rules.files_of(found), pk=file_pk)
    do_and_say(request, lambda: packaging.remove_round_file(file, by=request.user), _("删掉了。"))
    return redirect("studio:round", pk, number)


@never_cache
@require_POST
@needs(DESIGN)
def hand_in(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    case = my_case(request, pk)
    found = get_object_or_404(case.rounds, number=number)
    words = request.POST.get("words", "")
    try:
        packaging.hand_in_round(found, by=request.user, words=words)
    except DomainError as refusal:
        return round_page(request, case, found, status=400, refused=[str(refusal)], words=words)
    do_and_say(request, lambda: None, _("第 %(number)s 稿交给村里了。") % {"number": number})
    return redirect("studio:case", pk)


@never_cache
@require_POST
@needs(DESIGN)
def resolve(request: SignedInRequest, pk: int, number: int, pin_number: int) -> HttpResponse:
    """The designer says how a remark was dealt with."""
    case = my_case(request, pk)
    pin = get_object_or_404(seen_round(case, number).pins, number=pin_number)
    do_and_say(
        request,
        lambda: packaging.resolve_pin(pin, by=request.user, answer=request.POST.get("answer", "")),
        _("答复了第 %(number)s 条。") % {"number": pin_number},
    )
    return redirect("studio:round", pk, number)


@never_cache
@require_safe
@needs(DESIGN)
def compare(request: SignedInRequest, pk: int) -> HttpResponse:
    """Two rounds side by side; the last two where nothing else is asked."""
    case = my_case(request, pk)
    return compare_page(request, case, "packaging/studio_compare.html")


def compare_page(request: SignedInRequest, case: PackageRequest, template: str) -> HttpResponse:
    rounds = list(selectors.rounds_seen(case))
    if len(rounds) < 2:
        raise Http404
    left = _asked(request.GET.get("left", ""), rounds, rounds[1])
    right = _asked(request.GET.get("right", ""), rounds, rounds[0])
    sides = [{"round": one, "files": shown_files(one)} for one in (left, right)]
    return render(request, template, {"case": case, "rounds": rounds, "left": left, "right": right, "sides": sides})


def _asked(number: str, rounds: list[Round], usual: Round) -> Round:
    return next((one for one in rounds if str(one.number) == number), usual)
