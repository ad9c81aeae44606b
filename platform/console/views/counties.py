from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import limits
from accounts import selectors as people
from accounts.doors import SignedInRequest, few, needs
from accounts.roles import COUNTY_MANAGER, may
from accounts.views.again import asks_again
from console import ladder, selectors
from console.entries import CHANGE, OPEN, SEE
from console.forms import CountyForm
from console.sheets import county_sheet, sheet_response
from kernel import audit
from kernel.answers import do_and_say
from kernel.errors import DomainError
from tenants import opening, register, services
from tenants.errors import AlreadyOpen
from tenants.models import County, OpeningBatch
from tenants.selectors import progress as progress_of
from tenants.selectors import province_rows, running_batch
from tenants.states import CountyState, Stage

PAGE = 40


def _rows(request: HttpRequest) -> list[Any]:
    asked = request.GET
    return selectors.counties(
        asked.get("q", "").strip(), asked.get("state", ""), asked.get("prefecture", ""), asked.get("stage", "")
    )


@needs(SEE)
def listed(request: SignedInRequest) -> HttpResponse:
    rows = _rows(request)
    everything = province_rows()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lacks = selectors.lacks([row.county for row in page if row.county])
    context = {
        "page": page,
        "listed": [(row, lacks.get(row.division.code, [])) for row in page],
        "total": len(rows),
        "tally": selectors.tally(everything),
        "everything": len(everything),
        "prefectures": selectors.prefectures(),
        "states": CountyState.choices,
        "stages": Stage.choices,
        "asked": request.GET,
        "may_open": may(request.user, OPEN),
        **_progress(request),
    }
    return render(request, "console/counties.html", context)


def _progress(request: HttpRequest) -> dict[str, Any]:
    number = request.GET.get("batch", "")
    batch = OpeningBatch.objects.filter(pk=number).first() if number.isdecimal() else running_batch()
    found = progress_of(batch) if batch else None
    titles = {step.name: (place, step.title) for place, step in enumerate(opening.steps(), start=1)}
    return {"progress": found, "step": titles.get(found.now.step) if found and found.now else None}


@needs(SEE)
def progress(request: SignedInRequest) -> HttpResponse:
    """The piece of the page that asks again each second while counties are being opened."""
    context = _progress(request)
    response = render(request, "console/progress.html", context)
    found = context["progress"]
    if found and found.over:  # the table below the panel has changed too
        response["HX-Redirect"] = f"{_counties_url()}?batch={found.batch.pk}"
    return response


@needs(SEE)
@few(limits.EXPORT)
def export(request: SignedInRequest) -> HttpResponse:
    rows = _rows(request)
    asked = {name: request.GET[name] for name in ("q", "state", "prefecture", "stage") if request.GET.get(name)}
    audit.record("county.export", by=request.user, rows=len(rows), filters=asked)
    return sheet_response(county_sheet(rows), _("县.xlsx"))


@needs(OPEN)
def choose(request: SignedInRequest) -> HttpResponse:
    """First step of the wizard: which county, by hanzi, pinyin or initials."""
    text = request.GET.get("q", "").strip()
    rows = selectors.counties(text) if text else []
    return render(request, "console/county_choose.html", {"text": text, "rows": rows[:20]})


@needs(OPEN)
def fill_in(request: SignedInRequest, code: str) -> HttpResponse:
    division = _division(code)
    county = County.objects.filter(code=code).first()
    if county and county.state != CountyState.PLANNED:
        return redirect("console:county", code=code)
    form = CountyForm(request.POST or None, initial={"theme": _spare_theme(code)})
    if request.method == "POST" and form.is_valid():
        try:
            batch = opening.plan_counties([opening.Plan(code, **form.cleaned_data)], by=request.user)
        except AlreadyOpen as refusal:  # a second press, or a colleague
            messages.info(request, str(refusal))
            return redirect("console:county", code=code)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(county)s开始开馆，做好一步亮一格。") % {"county": division.name})
            return redirect(f"{_counties_url()}?batch={batch.pk}")
    steps = [step.title for step in opening.steps()]
    context = {"division": division, "form": form, "steps": steps}
    return render(request, "console/county_fill.html", context)


