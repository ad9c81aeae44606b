"""The page behind an invitation's link."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import limits, second_factor, services
from accounts.forms import ConfirmForm, InvitationForm
from accounts.models import Invitation, User
from accounts.roles import name_of, needs_second_factor
from accounts.services.invitations import place_name
from accounts.views import session
from kernel.errors import DomainError


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    found = services.find_invitation(token)
    if found is None:
        return _spent(request)
    owner = User.objects.with_phone(found.phone)
    if _is_somebody_else(request, owner):
        return _page(request, found, owner=owner, form=None)
    secret, form = _form(request, found, owner)
    if request.method == "POST" and form.is_valid() and _second_factor_fits(form, secret):
        return _accept(request, token, found, form, secret)
    return _page(request, found, owner=owner, form=form, secret=secret)


def _accept(request: HttpRequest, token: str, found: Invitation, form: Any, secret: str) -> HttpResponse:
    by = request.user if request.user.is_authenticated else None
    typed = form.cleaned_data
    try:
        accepted = services.accept_invitation(
            token,
            name=typed.get("name", ""),
            password=typed.get("password") or None,
            secret=secret,
            by=by,
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, found, owner=by, form=form, secret=secret)
    session.drop_secret(request)
    following = session.let_in(request, accepted.user, with_second_factor=bool(secret))
    if accepted.recovery_codes:
        context = {"codes": accepted.recovery_codes, "following": following}
        return render(request, "accounts/recovery_codes.html", context)
    return redirect(following)


def _form(request: HttpRequest, found: Invitation, owner: User | None) -> tuple[str, Any]:
    """The form for a newcomer or for a known person, and the secret if one is to be set up."""
    has_one = owner is not None and second_factor.is_set_up(owner)
    asks = needs_second_factor([found.role]) and not has_one
    secret = session.kept_secret(request) if asks else ""
    data = request.POST if request.method == "POST" else None
    if owner is not None:
        return secret, ConfirmForm(data, asks_second_factor=asks)
    return secret, InvitationForm(data, asks_second_factor=asks, initial={"name": found.name})


def _second_factor_fits(form: Any, secret: str) -> bool:
    if not secret or second_factor.fits(secret, form.cleaned_data["code"]):
        return True
    form.add_error("code", _("数字对不上。请确认手机时间是自动的，再写现在的六位数字。"))
    return False


def _is_somebody_else(request: HttpRequest, owner: User | None) -> bool:
    if request.user.is_authenticated:
        return owner is None or request.user.pk != owner.pk
    return owner is not None


def _page(request: HttpRequest, found: Invitation, *, owner: Any, form: Any, secret: str = "") -> HttpResponse:
    context = {
        "invitation": found,
        "place": place_name(found.county_code),
        "role": name_of(found.role),
        "known": owner is not None,
        "form": form,
        **(session.qr_of(owner or User(name=found.name), secret) if secret else {}),
    }
    return render(request, "accounts/invitation.html", context)


def _spent(request: HttpRequest) -> HttpResponse:
    if not limits.INVITATION_PER_ADDRESS.take(limits.address_of(request)):
        return render(request, "accounts/invitation_spent.html", status=429)
    return render(request, "accounts/invitation_spent.html", status=404)
