"""The county office's first screen, its list of goods, and a team member's own list."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.desks import entries_for
from accounts.doors import SignedInRequest, county_code_of, needs, needs_sign_in
from accounts.roles import may
from catalog import rules, selectors
from catalog.entries import OFFICE, PUBLISH, SEE, WRITE
from catalog.models import Product
from catalog.pictures import picture
from catalog.states import ProductState

PAGE = 20
ON_THE_DESK = 50
LISTS = {"returned", *selectors.LISTED}


@never_cache
@require_safe
@needs_sign_in
def desk(request: SignedInRequest) -> HttpResponse:
    """What waits for the office; a work team goes to its own list, whoever has no goods to what they have."""
    if not may(request.user, OFFICE, county_code_of(request)):
        return redirect("catalog:mine" if may(request.user, SEE, county_code_of(request)) else _first_room(request))
    waiting = selectors.products_awaiting_review()
    return render(
        request,
        "catalog/desk.html",
        {
            "waiting": waiting[:ON_THE_DESK],
            "todo": waiting.count(),
            "counts": _counts(),
            "may_publish": may(request.user, PUBLISH, county_code_of(request)),
            "may_write": may(request.user, WRITE, county_code_of(request)),
        },
    )


def _first_room(request: SignedInRequest) -> str:
    """The first entry of this person's side list: the inbox, or for an officer of the province what is theirs here."""
    entries = entries_for(request)
    if not entries:
        raise PermissionDenied
    return str(entries[0]["url"])


@never_cache
@require_safe
@needs(OFFICE)
def products(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:60]
    state = request.GET.get("state", "")
    state = state if state in LISTS else ""
    page = Paginator(selectors.products(text, state), PAGE).get_page(request.GET.get("page"))
    asked = {name: value for name, value in (("q", text), ("state", state)) if value}
    return render(
        request,
        "catalog/products.html",
        {
            "page": page,
            "text": text,
            "state": state,
            "states": _counts(),
            "query": urlencode(asked),
            "may_write": may(request.user, WRITE, county_code_of(request)),
        },
    )


@never_cache
@require_safe
@needs(WRITE)
def mine(request: SignedInRequest) -> HttpResponse:
    """我的产品, those sent back first."""
    found = rules.products_of(request.user, county_code_of(request))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [{"product": product, "picture": picture(product)} for product in page]
    rows.sort(key=lambda row: not row["product"].is_returned)
    return render(request, "catalog/mine.html", {"page": page, "rows": rows, "returned": _returned(found)})


def _returned(found: Any) -> int:
    return int(found.filter(state=ProductState.DRAFT, returned_at__isnull=False).count())


def _counts() -> list[dict[str, Any]]:
    """Goods by state; those sent back are a part of the drafts and are said beside them."""
    counts = selectors.counts()
    rows = [
        {"state": state, "name": label, "count": counts[state]}
        for state, label in ProductState.choices
        if state in counts
    ]
    returned = _returned(Product.objects.all())
    if returned:
        rows.insert(1, {"state": "returned", "name": _("其中退回"), "count": returned})
    return rows
