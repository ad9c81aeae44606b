"""Closing an account: asked for, thought over, done. The row stays without the person in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import last_seat, roles
from accounts.errors import CannotLeaveYet
from accounts.messages import send
from accounts.models import Archive, Goodbye, Membership, User
from accounts.rights import archives, holdings
from accounts.states import ArchiveKind
from kernel import audit, clock, deadlines, outbox, terms, workdays
from kernel.models import InboxItem
from tenants import register

TERM = "account.goodbye"
LEAVE = "person.leave"
MOST_NAMED = 5


def obstacles(user: User) -> list[str]:
    """What must be handed over first, each in a sentence that says how."""
    return [*_seats_nobody_else_holds(user), *_open_tasks(user)]


def _seats_nobody_else_holds(user: User) -> list[str]:
    found = []
    last_seat.take_turns()
    for seat in Membership.objects.current().filter(user=user, role__in=[roles.COUNTY_MANAGER, roles.COORDINATOR]):
        # Locked, or two managers of one county could leave at the same moment.
        others = Membership.objects.current().filter(role=seat.role, county_code=seat.county_code, user__is_active=True)
        staying = others.exclude(user=user).exclude(user__in=_leaving()).select_for_update(of=("self",))
        if list(staying.order_by("pk")):
            continue
        if seat.role == roles.COORDINATOR:
            found.append(_("您是最后一位省级协调员，请先邀请另一位。"))
        else:
            found.append(
                _("您是{county}唯一的负责人，请先邀请另一位。").format(county=register.name_of(seat.county_code))
            )
    return found


def _leaving() -> list[int]:
    open_ones = Goodbye.objects.filter(taken_back_at__isnull=True, done_at__isnull=True)
    return list(open_ones.values_list("user_id", flat=True))


def _open_tasks(user: User) -> list[str]:
    mine = InboxItem.objects.filter(person=user, done_at__isnull=True).order_by("since")
    titles = [f"{item.kind_name}“{item.title}”" for item in mine[:MOST_NAMED]]
    if not titles:
        return []
    said = ngettext(
        "您手上还有 {number} 件事没办完：{titles}。请先办完或分给同事。",
        "您手上还有 {number} 件事没办完：{titles}。请先办完或分给同事。",
        mine.count(),
    )
    return [said.format(number=mine.count(), titles=_("、").join(titles))]


def of(user: User) -> Goodbye | None:
    return Goodbye.objects.filter(user=user, taken_back_at__isnull=True, done_at__isnull=True).first()


@transaction.atomic
def ask(user: User) -> Goodbye:
    """Begin the days of thinking it over; until their end everything stays as it is."""
    found = obstacles(user)
    if found:
        raise CannotLeaveYet("\n".join(found), obstacles=found)
    try:
        with transaction.atomic():
            goodbye = Goodbye.objects.create(user=user, due=_due())
    except IntegrityError as twice:
        raise CannotLeaveYet(_("您已经申请注销了。")) from twice
    day = clock.day_of(goodbye.due)
    audit.record("person.goodbye", by=user, obj=("user", str(user.pk)), title=user.name, due=day.isoformat())
    if user.phone:
        send("goodbye.asked", user.phone, to=user, due=day)
    outbox.announce(LEAVE, {"goodbye": goodbye.pk}, key=str(goodbye.pk), at=goodbye.due)
    return goodbye


def _due() -> datetime:
    today = clock.today()
    return deadlines.last_moment(workdays.end_of(today, terms.term(TERM, today)))


@transaction.atomic
def take_back(user: User) -> bool:
    """The way back; False when there was nothing to take back."""
    goodbye = (
        Goodbye.objects.select_for_update().filter(user=user, taken_back_at__isnull=True, done_at__isnull=True).first()
    )
    if goodbye is None:
        return False
    goodbye.taken_back_at = clock.now()
    goodbye.save(update_fields=["taken_back_at"])
    audit.record("person.stay", by=user, obj=("user", str(user.pk)), title=user.name)
    return True


@transaction.atomic
def again(user: User) -> None:
    """A goodbye that was done, and that a restored province has forgotten: at once, its days have been thought over.

    Raises CannotLeaveYet with what must be handed over first.
    """
    found = obstacles(user)
    if found:
        raise CannotLeaveYet("\n".join(found), obstacles=found)
    open_one, _made = Goodbye.objects.update_or_create(
        user=user, taken_back_at=None, done_at=None, defaults={"due": clock.now()}
    )
    leave(open_one)


@transaction.atomic
def leave(goodbye: Goodbye) -> bool:
    """The end of the days: erase what need not stay. Not while something has come up that only they can do."""
    goodbye = Goodbye.objects.select_for_update().get(pk=goodbye.pk)
    if goodbye.taken_back_at or goodbye.done_at or goodbye.due > clock.now():
        return False
    user = User.objects.select_for_update().get(pk=goodbye.user_id)
    found = obstacles(user)
    if found:
        goodbye.stuck = " ".join(found)[:400]
        goodbye.save(update_fields=["stuck"])
        again = clock.now() + timedelta(hours=1)
        outbox.announce(LEAVE, {"goodbye": goodbye.pk}, key=f"{goodbye.pk}:{again.isoformat()}", at=again)
        return False
    # Said while the name is still there: the trail keeps who it was.
    audit.record("person.leave", by=user, obj=("user", str(user.pk)), title=user.name)
    for archive in Archive.objects.filter(what=ArchiveKind.PERSON, subject=user):
        archives.destroy(archive)
    holdings.erase(user)
    goodbye.done_at, goodbye.stuck = clock.now(), ""
    goodbye.save(update_fields=["done_at", "stuck"])
    return True
