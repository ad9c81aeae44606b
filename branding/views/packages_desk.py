"""The province's packaging desk: the queue by due date, who designs, returns."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, needs
from branding import packaging_rules as rules
from branding import packaging_selectors as selectors
from branding.models import PackageRequest
from branding.packaging_entries import OFFICER, SEE
from branding.packaging_forms import CallForm
from branding.packaging_states import PackageState
from branding.services import packaging
from branding.views.packages_brief import brief_facts
from branding.views.packages_finding import desk_case, paper_url, shown_files
from kernel import clock
from kernel.answers import do_and_say
from kernel.errors import DomainError
from kernel.numbers import number_in
from tenants.models import County

PAGE = 30
REMARKS = "remark_"


@never_cache
@require_safe
@needs(SEE)
def queue(request: SignedInRequest) -> HttpResponse:
    which = request.GET.get("list", "")
    which = which if which in selectors.LIST else ""
    county = request.GET.get("county", "")
    found = selectors.queue(which)
    if county.isdecimal():
        found = found.filter(county_code=county)
    counties = dict(County.objects.values_list("code", "name"))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "which": which,
        "counts": selectors.counts(),
        "rows": [{"case": case, "county": counties.get(case.county_code, case.county_code)} for case in page],
        "counties": _counties_of(counties),
        "county": county,
        "today": clock.today(),
    }
    return render(request, "packaging/queue.html", context)


def _counties_of(names: dict[str, str]) -> list[tuple[str, str]]:
    """Only counties that ever asked."""
    codes = PackageRequest.objects.filter(submitted_at__isnull=False).order_by().values_list("county_code", flat=True)
    return sorted((code, names.get(code, code)) for code in codes.distinct())


@never_cache
@require_safe
@needs(SEE)
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, desk_case(pk))


def _page(request: SignedInRequest, found: PackageRequest, status: int = 200, **more: Any) -> HttpResponse:
    officer = rules.is_officer(request.user) and not found.is_withdrawn
    pack = selectors.pack_in_force(found)
    context = {
        "case": found,
        "county": County.objects.filter(code=found.county_code).first(),
        "line": selectors.plain_line(found),
        "ladder": selectors.ladder(found),
        "clock": selectors.clock_of(found),
        "facts": brief_facts(found),
        "photos": [paper_url(paper.pk, preview=True) for paper in selectors.photos(found)],
        "rounds": [{"round": one, "files": shown_files(one)} for one in selectors.rounds_seen(found)],
        "runs": list(found.runs.all()),
        "signatures": list(found.sign_offs.all()),
        "offers": list(found.offers.select_related("designer")),
        "designers": selectors.designers() if officer else [],
        "may_assign": officer and found.state == PackageState.REQUEST,
        "may_take_back": officer and found.state in {PackageState.ASSIGNED, PackageState.WORKING},
        "may_check": officer and bool(found.chosen_id),  # type: ignore[attr-defined]
        "may_reopen": officer and found.chosen_id is not None,  # type: ignore[attr-defined]
        "pack": pack,
        "pack_url": paper_url(pack.paper_id) if pack else "",
        "call_form": CallForm(initial={"until": found.open_until}),
        "typed": {},
        "note_error": "",
    }
    return render(request, "packaging/desk_case.html", context | more, status=status)


@never_cache
@require_POST
@needs(OFFICER)
def send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Return with remarks per field; what was typed stays where it is refused."""
    found = desk_case(pk)
    remarks = {
        name.removeprefix(REMARKS): str(words)[:300] for name, words in request.POST.items() if name.startswith(REMARKS)
    }
    words = request.POST.get("words", "")[:300]
    try:
        packaging.return_package(found, by=request.user, words=words, remarks=remarks)
    except DomainError as refusal:
        return _page(request, found, status=400, note_error=str(refusal), typed={**remarks, "words": words})
    do_and_say(request, lambda: None, _("退回去了。"))
    return redirect("packages:queue")


def _act(request: SignedInRequest, pk: int, act: Callable[[PackageRequest], Any], said: str) -> HttpResponse:
    found = desk_case(pk)
    do_and_say(request, lambda: act(found), said)
    return redirect("packages:case", pk)


@never_cache
@require_POST
@needs(OFFICER)
def invite(request: SignedInRequest, pk: int) -> HttpResponse:
    chosen = [number_in(one) for one in request.POST.getlist("designer")]
    asked = list(selectors.designers().filter(pk__in=chosen))

    def act(found: PackageRequest) -> Any:
        if not asked:
            raise DomainError(_("勾上要邀请的设计师，再发邀请。"))
        return packaging.invite_designers(found, asked, by=request.user)

    return _act(
        request,
        pk,
        act,
        ngettext(
            "邀请了 %(count)s 位设计师。",
            "邀请了 %(count)s 位设计师。",
            len(asked),
        )
        % {"count": len(asked)},
    )


@never_cache
@require_POST
@needs(OFFICER)
def call(request: SignedInRequest, pk: int) -> HttpResponse:
    form = CallForm(request.POST)
    if not form.is_valid():
        return _page(request, desk_case(pk), status=400, call_form=form)
    until = form.cleaned_data["until"]
    return _act(request, pk, lambda found: packaging.call_designers(found, until, by=request.user), _("开始征集了。"))


@never_cache
@require_POST
@needs(OFFICER)
def assign(request: SignedInRequest, pk: int) -> HttpResponse:
    designer = selectors.designers().filter(pk=number_in(request.POST.get("designer", ""))).first()

    def act(found: PackageRequest) -> Any:
        if designer is None:
            raise DomainError(_("先选一位设计师。"))
        return packaging.assign_designer(found, designer, by=request.user)

    return _act(request, pk, act, _("派好了。"))


@never_cache
@require_POST
@needs(OFFICER)
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    words = request.POST.get("words", "")
    return _act(
        request,
        pk,
        lambda found: packaging.take_back(found, by=request.user, words=words),
        _("收回来了，重新派。"),
    )


@never_cache
@require_POST
@needs(OFFICER)
def reopen(request: SignedInRequest, pk: int) -> HttpResponse:
    words = request.POST.get("words", "")
    return _act(
        request,
        pk,
        lambda found: packaging.reopen_design(found, by=request.user, words=words),
        _("退给设计师重做了，合规和三方签字都作废。"),
    )