def _counties_url() -> str:
    return redirect("console:counties").url


def _spare_theme(code: str) -> str:
    return ("pine", "glow", "river")[int(code) % 3]


def _division(code: str) -> register.Division:
    division = register.division(code)
    if division is None or not division.province_code.startswith(settings.JIETI_PROVINCE):
        raise Http404
    return division


@needs(SEE)
def one(request: SignedInRequest, code: str) -> HttpResponse:
    return _page(request, code, None)


def _page(request: SignedInRequest, code: str, typed: CountyForm | None) -> HttpResponse:
    """A county's page; with what was just typed where some of it was wrong."""
    division = _division(code)
    county = County.objects.filter(code=code).select_related("opening").first()
    moves = county.history_moves.all()[:20] if county else []
    climbs = [climb for climb in ladder.climbs() if climb.county.code == code] if county else []
    waits = bool(county and opening.waits_for_phone(county))
    context = {
        "division": division,
        "county": county,
        "opening": getattr(county, "opening", None) if county else None,
        "climb": climbs[0] if climbs else None,
        "steps": opening.steps(),
        "managers": people.members(code, COUNTY_MANAGER),
        "invitations": people.pending_invitations(code),
        "moves": [(move, CountyState(move.from_state).label, CountyState(move.to_state).label) for move in moves],
        "lacks": selectors.lacks([county]).get(code, []) if county else [],
        "form": typed or (CountyForm(initial=_facts(county), waits_for_phone=waits) if county else None),
        "waits_for_phone": waits,
        "may_change": may(request.user, CHANGE),
        "may_open": may(request.user, OPEN),
    }
    return render(request, "console/county.html", context)


def _facts(county: County) -> dict[str, str]:
    return {name: getattr(county, name) for name in CountyForm.base_fields if name != "contact_phone"}


@needs(CHANGE)
@require_POST
def change(request: SignedInRequest, code: str) -> HttpResponse:
    county = get_object_or_404(County, code=code)
    data = request.POST.copy()
    if not data.get("contact_phone"):  # left empty: keep the one we have, it is never shown whole
        data["contact_phone"] = county.contact_phone
    form = CountyForm(data, waits_for_phone=opening.waits_for_phone(county))
    if not form.is_valid():
        data["contact_phone"] = request.POST.get("contact_phone", "")  # what was typed; the one we keep is not shown
        return _page(request, code, form)
    services.change_county(county, by=request.user, **form.cleaned_data)
    messages.success(request, _("存好了。"))
    return redirect("console:county", code=code)


@needs(OPEN)
@require_POST
def retry(request: SignedInRequest, code: str) -> HttpResponse:
    county = get_object_or_404(County.objects.select_related("opening"), code=code, opening__isnull=False)
    return _do(request, code, lambda: opening.retry(county.opening, by=request.user), _("接着开了。"))


@needs(CHANGE)
@asks_again()
@require_POST
def suspend(request: SignedInRequest, code: str) -> HttpResponse:
    county = get_object_or_404(County, code=code)
    notice = request.POST.get("note", "")
    return _do(
        request,
        code,
        lambda: services.suspend_county(county, by=request.user, notice=notice),
        _("已暂停，来的人看到公告。"),
    )


@needs(CHANGE)
@require_POST
def resume(request: SignedInRequest, code: str) -> HttpResponse:
    county = get_object_or_404(County, code=code)
    return _do(request, code, lambda: services.resume_county(county, by=request.user), _("恢复营业了。"))


@needs(CHANGE)
@asks_again()
@require_POST
def archive(request: SignedInRequest, code: str) -> HttpResponse:
    county = get_object_or_404(County, code=code)
    note = request.POST.get("note", "")
    return _do(
        request,
        code,
        lambda: services.archive_county(county, by=request.user, note=note),
        _("已归档，数据还在，网上看不到了。"),
    )


def _do(request: SignedInRequest, code: str, act: Any, said: str) -> HttpResponse:
    do_and_say(request, act, said)
    return redirect("console:county", code=code)
