"""A designer's desk: what was asked of them, what they have in hand, one case's brief."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import roles
from accounts.doors import SignedInRequest, needs
from branding import packaging_rules as rules
from branding import packaging_selectors as selectors
from branding.models import Offer, PackageRequest
from branding.packaging_entries import DESIGN, OFFICER
from branding.packaging_states import Answer
from branding.services import packaging
from branding.views.packages_brief import brief_facts
from branding.views.packages_finding import paper_url
from branding.views.studio_rounds import work_on
from kernel.answers import do_and_say


def designed_case(request: SignedInRequest, pk: int) -> PackageRequest:
    """A case this designer has in hand or may read the brief of; else 404."""
    found = get_object_or_404(PackageRequest.objects.select_related("designer", "chosen"), pk=pk)
    if not rules.can_see_brief(request.user, found):
        raise Http404
    return found


@never_cache
@require_safe
@needs(DESIGN)
def home(request: SignedInRequest) -> HttpResponse:
    asked = Offer.objects.filter(designer=request.user, invited=True, answer=Answer.WAITING)
    context = {
        "cases": selectors.work_of(request.user),
        "invitations": asked.filter(request__withdrawn_at__isnull=True).select_related("request"),
        "calls": selectors.open_calls().exclude(offers__designer=request.user),
    }
    return render(request, "packaging/studio.html", context)


@never_cache
@require_safe
@needs(DESIGN, reading=OFFICER)
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    """The desk comes here by an inbox item whose designer has left: its own page of the case is another."""
    if not roles.may(request.user, DESIGN):
        return redirect("packages:case", pk)
    found = designed_case(request, pk)
    mine = rules.is_designer(request.user, found)
    context: dict[str, Any] = {
        "case": found,
        "mine": mine,
        "facts": brief_facts(found),
        "photos": [paper_url(paper.pk, preview=True) for paper in selectors.photos(found)],
        "offer": found.offers.filter(designer=request.user).first(),
        "in_call": rules.in_open_call(found),
    }
    return render(request, "packaging/studio_case.html", context | (work_on(found) if mine else {}))


@never_cache
@require_POST
@needs(DESIGN)
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Yes or no to an invitation, or an offer in an open call."""
    found = designed_case(request, pk)
    offer = found.offers.filter(designer=request.user, invited=True, answer=Answer.WAITING).first()
    if offer is None:
        words = request.POST.get("words", "")
        do_and_say(request, lambda: packaging.offer_design(found, by=request.user, words=words), _("报上名了。"))
        return redirect("studio:home")
    yes = request.POST.get("answer") == "yes"
    said = _("接下了，可以开始出稿。") if yes else _("回绝了。")
    do_and_say(request, lambda: packaging.answer_invitation(offer, by=request.user, yes=yes), said)
    return redirect("studio:case", pk) if yes else redirect("studio:home")
