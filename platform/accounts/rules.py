"""Questions about people: who may sign in, who may keep whom."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from accounts import roles
from accounts.models import Membership, User

RESET = "accounts.second_factor.reset"


def can_sign_in(user: User | Any) -> bool:
    """Active people; the demo's accounts only where the demo is."""
    return bool(user.is_active) and (not user.is_demo or bool(settings.JIETI_DEMO))


def works_here(person: User | Any, county_code: str) -> bool:
    """Does this person still do somebody's business here: active, with a seat of the county or the province?"""
    return any(seat.role not in roles.NO_OFFICE for seat in roles.seats(person, county_code))


def can_hand_on(user: User | Any, role: str, county_code: str) -> bool:
    """May this person give that role there? Province people give all, a county its own county's."""
    wanted = roles.ROLES.get(role)
    if wanted is None or (wanted.where == roles.COUNTY) != bool(county_code):
        return False
    return any(
        seat.role in wanted.invited_by and "accounts.people.invite" in roles.permissions_of(seat.role)
        for seat in roles.seats(user, county_code)
    )


def roles_to_hand_on(user: User | Any, county_code: str) -> list[roles.Role]:
    where = roles.COUNTY if county_code else roles.PROVINCE
    return [role for role in roles.roles_in(where) if can_hand_on(user, role.code, county_code)]


def can_see_people(user: User | Any, county_code: str) -> bool:
    return roles.may(user, "accounts.people.see", county_code)


def can_keep(user: User | Any, seat: Membership, permission: str) -> bool:
    """May this person change or end that membership? Nobody keeps their own."""
    if seat.user_id == user.pk or not roles.may(user, permission, seat.county_code):
        return False
    return can_hand_on(user, seat.role, seat.county_code)


def can_keep_person(user: User | Any, person: User, permission: str) -> bool:
    """May this person act on another's whole account?

    Province people may. A county may only where all of the other's current roles are its own:
    else a county's office could lock out a coordinator who also edits its pages.
    """
    if person.pk == user.pk:
        return False
    held = Membership.objects.current().filter(user=person)
    if permission != RESET and not _keeps_officers(user, held):
        return False
    if roles.may(user, permission):
        return True
    counties = {seat.county_code for seat in held}
    return len(counties) == 1 and "" not in counties and roles.may(user, permission, counties.pop())


def _keeps_officers(user: User | Any, held: Any) -> bool:
    """Who may not give an office may not close its holder's account either."""
    offices = [seat for seat in held if seat.role in roles.OFFICERS]
    return all(can_hand_on(user, seat.role, seat.county_code) for seat in offices)


def can_see_person(user: User | Any, person: User, permission: str) -> bool:
    """May this person use the permission on somebody who has a role where they keep people?"""
    held = Membership.objects.current().filter(user=person).values_list("county_code", flat=True)
    return roles.may(user, permission) or any(code and roles.may(user, permission, code) for code in held)


def reset_needs_two(person: User) -> bool:
    """A coordinator's or an officer's second factor is taken away by two people.

    Two coordinators may do it for an officer too: a province's only security administrator would
    else be locked out by a lost phone. The password is still the officer's own.
    """
    return any(roles.has_role(person, role) for role in (roles.COORDINATOR, *roles.OFFICERS))
