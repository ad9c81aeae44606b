"""One's own page: the desks, the second factor, the password, the language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import second_factor, services, staying
from accounts.doors import SignedInRequest, needs_sign_in
from accounts.forms import AgainForm, ChangePasswordForm
from accounts.views import session
from accounts.views.again import ask, is_the_same


@never_cache
@require_safe
@needs_sign_in
def me(request: SignedInRequest) -> HttpResponse:
    return _me(request)


def _me(request: SignedInRequest, form: AgainForm | None = None) -> HttpResponse:
    context = {
        "desks": session.desks(request.user),
        "has_second_factor": second_factor.is_set_up(request.user),
        "needs_second_factor": second_factor.is_needed(request.user),
        "devices": staying.devices(request),
        "again": form or AgainForm(asks=session.asks_again(request)),
        "lasting": staying.lasting(request.user),
    }
    return render(request, "accounts/me.html", context, status=400 if form else 200)


@require_safe
@needs_sign_in
def stay_left(request: SignedInRequest) -> HttpResponse:
    """Seconds that are left, asked by a page on its own: it is no sign of life."""
    return _no_store({"left": staying.left(request)})


@require_POST
@needs_sign_in
def stay(request: SignedInRequest) -> HttpResponse:
    """Somebody typed or pressed “go on”: the session lives on."""
    return _no_store({"left": staying.left(request)})


@sensitive_post_parameters("again")
@require_POST
@needs_sign_in
def end_elsewhere(request: SignedInRequest) -> HttpResponse:
    """退出其他设备: who sits at a forgotten screen must not lock its owner out, so it asks once more."""
    form = AgainForm(request.POST, asks=session.asks_again(request))
    if form.is_valid() and is_the_same(request, form):
        staying.end_elsewhere(request)
        messages.success(request, _("别处的登录都退出了，只剩这一处。"))
        return redirect("accounts:switch")
    return _me(request, form)


def _no_store(told: dict[str, int]) -> HttpResponse:
    answer = JsonResponse(told)
    answer["Cache-Control"] = "no-store"
    return answer


@never_cache
@sensitive_post_parameters()
@needs_sign_in
def password(request: SignedInRequest) -> HttpResponse:
    asks_old = request.user.has_usable_password() and not session.may_have_forgotten(request)
    if not asks_old and not session.may_have_forgotten(request):
        asked = ask(request, carries=False)  # a password is carried through no page
        if asked:
            return asked
    form = ChangePasswordForm(request.POST or None, user=request.user, asks_old=asks_old)
    if request.method == "POST" and form.is_valid():
        services.set_password(request.user, form.cleaned_data["password"])
        old_key = request.session.session_key or ""
        update_session_auth_hash(request, request.user)
        staying.note_device(request, old_key)
        messages.success(request, _("密码换好了，别处的登录都已退出。"))
        return redirect("accounts:switch")
    return render(request, "accounts/password.html", {"form": form})


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language of the pages: in a cookie, and with the person."""
    chosen = request.POST.get("language", "")
    response = redirect(session.wanted(request) or "accounts:switch")
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        _remember(request.user, chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    return response


def _remember(user: Any, chosen: str) -> None:
    if user.is_authenticated:
        user.language = chosen
        user.save(update_fields=["language"])
