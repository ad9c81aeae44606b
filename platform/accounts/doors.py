"""The doors of views: who comes in, who is sent to sign in, who is told that nothing is here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from accounts import limits, second_factor
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
    asked = {"next": _way_back(request)}
    if getattr(request, "session_ended", ""):
        asked["ended"] = request.session_ended  # type: ignore[attr-defined]
    return HttpResponseRedirect(f"{province_url(name)}?{urlencode(asked)}")


def _way_back(request: HttpRequest) -> str:
    """The page itself; for a button's address the page on which the button stood."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc == request.get_host() and came.path.startswith("/"):
        return f"{came.path}?{came.query}" if came.query else came.path
    return request.path


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


def needs(permission: str, *, reading: str = "") -> Callable[[View], View]:
    """Anonymous: to the sign-in. Nobody in this county: 404. Somebody without the right: 403.

    ``reading`` names a permission that is enough for looking, where the same address also changes.
    """

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            refused = _refuse_stranger(request)
            if refused:
                return refused
            code = county_code_of(request)
            looks = reading and request.method in {"GET", "HEAD"} and may(request.user, reading, code)
            if not looks and not may(request.user, permission, code):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.needed_permission = permission  # type: ignore[attr-defined]
        return guarded

    return door


def few(limit: limits.Limit) -> Callable[[View], View]:
    """So often in so long, counted for the person over all processes; more is answered 429."""

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            who = str(request.user.pk) if request.user.is_authenticated else limits.address_of(request)
            if not limit.take(who):
                return render(request, "429.html", status=429)
            return view(request, *args, **kwargs)

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
