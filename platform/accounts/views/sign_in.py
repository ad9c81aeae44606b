"""Coming in: phone and password, or phone and code; then the second factor where a role asks."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits, phones, second_factor, services, staying
from accounts.even import no_sooner
from accounts.forms import CodeForm, PhoneForm, SecondFactorForm, SignInForm
from accounts.models import User
from accounts.views import session
from accounts.views.again import ask
from kernel import audit
from kernel.privacy import decrypt, encrypt
from tenants.addressing import province_url

TOO_MANY = 429


@never_cache
@sensitive_post_parameters("password", "phone")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method != "POST":
        return redirect(session.destination(request, request.user))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _with_password(request, form)
    return _page(request, "sign_in", form)


def _with_password(request: HttpRequest, form: SignInForm) -> HttpResponse:
    phone = phones.phone_hash(form.cleaned_data["phone"])
    if not _may_try(request, limits.SIGN_IN_PER_PHONE, phone):
        return _locked(request, "sign_in", form)
    user = authenticate(request, **form.cleaned_data)
    if user is None:
        audit.record("sign_in.failed", obj=("phone", phone[:12]), title=limits.source_of(request))
        # The same sentence for an unknown phone, a wrong password and a closed account.
        form.add_error(None, _("手机号或密码不对。忘了密码可以用短信验证码登录。"))
        return _page(request, "sign_in", form)
    limits.SIGN_IN_PER_PHONE.clear(phone)
    request.session.pop(session.BY_CODE, None)
    return _first_factor_done(request, user)


@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for a code. The answer is the same whether the phone is known here or not."""
    form = PhoneForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "code", form)
    number = form.cleaned_data["phone"]
    # Encrypted, for sessions lie in the database; a hash would be lost when the key of hashes turns.
    request.session["code_for"] = encrypt(number)
    session.keep_next(request)
    if "printed" not in request.POST:
        if not _may_send(request, phones.phone_hash(number)):
            form.add_error(None, _("验证码要得太频繁了，请过一会儿再要。"))
            return _page(request, "code", form, status=TOO_MANY)
        with no_sooner():
            services.send_code(number)
    return redirect("accounts:code_enter")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code_enter(request: HttpRequest) -> HttpResponse:
    number = _code_for(request)
    if not number:
        return redirect("accounts:code")
    phone = phones.phone_hash(number)
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "code_enter", form)
    if not _may_try(request, limits.CODE_TRIES, phone):
        return _locked(request, "code_enter", form)
    with no_sooner():
        user = services.person_with_code(number, form.cleaned_data["code"])
    if user is None:
        audit.record("sign_in.failed", obj=("phone", phone[:12]), title=limits.source_of(request), by_code=True)
        form.add_error("code", _("验证码不对或已经过期。可以再要一个。"))
        return _page(request, "code_enter", form)
    limits.CODE_TRIES.clear(phone)
    del request.session["code_for"]
    session.came_by_code(request)
    return _first_factor_done(request, user)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor_page(request: HttpRequest) -> HttpResponse:
    """The second step of a sign-in, and the set-up for whoever has no second factor yet."""
    user = session.waiting_person(request)
    if user is None:
        return redirect("accounts:sign_in")
    session.keep_next(request)
    if not second_factor.is_set_up(user):
        # Who is in already could bind the owner's account to a phone of their own.
        asked = ask(request, carries=False) if request.user.is_authenticated else None
        return asked or _set_up(request, user)
    if second_factor.SESSION_KEY in request.session:
        return redirect("accounts:switch")
    form = SecondFactorForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, "second_factor", form)
    if not limits.SECOND_FACTOR.take(str(user.pk)):
        return _locked(request, "second_factor", form)
    if not second_factor.check(user, form.cleaned_data["code"]):
        seen = limits.source_of(request)
        audit.record("second_factor.failed", obj=("user", str(user.pk)), title=user.name, source=seen)
        form.add_error("code", _("数字不对，或者这一组已经用过。等应用换出下一组再写。"))
        return _page(request, "second_factor", form)
    limits.SECOND_FACTOR.clear(str(user.pk))
    return redirect(session.let_in(request, user, with_second_factor=True))


def _code_for(request: HttpRequest) -> str:
    """The phone for which this session asked a code; nothing if that was before an upgrade or a lost key."""
    try:
        return decrypt(request.session.get("code_for", ""))
    except InvalidToken:
        return ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        audit.record("sign_out", by=request.user, obj=("user", str(request.user.pk)), title=str(request.user))
        staying.forget_device(request)
    logout(request)
    messages.success(request, _("已经退出。"))
    response = redirect(province_url("web:home"))
    # On a machine that others use: no page to go back to, nothing that a script kept. Cookies are Django's to end.
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _set_up(request: HttpRequest, user: User) -> HttpResponse:
    secret = session.kept_secret(request)
    form = SecondFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if second_factor.fits(secret, form.cleaned_data["code"]):
            codes = second_factor.set_up(user, secret)
            session.drop_secret(request)
            following = session.let_in(request, user, with_second_factor=True)
            return _page(request, "recovery_codes", None, codes=codes, following=following)
        form.add_error("code", _("数字对不上。请确认手机时间是自动的，再写现在的六位数字。"))
    return _page(request, "second_factor_setup", form, **session.qr_of(user, secret))


def _first_factor_done(request: HttpRequest, user: Any) -> HttpResponse:
    session.keep_next(request)
    if second_factor.is_set_up(user) or second_factor.is_needed(user):
        session.wait_for_second_factor(request, user)
        return redirect("accounts:second_factor")
    return redirect(session.let_in(request, user))


def _may_try(request: HttpRequest, limit: limits.Limit, phone: str) -> bool:
    if not limits.SIGN_IN_PER_ADDRESS.take(limits.address_of(request)):
        return False
    if limit.take(phone):
        return True
    if limits.LOCK_NOTED.take(phone):  # once a lock: tries are free, and the audit trail is for ever
        audit.record("sign_in.locked", obj=("phone", phone[:12]), title=limits.source_of(request))
    return False


def _may_send(request: HttpRequest, phone: str) -> bool:
    return (
        limits.CODE_PER_ADDRESS.take(limits.address_of(request))
        and limits.CODE_SENT_AGAIN.take(phone)
        and limits.CODE_PER_PHONE.take(phone)
    )


def _locked(request: HttpRequest, name: str, form: Any) -> HttpResponse:
    form.add_error(None, _("试得太多了，先锁 15 分钟。急用请找管理员。"))
    return _page(request, name, form, status=TOO_MANY)


def _page(request: HttpRequest, name: str, form: Any, status: int = 200, **more: Any) -> HttpResponse:
    context = {"form": form, "next": session.wanted(request), "ended": request.GET.get("ended", ""), **more}
    return render(request, f"accounts/{name}.html", context, status=status)
