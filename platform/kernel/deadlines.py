"""Clocks on cases: started and stopped by services, watched by ``sweep``.

``start`` takes the length from the room's terms. Fifteen, seven, three and one day before the end
the owner is reminded; after the last day the owner and whoever it escalates to see it as missed,
until somebody stops it.
"""

from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import clock, inbox, outbox, terms, workdays
from kernel.errors import DomainError
from kernel.models import Deadline, InboxItem

REMIND = (15, 7, 3, 1)  # days before the last day
SOON, MISSED, ESCALATED = "deadline.soon", "deadline.missed", "deadline.escalated"
REMINDED = "deadline.reminded"
DAY = 24 * 60 * 60
_counted_items: set[str] = set()  # kinds without a clock whose last day is the end of the term of the same name
inbox.add_kind(SOON, gettext_lazy("期限快到"))
inbox.add_kind(MISSED, gettext_lazy("期限已过"))
inbox.add_kind(ESCALATED, gettext_lazy("期限已过，上报"))


def count_items(kind: str) -> None:
    """A room says at start that items of this kind are due when the term of the same name ends."""
    _counted_items.add(kind)


def due_of_item(kind: str, opened: date) -> datetime:
    return last_moment(workdays.end_of(opened, terms.term(kind, opened)))


class AlreadyRunning(DomainError):
    """This clock stands on this thing already: stop it first."""

    code = "already_running"


def start(
    code: str,
    *,
    obj: tuple[str, str],
    title: str,
    county: str = "",
    role: str = "",
    person: Any = None,
    escalate_to: str = "coordinator",
    since: date | None = None,
    until: date | None = None,
    url: str = "",
) -> Deadline:
    """Start a clock in the caller's transaction.

    Its length is the one in force on ``since`` (today, if left out); ``until`` sets the last day
    itself, as an official notice does. Raises AlreadyRunning, and UnknownTerm for a code no table has.
    """
    since = since or clock.today()
    length = terms.term(code, since)
    due = until or workdays.end_of(since, length)
    deadline = Deadline(
        code=code,
        county_code=county,
        object_kind=obj[0],
        object_id=obj[1],
        title=title[:200],
        url=url,
        role=role,
        person=inbox.who_acts(person, role, county),
        escalate_to=escalate_to,
        since=since,
        length=(due - since).days if until else length.length,
        unit="days" if until else length.unit,
        source=length.source[:200],
        due=due,
        # A clock shorter than a reminder's distance is not reminded of on its first day.
        reminded=[days for days in REMIND if days >= (due - since).days],
    )
    try:
        with transaction.atomic():
            deadline.save()
    except IntegrityError as twice:
        raise AlreadyRunning(_("这个期限已经在走了。"), code=code) from twice
    return deadline


@transaction.atomic
def stop(code: str, *, obj: tuple[str, str], by: Any, county: str = "", on: date | None = None) -> int:
    """What was asked for has happened; returns how many clocks that stopped.

    ``on`` is the day of the document that says so: entered later, it was in time all the same.
    """
    return _stop(of(obj, county).filter(code=code), by, on)


@transaction.atomic
def stop_all(*, obj: tuple[str, str], by: Any, county: str = "", on: date | None = None) -> int:
    """Nothing is awaited any more: the case has come to its end."""
    return _stop(of(obj, county), by, on)


@transaction.atomic
def undo(*, started: list[int], stopped: list[int], by: Any) -> None:
    """What started and stopped them was a mistake: the ones end now, the others go on and speak anew."""
    _stop(Deadline.objects.filter(pk__in=started), by, None)
    Deadline.objects.filter(pk__in=stopped).update(stopped_at=None, stopped_by=None, missed_at=None, reminded=[])


def recount_daily() -> int:
    """Once a day, and once after an upgrade, which is how the days off of another year come in."""
    if not caches["shared"].add(f"deadlines-recounted:{settings.RELEASE}:{clock.today()}", 1, DAY):
        return 0
    return recount()


def recount() -> int:
    """Running clocks, and items that have none, by the days off known now; returns how many last days moved.

    Lengths stay those of the first day. A last day that somebody set, or that was missed already, stays too.
    """
    running = Deadline.objects.filter(stopped_at__isnull=True, missed_at__isnull=True)
    moved = [one.pk for one in running.order_by("pk").iterator() if _counted_now(one) != one.due]
    return sum(_recount(pk) for pk in moved) + _recount_items()


def _recount_items() -> int:
    """What is late already stays late; one that is closed meanwhile, or moved by another worker, is left alone."""
    waiting = InboxItem.objects.filter(kind__in=_counted_items, done_at__isnull=True, due__gte=clock.now())
    count = 0
    for item in waiting.order_by("pk"):
        now = due_of_item(item.kind, clock.day_of(item.since))
        if now != item.due:
            count += InboxItem.objects.filter(pk=item.pk, due=item.due, done_at__isnull=True).update(due=now)
    return count


