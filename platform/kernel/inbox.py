"""待办: one list of what a person must act on, over every room and county.

``title`` is data, a thing's own name; what is to be done with it is said by the kind, in the
reader's language. What was sent back stays on the list of whoever sent it until it comes again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from kernel import audit, clock
from kernel.models import InboxItem

KINDS: dict[str, Any] = {}


def add_kind(kind: str, name: Any) -> None:
    """Rooms say at start what their kinds are called."""
    KINDS[kind] = name


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def open_item(
    kind: str,
    *,
    obj: tuple[str, str],
    title: str,
    county: str = "",
    role: str = "",
    person: Any = None,
    due: datetime | None = None,
    url: str = "",
    returned_by: Any = None,
) -> None:
    """Open an item in the caller's transaction; one that is already open stays as it is."""
    InboxItem.objects.bulk_create(
        [
            InboxItem(
                kind=kind,
                county_code=county,
                object_kind=obj[0],
                object_id=obj[1],
                title=title[:200],
                role=role,
                person=person,
                url=url,
                due=due,
                since=clock.now(),
                returned_by=returned_by,
            )
        ],
        ignore_conflicts=True,
    )


def close_item(kind: str, *, obj: tuple[str, str], by: Any, county: str = "") -> int:
    """Close what is open about this thing; returns how many were."""
    return InboxItem.objects.filter(
        kind=kind,
        county_code=county,
        object_kind=obj[0],
        object_id=obj[1],
        done_at__isnull=True,
    ).update(done_at=clock.now(), done_by=by)


def items_of(person: Any, seats: list[tuple[str, str]]) -> QuerySet[InboxItem]:
    """What this person sees: their own, and their roles' in their counties ("" is the province).

    What was given to one person leaves the lists of the others who hold the role.
    """
    return InboxItem.objects.filter(_concerns(person, seats))


def returned_by(person: Any) -> QuerySet[InboxItem]:
    """What this person sent back and is not here again."""
    return InboxItem.objects.filter(returned_by=person, done_at__isnull=True)


def _concerns(person: Any, seats: list[tuple[str, str]]) -> Q:
    mine = Q(person=person)
    for role, county in seats:
        mine |= Q(person__isnull=True, role=role, county_code=county) if county else Q(person__isnull=True, role=role)
    return mine


def of_role(seats: list[tuple[str, str]]) -> QuerySet[InboxItem]:
    """Everything that waits for these roles, whoever has it."""
    wanted = Q(pk__in=[])
    for role, county in seats:
        wanted |= Q(role=role, county_code=county) if county else Q(role=role)
    return InboxItem.objects.filter(wanted)


@transaction.atomic
def give(items: Iterable[int], *, to: Any, by: Any, among: QuerySet[InboxItem]) -> int:
    """Give open items of ``among`` to one person, or back to the role (None); returns how many."""
    chosen = list(among.filter(pk__in=list(items), done_at__isnull=True).select_for_update(of=("self",)).order_by("pk"))
    for item in chosen:
        item.person = to
        item.save(update_fields=["person"])
        audit.record(
            "inbox.give",
            by=by,
            county=item.county_code,
            obj=(item.object_kind, item.object_id),
            title=item.title,
            to=str(to or ""),
        )
    return len(chosen)
