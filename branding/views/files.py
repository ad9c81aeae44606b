"""Files of a case: what the officer adds, and the filing pack to print."""

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, needs
from branding import case_rules, filing_pack
from branding.models import Brand
from branding.permissions import OFFICER
from branding.services import cases
from branding.views.finding import case_anywhere
from kernel import audit
from kernel.answers import do_and_say
from kernel.errors import DomainError

PDF, ZIP = "application/pdf", "application/zip"


@never_cache
@require_POST
@needs(OFFICER)
def add(request: SignedInRequest, pk: int) -> HttpResponse:
    brand = case_anywhere(pk)
    upload, kind = request.FILES.get("file"), request.POST.get("kind", "")
    if upload is None or kind not in cases.PAPER_KINDS:
        messages.error(request, _("先选一个文件，说明是哪一种，再传。"))
    else:
        do_and_say(request, lambda: cases.add_paper(brand, upload, kind=kind, by=request.user), _("文件收好了。"))
    return redirect("brands:case", pk)


@never_cache
@require_safe
@needs(OFFICER)
def pack_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    brand = case_anywhere(pk)
    try:
        data = filing_pack.pack_pdf(brand)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("brands:case", pk)
    _note(request, brand, "pdf")
    return _handed(data, PDF, f"{brand.number}.pdf")


@never_cache
@require_safe
@needs(OFFICER)
def pack_zip(request: SignedInRequest, pk: int) -> HttpResponse:
    brand = case_anywhere(pk)
    try:
        data = filing_pack.pack_zip(brand)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("brands:case", pk)
    _note(request, brand, "zip")
    return _handed(data, ZIP, f"{brand.number}.zip")


@never_cache
@require_safe
@needs(OFFICER)
def power(request: SignedInRequest, pk: int) -> HttpResponse:
    return power_answer(request, case_anywhere(pk))


def power_answer(request: SignedInRequest, brand: Brand) -> HttpResponse:
    try:
        data = filing_pack.power_pdf(brand)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("brands:case", brand.pk)
    _note(request, brand, "power")
    return _handed(data, PDF, f"{brand.number}-power.pdf")


def _note(request: SignedInRequest, brand: Brand, what: str) -> None:
    """The pack shows identity numbers and phones: who took it is written down."""
    audit.record(
        "brand.pack",
        by=request.user,
        county=brand.county_code,
        obj=case_rules.obj_of(brand),
        title=str(brand),
        what=what,
    )


def _handed(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