@transaction.atomic
def _recount(pk: int) -> bool:
    running = Deadline.objects.filter(pk=pk, stopped_at__isnull=True, missed_at__isnull=True)
    deadline = running.select_for_update(of=("self",)).first()
    if deadline is None or (due := _counted_now(deadline)) == deadline.due:
        return False
    for obj in ((deadline.object_kind, deadline.object_id), _name(deadline)):
        inbox.move_due(obj=obj, county=deadline.county_code, was=last_moment(deadline.due), now=last_moment(due))
    deadline.due = due
    deadline.save(update_fields=["due"])
    return True


def _counted_now(deadline: Deadline) -> date:
    term = terms.term_on(deadline.code, deadline.since)
    if term is None or (term.length, term.unit) != (deadline.length, deadline.unit):
        return deadline.due
    by_the_calendar = term.unit == "working_days" or term.to_working_day
    return workdays.end_of(deadline.since, term) if by_the_calendar else deadline.due


def _stop(deadlines: QuerySet[Deadline], by: Any, on: date | None) -> int:
    at = min(clock.now(), last_moment(on)) if on else clock.now()
    running = list(deadlines.filter(stopped_at__isnull=True).select_for_update(of=("self",)))
    for deadline in running:
        deadline.stopped_at, deadline.stopped_by = at, by
        deadline.save(update_fields=["stopped_at", "stopped_by"])
        for kind in (SOON, MISSED, ESCALATED):
            inbox.close_item(kind, obj=_name(deadline), by=by, county=deadline.county_code)
    return len(running)


def of(obj: tuple[str, str], county: str = "") -> QuerySet[Deadline]:
    """The clocks of a thing, the newest first."""
    return Deadline.objects.filter(object_kind=obj[0], object_id=obj[1], county_code=county)


def late() -> QuerySet[Deadline]:
    return Deadline.objects.filter(stopped_at__isnull=True, due__lt=clock.today()).order_by("due")


def last_moment(day: date) -> datetime:
    """The end of a day in China: a thing due that day is late a moment after."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=clock.SHANGHAI)


def sweep(limit: int = 1000) -> int:
    """Remind and escalate what is due; returns how many clocks spoke. Safe to run twice at once."""
    horizon = clock.today()
    speaking = Deadline.objects.filter(stopped_at__isnull=True, missed_at__isnull=True)
    near = speaking.filter(due__lte=workdays.end_of(horizon, _FURTHEST))
    waiting = [deadline.pk for deadline in near.order_by("due", "pk").iterator() if _has_news(deadline)]
    return sum(_look_at(pk) for pk in waiting[:limit])


def _has_news(deadline: Deadline) -> bool:
    return deadline.days_left < 0 or bool(_crossed(deadline))


def _crossed(deadline: Deadline) -> list[int]:
    return [days for days in REMIND if deadline.days_left <= days and days not in deadline.reminded]


_FURTHEST = terms.Term("", "", REMIND[0], "days", date.min, "")


@transaction.atomic
def _look_at(pk: int) -> bool:
    deadline = (
        Deadline.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(Q(pk=pk), stopped_at__isnull=True, missed_at__isnull=True)
        .first()
    )
    if deadline is None:
        return False
    if deadline.days_left < 0:
        _miss(deadline)
        return True
    crossed = _crossed(deadline)
    if not crossed:
        return False
    deadline.reminded = [*deadline.reminded, *crossed]
    deadline.save(update_fields=["reminded"])
    _tell(deadline, SOON, role=_owner(deadline), person=deadline.person)
    outbox.announce(REMINDED, _spoken(deadline), county="", key=f"{deadline.pk}:{crossed[-1]}")
    return True


def _miss(deadline: Deadline) -> None:
    deadline.missed_at = clock.now()
    deadline.save(update_fields=["missed_at"])
    inbox.close_item(SOON, obj=_name(deadline), by=None, county=deadline.county_code)
    _tell(deadline, MISSED, role=_owner(deadline), person=deadline.person)
    if deadline.escalate_to:
        _tell(deadline, ESCALATED, role=deadline.escalate_to)
    outbox.announce(REMINDED, _spoken(deadline), county="", key=f"{deadline.pk}:missed")


def _owner(deadline: Deadline) -> str:
    """A clock that an older release started may name nobody's role: one such must not stop the sweep of all."""
    return deadline.role or deadline.escalate_to or "coordinator"


def _tell(deadline: Deadline, kind: str, *, role: str = "", person: Any = None) -> None:
    inbox.open_item(
        kind,
        obj=_name(deadline),
        title=f"{deadline.title} · {terms.name_of(deadline.code)}",
        county=deadline.county_code,
        role=role,
        person=person,
        due=last_moment(deadline.due),
        url=deadline.url,
    )


def _name(deadline: Deadline) -> tuple[str, str]:
    return ("deadline", str(deadline.pk))


def _spoken(deadline: Deadline) -> dict[str, Any]:
    return {"deadline": deadline.pk, "days_left": deadline.days_left}
