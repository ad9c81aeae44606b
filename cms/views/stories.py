"""The county's pages with where each stands."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, county_code_of, needs
from accounts.roles import may
from cms import approval
from cms.models import CountyHome
from cms.rights import SEE, WRITE
from cms.standing import LOOKS, Standing, pages, province_tasks, standing

PAGE = 30


@never_cache
@require_safe
@needs(SEE)
def listed(request: SignedInRequest) -> HttpResponse:
    wanted = request.GET.get("state", "")
    wanted = wanted if wanted in Standing.values else ""
    rows = _rows(approval.waiting_pages(request.user))
    counts = [{"state": one, "name": one.label, "count": sum(row["state"] == one for row in rows)} for one in Standing]
    shown = [row for row in rows if row["state"] == wanted] if wanted else rows
    context = {
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
        "query": urlencode({"state": wanted}) if wanted else "",
        "counts": [one for one in counts if one["count"]],
        "state": wanted,
        "waiting": sum(row["waits"] for row in rows),
        "home": CountyHome.objects.first(),
        "may_write": may(request.user, WRITE, county_code_of(request)),
    }
    return render(request, "cms/desk/stories.html", context)


def _rows(waiting: frozenset[str]) -> list[dict[str, Any]]:
    """All pages; what waits for this person first, the longest waiting on top."""
    of_province = province_tasks()
    rows = []
    for page in pages():
        state = standing(page, of_province)
        rows.append({"page": page, "state": state, "look": LOOKS[state], "waits": str(page.pk) in waiting})
    rows.sort(key=lambda row: not row["waits"])
    return rows
