"""What people do with a page: hand in, approve, return, take down."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest, needs
from cms import approval
from cms.errors import NotReadyToShow
from cms.rights import SEE, WRITE, may_review
from cms.views.finding import county_page
from cms.views.review import shown
from kernel.errors import DomainError, NoteMissing
from kernel.numbers import number_in


@never_cache
@require_POST
@needs(WRITE)
def submit(request: SignedInRequest, pk: int) -> HttpResponse:
    found = county_page(pk)
    return _act(request, found, lambda: _hand_in(found, request.user), _("“%(title)s”交上去了，等着看。"))


def _hand_in(found: Any, by: Any) -> None:
    try:
        approval.hand_in(found, by=by)
    except NotReadyToShow as lacks:  # which stands on the page that is shown now, with the way to each
        raise NotReadyToShow(_("还没交上去：下面写着还缺什么，先办好再交。")) from lacks


@never_cache
@require_POST
@needs(SEE)
def approve(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _reviewed(request, pk)
    note = request.POST.get("note", "")
    return _act(
        request,
        found,
        lambda: approval.approve(found, by=request.user, seen=_seen(request), note=note),
        _("“%(title)s”这一步通过了。"),
    )


@never_cache
@require_POST
@needs(SEE)
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _reviewed(request, pk)
    return _act(
        request,
        found,
        lambda: approval.send_back(found, by=request.user, note=request.POST.get("note", "")),
        _("“%(title)s”退回去了，写的意见对方看得到。"),
    )


@never_cache
@require_POST
@needs(SEE)
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _reviewed(request, pk)
    return _act(
        request,
        found,
        lambda: approval.take_down(found, by=request.user, note=request.POST.get("note", "")),
        _("“%(title)s”撤下了，网上和搜索里都没有了。"),
    )


def _reviewed(request: SignedInRequest, pk: int) -> Any:
    """A page for somebody who reviews here or in the province; whose turn it is the service asks."""
    if not may_review(request.user):
        raise PermissionDenied
    return county_page(pk)


def _seen(request: SignedInRequest) -> int | None:
    return number_in(request.POST.get("seen", "")) or None


def _act(request: SignedInRequest, found: Any, service: Callable[[], Any], words: str) -> HttpResponse:
    try:
        service()
    except NoteMissing as refusal:
        return shown(request, found, note_error=str(refusal), status=400)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("cms:story", found.pk)
    messages.success(request, words % {"title": found.get_admin_display_title()})
    return redirect("cms:story", found.pk)
