"""我的资料 and 全县资料: what is held, taken along, and how one goes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.doors import SignedInRequest, needs, needs_sign_in
from accounts.forms import AgainForm
from accounts.models import Archive
from accounts.rights import archives, county, goodbye, holdings
from accounts.states import ArchiveKind, ArchiveState
from accounts.views import session
from accounts.views.again import asks_again, is_proven
from kernel import clock, terms
from kernel.answers import do_and_say
from kernel.errors import DomainError

SHOWN = 10
BUSY = (ArchiveState.WAITING, ArchiveState.BUILDING)


# --- a person's own -------------------------------------------------------------------------------
@never_cache
@require_safe
@needs_sign_in
def own(request: SignedInRequest) -> HttpResponse:
    return _own(request)


def _own(request: SignedInRequest, form: AgainForm | None = None) -> HttpResponse:
    mine = Archive.objects.filter(what=ArchiveKind.PERSON, subject=request.user)[:SHOWN]
    context = {
        "holdings": holdings.all_holdings(),
        "archives": mine,
        "busy": any(archive.state in BUSY for archive in mine),
        "goodbye": goodbye.of(request.user),
        "days": terms.term(goodbye.TERM, clock.today()).length,
        "kept_days": archives.DAYS,
        "has_mail": bool(settings.SMTP),
        "again": form or AgainForm(asks=session.asks_again(request)),
    }
    return render(request, "accounts/own_data.html", context, status=400 if form else 200)


@require_POST
@needs_sign_in
def ask_own(request: SignedInRequest) -> HttpResponse:
    try:
        archives.ask_for_own(request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("开始打包了，通常一分钟内就好，刷新这一页就能看到。"))
    return redirect("accounts:own_data")


@never_cache
@needs_sign_in
@asks_again(reading=True)
@require_safe
def take_own(request: SignedInRequest, pk: UUID) -> Any:
    archive = get_object_or_404(Archive, pk=pk, what=ArchiveKind.PERSON, subject=request.user)
    return _streamed(request, archive, _("我的资料"), "accounts:own_data")


@sensitive_post_parameters("again")
@require_POST
@needs_sign_in
def ask_to_leave(request: SignedInRequest) -> HttpResponse:
    """申请注销: who sits at a forgotten screen must not close its owner's account, so it asks once more."""
    form = AgainForm(request.POST, asks=session.asks_again(request))
    if not is_proven(request, form):
        return _own(request, form)
    try:
        goodbye.ask(request.user)
    except DomainError as refusal:
        for sentence in str(refusal).split("\n"):
            messages.error(request, sentence)
    else:
        messages.success(request, _("申请记下了。到期前随时可以在这一页撤回。"))
    return redirect("accounts:own_data")


@require_POST
@needs_sign_in
def stay_after_all(request: SignedInRequest) -> HttpResponse:
    if goodbye.take_back(request.user):
        messages.success(request, _("撤回了，账号照旧。"))
    return redirect("accounts:own_data")


@sensitive_post_parameters("mail")
@require_POST
@needs_sign_in
@asks_again()
def mail(request: SignedInRequest) -> HttpResponse:
    """Where missed clocks may be written to; asked for by nobody, and off where no mail server is."""
    address = request.POST.get("mail", "")[:200]
    done = _("验证码发到邮箱了，10 分钟内填在这里。") if address.strip() else _("邮箱去掉了。")
    do_and_say(request, lambda: services.set_mail(request.user, address), done)
    return redirect("accounts:own_data")


@sensitive_post_parameters("code")
@require_POST
@needs_sign_in
def confirm_mail(request: SignedInRequest) -> HttpResponse:
    code = request.POST.get("code", "")[:20]
    do_and_say(request, lambda: services.confirm_mail(request.user, code), _("邮箱确认好了。"))
    return redirect("accounts:own_data")


# --- a county's -----------------------------------------------------------------------------------
@never_cache
@require_safe
@needs(archives.COUNTY_EXPORT)
def of_county(request: SignedInRequest) -> HttpResponse:
    return _of_county(request)


def _of_county(request: SignedInRequest, form: AgainForm | None = None) -> HttpResponse:
    found = Archive.objects.filter(what=ArchiveKind.COUNTY, county_code=_code(request))
    context = {
        "archives": found.select_related("asked_by")[:SHOWN],
        "busy": found.filter(state__in=BUSY).exists(),
        "parts": county.parts(),
        "kept_days": archives.DAYS,
        "again": form or AgainForm(asks=session.asks_again(request)),
    }
    return render(request, "accounts/county_archive.html", context, status=400 if form else 200)


@sensitive_post_parameters("again")
@require_POST
@needs(archives.COUNTY_EXPORT)
def ask_county(request: SignedInRequest) -> HttpResponse:
    form = AgainForm(request.POST, asks=session.asks_again(request))
    if not is_proven(request, form):
        return _of_county(request, form)
    try:
        archives.ask_for_county(_county(request), by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("开始打包了。照片多的县要几分钟，可以先去做别的。"))
    return redirect("accounts:county_archive")


@never_cache
@needs(archives.COUNTY_EXPORT)
@asks_again(reading=True)
@require_safe
def take_county(request: SignedInRequest, pk: UUID) -> Any:
    archive = get_object_or_404(Archive, pk=pk, what=ArchiveKind.COUNTY, county_code=_code(request))
    return _streamed(request, archive, f"{_county(request).name}-{_('全县资料')}", "accounts:county_archive")


@never_cache
@require_safe
@needs(archives.COUNTY_EXPORT)
def county_progress(request: SignedInRequest) -> HttpResponse:
    """The piece of the page that asks again while an archive is being built."""
    found = Archive.objects.filter(what=ArchiveKind.COUNTY, county_code=_code(request)).first()
    response = render(request, "accounts/archive_progress.html", {"archive": found})
    if found is None or found.state not in BUSY:
        response["HX-Refresh"] = "true"
    return response


def _county(request: SignedInRequest) -> Any:
    place = getattr(request, "county", None)
    if place is None:
        raise Http404
    return place


def _code(request: SignedInRequest) -> str:
    return str(_county(request).code)


def _streamed(request: SignedInRequest, archive: Archive, name: str, back: str) -> Any:
    try:
        opened = archives.open_archive(archive, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    day = clock.day_of(archive.ready_at).isoformat() if archive.ready_at else ""
    response = FileResponse(opened, content_type="application/zip")
    response.block_size = 64 * 1024
    response["Content-Length"] = archive.size
    response["Content-Encoding"] = "identity"  # a zip is not zipped again, and its length stays known
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}-{day}.zip')}"
    return response
