"""Work of a role that serves villages which nobody has by name: on the list of those who may open it, and of no other.

A team opens what lies in its own villages. What lies where no team works is the county manager's, as a role without people is.
"""

from typing import Any

from django.db.models import QuerySet

from accounts import roles
from accounts import selectors as people
from kernel import inbox
from kernel.models import InboxItem


def beyond(user: Any, seats: list[Any]) -> set[int]:
    """Items of the person's own roles that they could not open: another village's, written by somebody else."""
    found: set[int] = set()
    for seat in seats:
        if not _serves_villages(seat.role) or any(_is_whole(one, seat.county_code) for one in seats):
            continue
        mine = {village.pk for village in seat.villages.all()}
        places = inbox.places(_free(seat.county_code, {seat.role}))
        found |= {pk for pk, (village, by) in places.items() if village not in mine and by != user.pk}
    return found


def unserved(seats: list[Any], over: str) -> set[int]:
    """In the counties whose manager this is (``over``): what lies in villages that no team serves."""
    found: set[int] = set()
    for seat in seats:
        if seat.county_code and over in roles.permissions_of(seat.role):
            wanted = {role.code for role in roles.roles_in(roles.COUNTY) if role.has_villages}
            places = inbox.places(_free(seat.county_code, wanted))
            served = people.served_villages(seat.county_code) if places else set()
            found |= {pk for pk, (village, _by) in places.items() if village not in served}
    return found


def _serves_villages(role: str) -> bool:
    return role in roles.ROLES and roles.ROLES[role].has_villages


def _is_whole(seat: Any, county: str) -> bool:
    """A seat of the county's office: its holder opens every village's."""
    return seat.county_code == county and seat.role in {roles.COUNTY_EDITOR, roles.COUNTY_MANAGER}


def _free(county: str, wanted: set[str]) -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(county_code=county, role__in=wanted, person__isnull=True, done_at__isnull=True)
