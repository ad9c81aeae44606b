"""The doors of views: who comes in, who is sent to sign in, who is told that nothing is here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from accounts import second_factor
from accounts.models import User
from accounts.roles import ROLES, may, memberships, needs_second_factor, seats
from tenants.addressing import province_url

View = Callable[..., Any]


class SignedInRequest(HttpRequest):
    """A request behind a door: there is a person."""

    user: User


def county_code_of(request: HttpRequest) -> str:
    county = getattr(request, "county", None)
    return str(county.code) if county else ""


def to_sign_in(request: HttpRequest, name: str = "accounts:sign_in") -> HttpResponse:
    """To a page of the sign-in, which lives on the province, and back here afterwards."""
    wanted = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    return HttpResponseRedirect(f"{province_url(name)}?{urlencode({'next': wanted})}")


def second_factor_page(request: HttpRequest) -> HttpResponse | None:
    """Where a person must go first whose role demands a second factor that this session lacks."""
    if second_factor.SESSION_KEY in request.session:
        return None
    if not needs_second_factor(seat.role for seat in memberships(request.user)):
        return None
    return to_sign_in(request, "accounts:second_factor")


def needs_sign_in(view: View) -> View:
    """Anybody with an account; in a county only its own people and the province's."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refused = _refuse_stranger(request)
        return refused or view(request, *args, **kwargs)

    return guarded


def needs(permission: str) -> Callable[[View], View]:
    """Anonymous: to the sign-in. Nobody in this county: 404. Somebody without the right: 403."""

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            refused = _refuse_stranger(request)
            if refused:
                return refused
            if not may(request.user, permission, county_code_of(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.needed_permission = permission  # type: ignore[attr-defined]
        return guarded

    return door


def _refuse_stranger(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return to_sign_in(request)
    county_code = county_code_of(request)
    if county_code and not _works_here(request.user, county_code):
        raise Http404
    return second_factor_page(request)


def _works_here(user: Any, county_code: str) -> bool:
    """The county's own people, and the province's desks; a designer or a shopper finds no door."""
    return any(seat.county_code or ROLES[seat.role].home for seat in seats(user, county_code) if seat.role in ROLES)
