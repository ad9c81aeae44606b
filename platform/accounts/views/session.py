"""What a session remembers on the way in: a person's number and hashes, never a phone."""

from __future__ import annotations

import time
from typing import Any

import segno
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe

from accounts import rules, second_factor, staying
from accounts.models import User
from accounts.roles import ROLES, memberships
from kernel import audit
from kernel.privacy import decrypt, encrypt
from tenants.addressing import province_url
from tenants.models import County

BACKEND = "accounts.backends.PhoneBackend"
WAITING = "waiting_for_second_factor"
NEXT = "after_sign_in"
SECRET = "second_factor_secret"  # noqa: S105  the name of a place in the session
BY_CODE = "came_by_code_at"
PROVED = "proved_again_at"
PATIENCE = 10 * 60
FORGOT = 30 * 60
FRESH = 5 * 60
PASSWORD, CODE = "password", "code"


def keep_next(request: HttpRequest) -> None:
    """Remember where the person was going, if that is here."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if target and _is_ours(request, target):
        request.session[NEXT] = target


def wanted(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    return target if target and _is_ours(request, target) else ""


def wait_for_second_factor(request: HttpRequest, user: User) -> None:
    request.session[WAITING] = {"user": user.pk, "round": user.session_round, "at": time.time()}


def waiting_person(request: HttpRequest) -> User | None:
    """Who gave the first factor a moment ago, or who is signed in without the second."""
    waiting = request.session.get(WAITING)
    if waiting and time.time() - waiting["at"] < PATIENCE:
        user = User.objects.filter(pk=waiting["user"], session_round=waiting["round"]).first()
        if user and rules.can_sign_in(user):
            return user
    return request.user if isinstance(request.user, User) or request.user.is_authenticated else None


def let_in(request: HttpRequest, user: User, *, with_second_factor: bool = False) -> str:
    """Sign in and say where to go. The session's key changes, what it waited for is forgotten."""
    target = request.session.pop(NEXT, "")
    request.session.pop(WAITING, None)
    if not request.user.is_authenticated or request.user.pk != user.pk:
        login(request, user, backend=BACKEND)
        staying.begin(request)
        audit.record("sign_in", by=user, obj=("user", str(user.pk)), title=user.name)
    if with_second_factor:
        old_key = request.session.session_key or ""
        request.session.cycle_key()
        staying.note_device(request, old_key)
        request.session[second_factor.SESSION_KEY] = int(time.time())
    return target if target and _is_ours(request, target) else destination(request, user)


def destination(request: HttpRequest, user: Any) -> str:
    """Where this person was going, the one desk, or the page that shows all of them."""
    target = wanted(request)
    if target:
        return target
    doors = desks(user)
    return str(doors[0]["url"]) if len(doors) == 1 else province_url("accounts:switch")


def desks(user: Any) -> list[dict[str, Any]]:
    """One entry a place: its name, its address and the roles held there."""
    seats = memberships(user)
    codes = {seat.county_code for seat in seats if seat.county_code}
    counties = {county.code: county for county in County.objects.filter(code__in=codes)}
    found: dict[str, dict[str, Any]] = {}
    for seat in seats:
        role = ROLES.get(seat.role)
        county = counties.get(seat.county_code)
        if role is None or not (role.home or role.page) or (seat.county_code and county is None):
            continue
        place = found.setdefault(
            seat.county_code or role.page,
            {
                "county": county,
                "url": f"{county.prefix}desk/" if county else province_url(role.page) if role.page else "/desk/",
                "roles": [],
                "villages": [],
            },
        )
        place["roles"].append(role.name)
        if role.has_villages:
            place["villages"] += list(seat.villages.select_related("township"))
    return list(found.values())


def came_by_code(request: HttpRequest) -> None:
    request.session[BY_CODE] = time.time()


def may_have_forgotten(request: HttpRequest) -> bool:
    """Who came in by a code a moment ago sets a new password without the old one."""
    return time.time() - request.session.get(BY_CODE, 0) < FORGOT


def asks_again(request: HttpRequest) -> str:
    """What proves once more who sits here: the password, the app's code, or nothing a moment after the last proof."""
    if is_fresh(request):
        return ""
    user: Any = request.user
    if user.has_usable_password():
        return PASSWORD
    return CODE if second_factor.is_set_up(user) else ""


def is_fresh(request: HttpRequest) -> bool:
    """Did this person come in, or prove it again, a moment ago?"""
    last = max(request.session.get(staying.BEGAN, 0), request.session.get(PROVED, 0))
    return bool(staying.now() - last < FRESH)


def proved(request: HttpRequest) -> None:
    request.session[PROVED] = staying.now()


def kept_secret(request: HttpRequest) -> str:
    """The secret shown on this session's QR code; encrypted, for sessions lie in the database."""
    if SECRET not in request.session:
        request.session[SECRET] = encrypt(second_factor.new_secret())
    return decrypt(request.session[SECRET])


def drop_secret(request: HttpRequest) -> None:
    request.session.pop(SECRET, None)


def qr_of(user: User, secret: str) -> dict[str, Any]:
    return {"qr": qr(second_factor.address(user, secret)), "secret": spaced(secret)}


def qr(text: str) -> str:
    """A QR code as inline SVG."""
    drawn = segno.make(text, error="m").svg_inline(scale=4, border=2, dark="#2A211B", light="#FFFFFF")
    return mark_safe(drawn)  # noqa: S308  segno's own drawing of squares


def spaced(secret: str) -> str:
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _is_ours(request: HttpRequest, target: str) -> bool:
    return url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
