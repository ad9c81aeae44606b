"""待办: one list of what a person must act on, over every room and county."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from kernel import clock
from kernel.models import InboxItem


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
    """What this person sees: their own, and their roles' in their counties ("" is the province)."""
    mine = Q(person=person)
    for role, county in seats:
        mine |= Q(person__isnull=True, role=role, county_code=county) if county else Q(person__isnull=True, role=role)
    return InboxItem.objects.filter(mine)
