"""待办: one list of what a person must act on, over every room and county.

``title`` is data, a thing's own name; what is to be done with it is said by the kind, in the
reader's language. What was sent back stays on the list of whoever sent it until it comes again.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from kernel import audit, clock
from kernel.models import Deadline, InboxItem

Seats = list[tuple[str, str]]  # a role and its county ("" is the province)
KINDS: dict[str, Any] = {}
Place = tuple[int | None, int | None]  # the village a thing lies in, and who wrote it
_rules: dict[str, Callable[[Any, str], bool]] = {}
_places: dict[str, Callable[[str, set[str]], dict[str, Place]]] = {}


def ask_who_works(question: Callable[[Any, str], bool]) -> None:
    """The accounts say at start who still works for a county."""
    _rules["works"] = question


def who_acts(person: Any, role: str, county: str) -> Any:
    """The person, or None for one who works here no more: then it is their role's.

    A person without a role is refused: nobody else could see, give or find what waits for one who has left.
    """
    if person is None:
        return None
    if not role:
        raise ValueError("a person's item names the role that has it when the person is gone")
    works = _rules.get("works")
    return person if works is None or works(person, county) else None


def add_kind(kind: str, name: Any) -> None:
    """Rooms say at start what their kinds are called."""
    KINDS[kind] = name


def add_places(object_kind: str, ask: Callable[[str, set[str]], dict[str, Place]]) -> None:
    """A room whose things lie in villages says of a county's where: object id → its place."""
    _places[object_kind] = ask


def places(items: Iterable[InboxItem]) -> dict[int, Place]:
    """Item → where its thing lies; what lies in no village's hands is left out. A clock's item lies where its case does."""
    waiting = list(items)
    clocks = {str(one.pk): one for one in Deadline.objects.filter(pk__in=_clocks_of(waiting))} if waiting else {}
    things: dict[tuple[str, str], dict[int, str]] = {}
    for item in waiting:
        thing = clocks.get(item.object_id) if item.object_kind == "deadline" else item
        if thing is not None and thing.object_kind in _places:
            things.setdefault((thing.object_kind, thing.county_code), {})[item.pk] = thing.object_id
    found: dict[int, Place] = {}
    for (kind, county), ids in things.items():
        known = _places[kind](county, set(ids.values()))
        found |= {pk: known[thing_id] for pk, thing_id in ids.items() if thing_id in known}
    return found


def _clocks_of(items: list[InboxItem]) -> list[str]:
    return [item.object_id for item in items if item.object_kind == "deadline"]


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
    """Open an item in the caller's transaction; one that is already open stays as it is.

    ``person`` has it first, ``role`` takes it over.
    """
    InboxItem.objects.bulk_create(
        [
            InboxItem(
                kind=kind,
                county_code=county,
                object_kind=obj[0],
                object_id=obj[1],
                title=title[:200],
                role=role,
                person=who_acts(person, role, county),
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


def drop_item(kind: str, *, obj: tuple[str, str], county: str = "") -> int:
    """Take away what is open about this thing, because nobody has to do it any more and nobody did; how many."""
    gone, _each = InboxItem.objects.filter(
        kind=kind, county_code=county, object_kind=obj[0], object_id=obj[1], done_at__isnull=True
    ).delete()
    return gone


def move_due(*, obj: tuple[str, str], county: str, was: datetime, now: datetime) -> int:
    """What is open about this thing and was due then is due now; returns how many."""
    waiting = InboxItem.objects.filter(
        object_kind=obj[0], object_id=obj[1], county_code=county, due=was, done_at__isnull=True
    )
    return waiting.update(due=now)


def items_of(person: Any, seats: Seats) -> QuerySet[InboxItem]:
    """What this person sees: their own, and their roles' in their counties ("" is the province).

    What was given to one person leaves the lists of the others who hold the role.
    """
    return InboxItem.objects.filter(_concerns(person, seats))


def returned_by(person: Any) -> QuerySet[InboxItem]:
    """What this person sent back and is not here again."""
    return InboxItem.objects.filter(returned_by=person, done_at__isnull=True)


def _concerns(person: Any, seats: Seats) -> Q:
    mine = Q(person=person)
    for role, county in seats:
        mine |= Q(person__isnull=True, role=role, county_code=county) if county else Q(person__isnull=True, role=role)
    return mine


def of_role(seats: Seats) -> QuerySet[InboxItem]:
    """Everything that waits for these roles, whoever has it."""
    return InboxItem.objects.filter(_waits_for(seats))


def _waits_for(seats: Seats) -> Q:
    wanted = Q(pk__in=[])
    for role, county in seats:
        wanted |= Q(role=role, county_code=county) if county else Q(role=role)
    return wanted


@transaction.atomic
def give(items: Iterable[int], *, to: Any, by: Any, among: QuerySet[InboxItem]) -> int:
    """Give open items of ``among``, with their clocks, to one person or back to the role (None); returns how many."""
    chosen = list(among.filter(pk__in=list(items), done_at__isnull=True).select_for_update(of=("self",)).order_by("pk"))
    for item in chosen:
        _give_clocks(item, to)
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


def _give_clocks(item: InboxItem, to: Any) -> None:
    """The clock that reminds of it goes along, with what it has said already: else the former person hears of it."""
    if item.object_kind == "deadline":
        clocks = Deadline.objects.filter(pk=item.object_id)
    else:
        clocks = Deadline.objects.filter(
            county_code=item.county_code, object_kind=item.object_kind, object_id=item.object_id
        )
    going = clocks.filter(role=item.role, person=item.person, stopped_at__isnull=True)
    said = [str(pk) for pk in going.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)]
    InboxItem.objects.filter(
        object_kind="deadline", object_id__in=said, role=item.role, person=item.person, done_at__isnull=True
    ).update(person=to)
    Deadline.objects.filter(pk__in=said).update(person=to)


@transaction.atomic
def release(person: Any, *, seats: Seats, by: Any, county: str = "") -> int:
    """What they hold no seat for any more is their role's: open items and running clocks; returns how many.

    ``seats`` are those they keep. ``county`` looks at that county's work only.
    """
    theirs = Q(person=person) & ~Q(role="") & ~_waits_for(seats)
    if county:
        theirs &= Q(county_code=county)
    Deadline.objects.filter(theirs, stopped_at__isnull=True).update(person=None)
    count = InboxItem.objects.filter(theirs, done_at__isnull=True).update(person=None)
    if count:
        audit.record(
            "inbox.release", by=by, county=county, obj=("user", str(person.pk)), title=str(person), items=count
        )
    return count
