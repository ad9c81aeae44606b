"""A product before the county office: every field with room for a remark, and one step."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, county_code_of, needs
from accounts.roles import may
from catalog import rules, second_look, selectors, services
from catalog.entries import OFFICE, PUBLISH
from catalog.errors import ClaimsUnanswered, HealingClaimed
from catalog.models import Product, ProductMove
from catalog.pictures import gallery
from catalog.states import CAME_ALONG, GIVEN_UP, TAKEN_BACK, ProductState
from catalog.views.questions import LABELS, claims_of
from kernel.errors import DomainError, NoteMissing

REMARKED = ("name", "category", "summary", "description", "season", "food", "variants", "photos", "place", "producer")
LONGEST_REMARK = 300


@never_cache
@require_safe
@needs(OFFICE)
def product(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _find(pk)
    if found.state == ProductState.ENDED:
        return redirect("catalog:product", found.revises_id)
    return _page(request, found)


@never_cache
@require_POST
@needs(PUBLISH)
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _find(pk)
    if any(request.POST.get(name, "").strip() for name in ("note", *(f"remark_{field}" for field in REMARKED))):
        refusal = _("您写了要改的。要退回，按“退回补正”；不用改了，把写的删掉再发布。")
        return _page(request, found, note_error=refusal, status=400)
    revised = _("“%(name)s”换上改过的了，买家现在看到的就是。")
    return _act(
        request,
        found,
        lambda: services.publish_product(
            found, by=request.user, seen=_seen(request), despite=request.POST.get("despite", "")[:LONGEST_REMARK]
        ),
        revised if found.revises_id else _("“%(name)s”上架了，全省都搜得到。"),
    )


@never_cache
@require_POST
@needs(PUBLISH)
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """退回补正; what was written stays on the screen when it does not suffice."""
    found = _find(pk)
    note = request.POST.get("note", "")[:LONGEST_REMARK]
    remarks = {name: request.POST.get(f"remark_{name}", "")[:LONGEST_REMARK] for name in REMARKED}
    return _act(
        request,
        found,
        lambda: services.return_product(found, by=request.user, note=note, remarks=remarks),
        _("“%(name)s”退回去了，写的意见对方看得到。"),
    )


@never_cache
@require_POST
@needs(PUBLISH)
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    found = _find(pk)
    note = request.POST.get("note", "")[:LONGEST_REMARK]
    return _act(
        request,
        found,
        lambda: services.withdraw_product(found, by=request.user, note=note),
        _("“%(name)s”撤下了，搜索里没有了。"),
    )


def _seen(request: SignedInRequest) -> datetime | None:
    """The hand-in the page showed, as its hidden field says."""
    try:
        return parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        return None


def _find(pk: int) -> Product:
    rows = Product.objects.select_related("producer", "revises__producer").prefetch_related("variants", "photos")
    return get_object_or_404(rows, pk=pk)


def _act(request: SignedInRequest, found: Product, service: Callable[[], Any], words: str) -> HttpResponse:
    try:
        service()
    except NoteMissing as refusal:
        return _page(request, _find(found.pk), note_error=str(refusal), status=400)
    except (ClaimsUnanswered, HealingClaimed) as refusal:
        return _page(request, _find(found.pk), despite_error=str(refusal), status=400)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("catalog:product", found.pk)
    messages.success(request, words % {"name": found.name})
    return redirect("catalog:desk")


def _page(
    request: SignedInRequest, found: Product, note_error: str = "", despite_error: str = "", status: int = 200
) -> HttpResponse:
    code = county_code_of(request)
    back = second_look.sent_back(found) if found.state == ProductState.SUBMITTED else None
    context = {
        "product": found,
        "gallery": gallery(found),
        "facts": _facts(request, found, back),
        "note_given": back.remarks.get("note", "") if back else "",
        "claims": claims_of(found),
        "never": rules.heals(found),
        "moves": _moves(found),
        "may_review": rules.can_review(request.user, found, code),
        "may_withdraw": found.state == ProductState.PUBLISHED and may(request.user, PUBLISH, code),
        "may_stock": rules.can_set_stock(request.user, found, code),
        "may_edit": rules.can_edit(request.user, found, code),
        "may_revise": rules.can_revise(request.user, found, code),
        "revision": selectors.revision_of(found),
        "note": request.POST.get("note", ""),
        "note_error": note_error,
        "despite": request.POST.get("despite", ""),
        "despite_error": despite_error,
    }
    return render(request, "catalog/review.html", context, status=status)


def _facts(request: SignedInRequest, found: Product, back: Any) -> list[dict[str, Any]]:
    """Every field in the order a reader reads, with the remark being written or given before.

    At a second look ``back`` is how the product stood when it was sent back.
    """
    said = second_look.said_of(found, found.variants.all())
    then = second_look.said_of(back, second_look.packs_then(back)) if back else {}
    sold = second_look.said_of(found.revises, found.revises.variants.all()) if found.revises else {}
    sold |= {"photos": second_look.photos_changed(found)} if found.revises else {}
    return [
        {
            "field": name,
            "label": LABELS[name],
            "said": said.get(name, ""),
            "remark": request.POST.get(f"remark_{name}", ""),
            "given": (back or found).remarks.get(name, "") if back or found.is_returned else "",
            "then": then[name] if name in then and then[name] != said[name] else None,
            "sold": sold[name] if name in sold and sold[name] != said.get(name, "") else None,
            "is_second": back is not None,
        }
        for name in REMARKED
    ]


def _moves(found: Product) -> list[dict[str, Any]]:
    """Latest on top, in the words of the states; what was changed while it was on sale is part of the road."""
    road = ProductMove.objects.filter(Q(subject=found) | Q(subject__revises=found)).order_by("-at", "-pk")
    return [_step_words(move) for move in road]


def _step_words(move: Any) -> dict[str, Any]:
    name, is_back, note = str(ProductState(move.to_state).label), move.to_state == ProductState.WITHDRAWN, move.note
    if (move.from_state, move.to_state) == ("submitted", "draft"):
        taken = move.note == TAKEN_BACK
        name, is_back, note = (_("队里拿回来改"), False, "") if taken else (_("退回补正"), True, move.note)
    if move.to_state == ProductState.ENDED:
        how = {GIVEN_UP: _("改稿不改了"), CAME_ALONG: _("改稿随产品撤下")}
        name, note = how.get(move.note, _("改稿通过，换上去了")), "" if move.note in how else move.note
    return {"name": name, "back": is_back, "note": note, "move": move}
