"""The three who sign, and the village that takes the package over."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, needs
from branding import packaging_rules as rules
from branding import packaging_selectors as selectors
from branding.models import PackageRequest
from branding.packaging_entries import SEE, WRITE
from branding.packaging_forms import PhotoForm
from branding.packaging_states import PackageState, Side
from branding.services import packaging
from branding.views.packages_county import case_page
from branding.views.packages_finding import seen_case, shown_files, their_case
from kernel.answers import do_and_say
from kernel.errors import DomainError


@never_cache
@require_safe
@needs(SEE)
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is signed: the files under their hash, what the check said, whose names stand there."""
    case = seen_case(request, pk)
    if case.state not in {PackageState.COMPLIANCE, PackageState.SIGNED_OFF, PackageState.DELIVERED}:
        raise Http404
    if case.chosen is None:
        raise Http404
    names = {one.side: one for one in rules.signatures(case)}
    context = {
        "case": case,
        "back_url": reverse("packages:case", args=[pk]),
        "files": shown_files(case.chosen),
        "run": selectors.newest_run(case),
        "sides": [{"side": side, "signed": names.get(side.value)} for side in Side],
        "mine": [Side(side) for side in rules.sides_of(request.user, case)],
    }
    return render(request, "packaging/sign.html", context)


@never_cache
@require_POST
@needs(SEE)
def sign(request: SignedInRequest, pk: int, side: str) -> HttpResponse:
    case = _of_side(request, pk, side)
    do_and_say(
        request,
        lambda: packaging.sign_off(case, side, by=request.user, seen=request.POST.get("seen", "")),
        _("签上了。"),
    )
    return redirect("packages:case", pk)


@never_cache
@require_POST
@needs(SEE)
def refuse(request: SignedInRequest, pk: int, side: str) -> HttpResponse:
    case = _of_side(request, pk, side)
    do_and_say(
        request,
        lambda: packaging.refuse_sign(case, side, by=request.user, words=request.POST.get("words", "")),
        _("退给设计师了，三方都要重新签。"),
    )
    return redirect("packages:case", pk)


def _of_side(request: SignedInRequest, pk: int, side: str) -> PackageRequest:
    """A case seen by somebody who stands for this side; another side's people are told so."""
    if side not in Side.values:
        raise Http404
    case = seen_case(request, pk)
    if not rules.stands_for(request.user, case, side):
        raise PermissionDenied
    return case


@never_cache
@require_POST
@needs(WRITE)
def accept(request: SignedInRequest, pk: int) -> HttpResponse:
    case = their_case(request, pk)
    do_and_say(request, lambda: packaging.accept_package(case, by=request.user), _("收下了，印刷包可以拿去印。"))
    return redirect("packages:case", pk)


@never_cache
@require_POST
@needs(WRITE)
def object_to(request: SignedInRequest, pk: int) -> HttpResponse:
    case = their_case(request, pk)
    words = request.POST.get("words", "")
    do_and_say(request, lambda: packaging.object_to(case, by=request.user, words=words), _("退给设计师了。"))
    return redirect("packages:case", pk)


@never_cache
@require_POST
@needs(WRITE)
def finished(request: SignedInRequest, pk: int) -> HttpResponse:
    """The finished package's photo becomes the product's picture."""
    case = their_case(request, pk)
    form = PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            packaging.put_finished_photo(case, form.cleaned_data["photo"], by=request.user)
        except DomainError as refusal:
            form.add_error("photo", str(refusal))
    if form.errors:
        return case_page(request, case, photo_form=form, status=400)
    do_and_say(request, lambda: None, _("放上了，产品页过一会儿就换成它。"))
    return redirect("packages:case", pk)
