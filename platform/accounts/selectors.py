"""Who belongs where: lists for screens and for other rooms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from accounts import phones, roles
from accounts.models import Invitation, Membership, ResetRequest, User
from kernel import clock


def members(county_code: str, role: str = "") -> QuerySet[Membership]:
    """Current memberships of a county (empty: of the province), by role and then by name."""
    found = Membership.objects.current().filter(county_code=county_code, user__is_active=True)
    if role:
        found = found.filter(role=role)
    return found.select_related("user").prefetch_related("villages").order_by("role", "user__name")


def held_seats(county_codes: set[str]) -> set[tuple[str, str]]:
    """Roles and counties among these in which somebody active sits."""
    seats = Membership.objects.current().filter(county_code__in=county_codes, user__is_active=True)
    return set(seats.order_by().values_list("role", "county_code").distinct())


def served_villages(county_code: str) -> set[int]:
    """The villages for which somebody active works."""
    seats = Membership.objects.current().filter(county_code=county_code, user__is_active=True, villages__isnull=False)
    return set(seats.order_by().values_list("villages", flat=True).distinct())


def closed_accounts(county_code: str) -> QuerySet[User]:
    """People of a place whose account was closed: it can be opened again."""
    seats = Membership.objects.current().filter(county_code=county_code)
    return User.objects.filter(is_active=False, pk__in=seats.values("user")).order_by("name")


def people(county_code: str, role: str = "") -> QuerySet[User]:
    """The persons behind ``members``, each once."""
    seats = Membership.objects.current().filter(county_code=county_code)
    if role:
        seats = seats.filter(role=role)
    return User.objects.filter(is_active=True, pk__in=seats.values("user")).order_by("name")


def pending_invitations(county_code: str) -> QuerySet[Invitation]:
    """Sent and not yet used, newest first; expired ones too, for they wait to be sent again."""
    return Invitation.objects.unused().filter(county_code=county_code)


def open_invitations(number: str, county_code: str) -> QuerySet[Invitation]:
    """What a phone is invited to here, with a link that still opens."""
    mine = Invitation.objects.pending().filter(phone_hash__in=phones.phone_hashes(number))
    return mine.filter(county_code=county_code)


def roles_here(number: str, county_code: str) -> list[str]:
    """The roles that the owner of a phone holds here."""
    user = User.objects.with_phone(number)
    held = Membership.objects.current().filter(user=user, county_code=county_code) if user else []
    return [seat.role for seat in held if seat.role not in roles.NO_OFFICE]


def pending_managers(county_codes: Iterable[str]) -> QuerySet[Invitation]:
    """Of several counties, those who are to keep them."""
    return Invitation.objects.unused().filter(county_code__in=list(county_codes), role=roles.COUNTY_MANAGER)


def first_invitation(county_code: str, role: str = "") -> datetime | None:
    """When the first person of a county was invited."""
    sent = Invitation.objects.filter(county_code=county_code)
    if role:
        sent = sent.filter(role=role)
    return sent.order_by("created_at").values_list("created_at", flat=True).first()


def first_sign_in(county_code: str, role: str = "") -> datetime | None:
    """When the first person of a county came in: accepting an invitation signs in."""
    used = Invitation.objects.filter(county_code=county_code, used_at__isnull=False)
    if role:
        used = used.filter(role=role)
    accepted = used.order_by("used_at").values_list("used_at", flat=True).first()
    if accepted:
        return accepted
    seats = members(county_code, role).filter(user__last_login__isnull=False)
    return seats.order_by("user__last_login").values_list("user__last_login", flat=True).first()


def last_sign_ins(county_codes: list[str]) -> dict[str, datetime]:
    """The newest sign-in of each county's people, for a board over many counties."""
    rows = (
        Membership.objects.current()
        .filter(county_code__in=county_codes, user__last_login__isnull=False)
        .values("county_code")
        .annotate(last=Max("user__last_login"))
    )
    return {row["county_code"]: row["last"] for row in rows}


def signed_in_counties() -> set[str]:
    """Codes of the counties of which somebody has signed in."""
    seats = Membership.objects.current().filter(~Q(county_code=""), user__last_login__isnull=False)
    return set(seats.values_list("county_code", flat=True))


def reset_requests() -> QuerySet[ResetRequest]:
    """Second factors waiting for a second person's yes, oldest first."""
    open_ones = ResetRequest.objects.filter(approved_at__isnull=True, expires_at__gt=clock.now())
    return open_ones.select_related("subject", "asked_by").order_by("asked_at")
