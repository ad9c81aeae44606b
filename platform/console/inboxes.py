"""The inbox as its screens read it: four lists, narrowed by kind, county and who has it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import roles
from accounts import selectors as people
from accounts.models import User
from console import village_work
from console.entries import INBOX_OVER
from kernel import clock, inbox
from kernel.errors import DomainError
from kernel.models import InboxItem

LISTS = {
    "todo": gettext_lazy("待办"),
    "late": gettext_lazy("超期"),
    "returned": gettext_lazy("我退回的"),
    "done": gettext_lazy("已办"),
}


class NotTheirs(DomainError):
    """The person chosen has no seat for this work."""

    code = "not_theirs"


@dataclass(frozen=True)
class Asked:
    """What a page of the inbox shows; ``place`` is a county's code, empty for the province."""

    user: Any
    place: str = ""
    which: str = "todo"
    kind: str = ""
    county: str = ""
    everybody: bool = False

    @classmethod
    def of(cls, user: Any, place: str, given: Any) -> "Asked":
        which = given.get("list", "todo")
        return cls(
            user=user,
            place=place,
            which=which if which in LISTS else "todo",
            kind=given.get("kind", "")[:40],
            county=place or given.get("county", "")[:6],
            everybody=given.get("who") == "all",
        )

    @cached_property
    def seats(self) -> inbox.Seats:
        """Their own; beside them all they answer for, or those of it in which nobody sits."""
        held = [(seat.role, seat.county_code) for seat in self._held()]
        return held + [seat for seat in self._answered_for() if seat not in held]

    def _held(self) -> list[Any]:
        return [seat for seat in roles.memberships(self.user) if not self.place or seat.county_code == self.place]

    def _answered_for(self) -> inbox.Seats:
        found: inbox.Seats = []
        for seat in self._held():
            if INBOX_OVER in roles.permissions_of(seat.role):
                sitting = people.held_seats({seat.county_code})
                kept = [(role, seat.county_code) for role in _kept_by(seat.county_code)]
                found += [one for one in kept if self.everybody or one not in sitting]
                found += _left_behind() if not seat.county_code else []
        return found

    def items(self, which: str = "", *, narrowed: bool = True) -> QuerySet[InboxItem]:
        found = self._list(which or self.which)
        if self.place:
            found = found.filter(county_code=self.place)
        if narrowed and self.kind:
            found = found.filter(kind=self.kind)
        if narrowed and self.county:
            found = found.filter(county_code=self.county)
        return found

    def _list(self, which: str) -> QuerySet[InboxItem]:
        mine = self._within()
        waiting = mine.filter(done_at__isnull=True).order_by(F("due").asc(nulls_last=True), "since", "pk")
        match which:
            case "returned":
                sent_back = inbox.returned_by(self.user)
                return sent_back.order_by(F("due").asc(nulls_last=True), "since", "pk")
            case "done":
                return mine.filter(done_at__isnull=False).order_by("-done_at", "-pk")
            case "late":
                return waiting.filter(due__lt=clock.now())
        return waiting

    def _within(self) -> QuerySet[InboxItem]:
        """Mine, or my whole role's; the auditor has no work of their own and reads everybody's."""
        if roles.may(self.user, "console.inbox.all"):
            return InboxItem.objects.all()
        found = inbox.of_role(self.seats) if self.everybody else inbox.items_of(self.user, self.seats)
        if self._beyond:
            found = found.exclude(pk__in=self._beyond)
        return found | InboxItem.objects.filter(pk__in=self._unserved) if self._unserved else found

    @cached_property
    def _beyond(self) -> set[int]:
        return village_work.beyond(self.user, self._held())

    @cached_property
    def _unserved(self) -> set[int]:
        return village_work.unserved(self._held(), INBOX_OVER)

    def counts(self) -> list[tuple[str, Any, int]]:
        return [(which, name, self.items(which).count()) for which, name in LISTS.items()]

    def kinds(self) -> list[tuple[str, str]]:
        """Kinds that stand on this list, whatever else narrows it."""
        found = self.items(narrowed=False).order_by().values_list("kind", flat=True).distinct()
        return sorted(((kind, inbox.kind_name(kind)) for kind in found), key=lambda one: one[1])

    def counties(self) -> list[str]:
        found = self.items(narrowed=False).exclude(county_code="").order_by()
        return sorted(found.values_list("county_code", flat=True).distinct())


def _left_behind() -> inbox.Seats:
    """In counties that have no manager: the roles in which nobody sits and for which something waits."""
    waiting = InboxItem.objects.filter(done_at__isnull=True).exclude(county_code="").order_by()
    wanted = set(waiting.filter(role__in=_kept_by("county")).values_list("role", "county_code").distinct())
    sitting = people.held_seats({county for _role, county in wanted})
    return sorted(seat for seat in wanted - sitting if (roles.COUNTY_MANAGER, seat[1]) not in sitting)


def _kept_by(place: str) -> list[str]:
    """The roles of a county or (empty) the province whose work somebody answers for: never the three officers'."""
    where = roles.COUNTY if place else roles.PROVINCE
    return [role.code for role in roles.roles_in(where) if role.home and role.code not in roles.OFFICERS]


def colleagues(asked: Asked) -> list[User]:
    """Who may be given something of this list: everybody in the same seats."""
    found: dict[int, User] = {}
    for role, county in asked.seats:
        for person in people.people(county, role):
            found[person.pk] = person
    return sorted(found.values(), key=lambda one: (one.pk != asked.user.pk, one.name))


def give(asked: Asked, numbers: list[int], to: str) -> int:
    """Give the chosen items to a colleague, or (empty) back to everybody in the role.

    Raises NotTheirs, and nothing is given, when the colleague could not work on one of them.
    """
    among = inbox.of_role(asked.seats) | InboxItem.objects.filter(person=asked.user)
    if asked.place:
        among = among.filter(county_code=asked.place)
    if not to:
        return inbox.give(numbers, to=None, by=asked.user, among=among)
    person = next((one for one in colleagues(asked) if str(one.pk) == to), None)
    if person is None:
        raise NotTheirs(_("这个人不在这里办事，请从名单里选一位同事。"))
    held = {(seat.role, seat.county_code) for seat in roles.memberships(person)}
    for item in among.filter(pk__in=numbers, done_at__isnull=True):
        if (item.role, item.county_code) not in held and (item.role, "") not in held:
            raise NotTheirs(
                _("%(name)s没有办“%(title)s”的角色，这几件一件也没有分。") % {"name": person.name, "title": item.title}
            )
    return inbox.give(numbers, to=person, by=asked.user, among=among)
