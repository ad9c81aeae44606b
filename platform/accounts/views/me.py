"""One's own page: the desks, the second factor, the password, the language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import second_factor, services
from accounts.doors import SignedInRequest, needs_sign_in
from accounts.forms import ChangePasswordForm
from accounts.views import session


@never_cache
@require_safe
@needs_sign_in
def me(request: SignedInRequest) -> HttpResponse:
    context = {
        "desks": session.desks(request.user),
        "has_second_factor": second_factor.is_set_up(request.user),
        "needs_second_factor": second_factor.is_needed(request.user),
    }
    return render(request, "accounts/me.html", context)


@never_cache
@sensitive_post_parameters()
@needs_sign_in
def password(request: SignedInRequest) -> HttpResponse:
    asks_old = request.user.has_usable_password() and not session.may_have_forgotten(request)
    form = ChangePasswordForm(request.POST or None, user=request.user, asks_old=asks_old)
    if request.method == "POST" and form.is_valid():
        services.set_password(request.user, form.cleaned_data["password"])
        update_session_auth_hash(request, request.user)
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
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 24 * 3600, samesite="Lax")
    return response


def _remember(user: Any, chosen: str) -> None:
    if user.is_authenticated:
        user.language = chosen
        user.save(update_fields=["language"])
