"""换手机号: the new number, then the code that was sent there."""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import limits, services, staying
from accounts.doors import SignedInRequest, needs_sign_in
from accounts.errors import TooManyTries
from accounts.even import no_sooner
from accounts.forms import CodeForm, NewPhoneForm
from accounts.messages.carriers import can_send
from accounts.views.again import asks_again
from kernel.errors import DomainError
from kernel.privacy import decrypt, encrypt

WANTED = "phone_wanted"  # encrypted, for sessions lie in the database


@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
@needs_sign_in
@asks_again()
def phone(request: SignedInRequest) -> HttpResponse:
    form = NewPhoneForm(request.POST or None)
    if request.method == "POST" and can_send() and form.is_valid():
        number = form.cleaned_data["phone"]
        try:
            with no_sooner():
                services.ask_for_phone(request.user, number)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            request.session[WANTED] = encrypt(number)
            return redirect("accounts:new_phone_code")
    return _page(request, "phone", form)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@needs_sign_in
def phone_code(request: SignedInRequest) -> HttpResponse:
    number = _wanted(request)
    if not number:
        return redirect("accounts:new_phone")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _change(request, number, form.cleaned_data["code"])
        except DomainError as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, _("手机号换好了，下次用新的登录。别处的登录都已退出。"))
            return redirect("accounts:switch")
    return _page(request, "phone_code", form)


def _change(request: SignedInRequest, number: str, code: str) -> None:
    if not limits.CODE_TRIES.take(f"phone:{request.user.pk}"):
        raise TooManyTries(_("试得太多了，先锁 15 分钟。急用请找管理员。"))
    user = services.change_phone(request.user, number, code)
    limits.CODE_TRIES.clear(f"phone:{request.user.pk}")
    del request.session[WANTED]
    old_key = request.session.session_key or ""
    update_session_auth_hash(request, user)
    staying.note_device(request, old_key)


def _wanted(request: SignedInRequest) -> str:
    """The number for which this session asked a code; nothing after a lost key."""
    try:
        return decrypt(request.session.get(WANTED, ""))
    except InvalidToken:
        return ""


def _page(request: SignedInRequest, name: str, form: NewPhoneForm | CodeForm) -> HttpResponse:
    context = {"form": form, "can_send": can_send()}
    return render(request, f"accounts/{name}.html", context, status=400 if form.errors else 200)
