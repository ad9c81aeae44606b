"""A county's package cases: the list, and one case with what this person may do on it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import roles
from accounts.doors import SignedInRequest, county_code_of, needs
from accounts.selectors import people
from branding import packaging_rules as rules
from branding import packaging_selectors as selectors
from branding.models import PackageRequest
from branding.packaging_entries import SEE, WRITE
from branding.packaging_forms import PhotoForm
from branding.packaging_states import PackageState, Side
from branding.services import packaging
from branding.services.packaging_owner import STILL_OPEN
from branding.views.packages_brief import brief_facts
from branding.views.packages_finding import paper_url, seen_case, shown_files, their_case
from kernel.answers import do_and_say
from kernel.numbers import number_in

PAGE = 20


@never_cache
@require_safe
@needs(SEE)
def listed(request: SignedInRequest) -> HttpResponse:
    """包装: what was asked for, those that wait for this person first."""
    found = rules.cases_of(request.user, county_code_of(request))
    page = Paginator(selectors.with_due(found).order_by("-saved_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    rows = [
        {"case": case, "line": selectors.plain_line(case), "yours": is_your_turn(request.user, case)} for case in page
    ]
    rows.sort(key=lambda row: not row["yours"])
    context = {"page": page, "rows": rows, "may_write": roles.may(request.user, WRITE, county_code_of(request))}
    return render(request, "packaging/list.html", context)


def is_your_turn(user: Any, case: PackageRequest) -> bool:
    if case.is_withdrawn:
        return False
    if rules.sides_of(user, case):
        return True
    waits = case.state in {PackageState.DRAFT, PackageState.HANDED_IN} or case.handed_over_at is not None
    return waits and case.state != PackageState.DELIVERED and rules.is_theirs(user, case)


@never_cache
@require_safe
@needs(SEE)
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    return case_page(request, seen_case(request, pk))


def case_page(request: SignedInRequest, found: PackageRequest, status: int = 200, **more: Any) -> HttpResponse:
    theirs = rules.is_theirs(request.user, found) and not found.is_withdrawn
    pack = selectors.pack_in_force(found)
    context = {
        "case": found,
        "back_url": reverse("packages:list"),
        "line": selectors.plain_line(found),
        "ladder": selectors.ladder(found),
        "done": selectors.steps_done(found),
        "facts": brief_facts(found),
        "photos": [paper_url(paper.pk, preview=True) for paper in selectors.photos(found)],
        "rounds": [{"round": one, "files": shown_files(one)} for one in selectors.rounds_seen(found)],
        "run": selectors.newest_run(found),
        "signatures": list(found.sign_offs.all()),
        "sides": rules.sides_of(request.user, found),
        "theirs": theirs,
        "may_withdraw": theirs and found.state != PackageState.DELIVERED,
        **_naming(found, theirs=theirs),
        "pack": pack,
        "pack_url": paper_url(pack.paper_id) if pack else "",
        "may_accept": theirs and found.state == PackageState.SIGNED_OFF and found.handed_over_at is not None,
        "may_photograph": theirs and found.state == PackageState.DELIVERED,
        "photo_form": PhotoForm(),
    }
    return render(request, "packaging/case.html", context | more, status=status)


def _naming(found: PackageRequest, *, theirs: bool) -> dict[str, Any]:
    """Who may be named as the owner, until the owner has signed."""
    is_open = found.state in STILL_OPEN and not rules.signatures(found).filter(side=Side.OWNER).exists()
    if not (theirs and is_open):
        return {"may_name": False}
    house = people(found.county_code, roles.PRODUCER).filter(pk__in=rules.house_of(found))
    return {"may_name": True, "house": house}


@never_cache
@require_POST
@needs(WRITE)
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    found = their_case(request, pk)
    words = request.POST.get("words", "")
    do_and_say(request, lambda: packaging.withdraw_package(found, by=request.user, words=words), _("撤回了。"))
    return redirect("packages:case", pk)


@never_cache
@require_POST
@needs(WRITE)
def owner(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who signs as the brand's owner."""
    found = their_case(request, pk)
    chosen = number_in(request.POST.get("owner", ""))
    person = people(found.county_code, roles.PRODUCER).filter(pk=chosen).first()
    do_and_say(request, lambda: packaging.name_owner(found, person, by=request.user), _("写上了。"))
    return redirect("packages:case", pk)
