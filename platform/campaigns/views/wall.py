"""代言墙: everybody who stands behind goods today. And the province's list of what was promised."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, needs
from campaigns import selectors
from campaigns.entries import SEE_ALL
from campaigns.models import Endorsement
from campaigns.states import EndorsementState
from kernel import clock
from tenants.addressing import province_url
from tenants.models import County
from tenants.selectors import open_counties

PAGE = 48
ROWS = 50


@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    everybody = selectors.people_on_the_wall()
    code = request.GET.get("county", "")
    chosen = open_counties().filter(code=code).first() if code.isascii() and code.isdigit() else None
    people = everybody.filter(county_code=chosen.code) if chosen else everybody
    page = _page(request, people, PAGE)
    context = {
        "nav": "endorsements",
        "page": page,
        "faces": selectors.faces(page.object_list),
        "counties": _counties(everybody),
        "chosen": chosen,
        "query": f"county={chosen.code}" if chosen else "",
        "share": _share(),
    }
    return render(request, "campaigns/wall.html", context)


def _share() -> dict[str, Any]:
    """What the wall says of itself to search engines and chats."""
    name = _("第一书记代言墙")
    return {
        "things": [{"@type": "CollectionPage", "name": name}],
        "crumbs": [(_("借梯"), province_url("web:home")), (name, "")],
    }


def _counties(everybody: QuerySet[Any]) -> list[dict[str, Any]]:
    """Counties with somebody on the wall, and how many."""
    counts = dict(everybody.order_by().values_list("county_code").annotate(Count("pk")))
    return [{"county": one, "count": counts[one.code]} for one in open_counties().filter(code__in=counts)]


@never_cache
@require_safe
@needs(SEE_ALL)
def desk(request: SignedInRequest) -> HttpResponse:
    """Every county's, what ends first on top; acting on one is done on its county's desk."""
    state = request.GET.get("state", EndorsementState.STANDING)
    state = state if state in EndorsementState.values else EndorsementState.STANDING
    rows = Endorsement.objects.filter(state=state).select_related("endorser").prefetch_related("products")
    page = _page(request, rows.order_by("ends_on", "pk"), ROWS)
    counties = {one.code: one for one in County.objects.filter(code__in={row.county_code for row in page})}
    counts = dict(Endorsement.objects.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "page": page,
        "rows": [{"endorsement": row, "county": counties.get(row.county_code)} for row in page],
        "counts": [(value, label, counts.get(value, 0)) for value, label in EndorsementState.choices],
        "state": state,
        "query": f"state={state}",
        "today": clock.today(),
    }
    return render(request, "campaigns/province.html", context)


def _page(request: HttpRequest, rows: QuerySet[Any], size: int) -> Page[Any]:
    return Paginator(rows, size).get_page(request.GET.get("page"))
