"""Roles given and taken, phones shown, accounts closed.

``by`` is the actor, and every right is checked here again; ``by=None`` is the command line or the
demo, which have no person and ask nobody.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import last_seat, phones, roles, rules
from accounts.errors import NotYours, RoleConflict, UnknownRole, WrongPhone
from accounts.groups import sync_groups
from accounts.models import Invitation, Membership, User
from kernel import audit, clock, inbox
from tenants.models import Village

inbox.ask_who_works(rules.works_here)


@transaction.atomic
def create_person(*, name: str, phone: str = "", password: str | None = None, is_demo: bool = False) -> User:
    """A person without roles. A phone belongs to one person only."""
    if phone and not phones.is_mobile(phone):
        raise WrongPhone(_("手机号应是 11 位数字，例如 13812345678。"))
    if phone and User.objects.with_phone(phone):
        raise WrongPhone(_("这个手机号已经有账号了。"))
    user = User.objects.create_user(phone=phone, name=name[:60], password=password, is_demo=is_demo)
    audit.record("person.create", by=user, obj=("user", str(user.pk)), title=name)
    return user


@transaction.atomic
def grant_role(
    user: User,
    *,
    role: str,
    county_code: str = "",
    villages: Iterable[Village] = (),
    by: User | None = None,
) -> Membership:
    """Give a role; one that is already held gets the villages and stays."""
    check_can_hand_on(by, role, county_code, user)
    user = User.objects.select_for_update().get(pk=user.pk)
    check_conflicts(user, role)
    seat, is_new = Membership.objects.get_or_create(
        user=user,
        county_code=county_code,
        role=role,
        revoked_at=None,
        defaults={"granted_by": by, "granted_at": clock.now()},
    )
    seat.villages.set(own_villages(villages, county_code))
    sync_groups(user, county_code)
    if is_new:
        _record("membership.grant", seat, by=by)
    return seat


@transaction.atomic
def revoke_membership(seat: Membership, *, by: User) -> Membership:
    """Take a role away. It ends with the person's next request, in every process."""
    # The seat alone: with the person's row, two who revoke each other stand in each other's way.
    seat = Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=seat.pk)
    check_can_keep(by, seat, "accounts.people.revoke")
    if seat.revoked_at is not None:
        return seat
    _check_not_last(seat)
    seat.revoked_at, seat.revoked_by = clock.now(), by
    seat.save(update_fields=["revoked_at", "revoked_by"])
    # Everywhere at once: a session that was opened for this role does not live on without it.
    User.objects.filter(pk=seat.user_id).update(session_round=F("session_round") + 1)
    sync_groups(seat.user, seat.county_code)
    _record("membership.revoke", seat, by=by)
    if seat.role not in roles.NO_OFFICE:
        kept = Membership.objects.current().filter(user_id=seat.user_id).values_list("role", "county_code")
        inbox.release(seat.user, seats=list(kept), by=by, county=seat.county_code)
    return seat


@transaction.atomic
def change_role(seat: Membership, *, role: str, by: User) -> Membership:
    """Another role in the same place: the old one ends, the new one begins."""
    seat = Membership.objects.select_related("user").get(pk=seat.pk)
    check_can_keep(by, seat, "accounts.people.change")
    if role == seat.role:
        return seat
    revoke_membership(seat, by=by)
    keeps = role in roles.ROLES and roles.ROLES[role].has_villages
    return grant_role(
        seat.user,
        role=role,
        county_code=seat.county_code,
        villages=seat.villages.all() if keeps else (),
        by=by,
    )


@transaction.atomic
def change_villages(seat: Membership, *, villages: Iterable[Village], by: User) -> Membership:
    """The villages for which a work-team member writes."""
    check_can_keep(by, seat, "accounts.people.change")
    chosen = own_villages(villages, seat.county_code)
    seat.villages.set(chosen)
    _record("membership.villages", seat, by=by, villages=[str(village) for village in chosen])
    return seat


@transaction.atomic
def deactivate_person(user: User, *, by: User) -> User:
    """Close an account: no sign-in, no session. The rows stay, for other rows name them; their work is their role's."""
    _check_keeps_person(by, user, "accounts.people.revoke")
    for seat in Membership.objects.current().filter(user=user):
        _check_not_last(seat)
    user.is_active = False
    user.session_round += 1
    user.save(update_fields=["is_active", "session_round"])
    audit.record("person.deactivate", by=by, obj=("user", str(user.pk)), title=user.name)
    inbox.release(user, seats=[], by=by)
    return user


@transaction.atomic
def end_sessions(user: User, *, by: User) -> User:
    """Sign somebody out everywhere: a lost phone, a screen left open. They may come in again at once."""
    _check_keeps_person(by, user, "accounts.people.revoke")
    user.session_round += 1
    user.save(update_fields=["session_round"])
    audit.record("session.ended_by", by=by, obj=("user", str(user.pk)), title=user.name)
    return user


@transaction.atomic
def activate_person(user: User, *, by: User) -> User:
    _check_keeps_person(by, user, "accounts.people.revoke")
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("person.activate", by=by, obj=("user", str(user.pk)), title=user.name)
    return user


@transaction.atomic
def set_password(user: User, password: str) -> None:
    """A new password ends the person's other sessions."""
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record("person.password", by=user, obj=("user", str(user.pk)), title=user.name)


@transaction.atomic
def reveal_phone(user: User, *, by: User, county_code: str = "") -> str:
    """The whole number, once; the audit trail says who saw it."""
    if not rules.can_see_person(by, user, "accounts.phone.reveal"):
        raise NotYours(_("您不管理这个人，看不到他的手机号。"))
    audit.record("phone.reveal", by=by, county=county_code, obj=("user", str(user.pk)), title=user.name)
    return str(user.phone)


@transaction.atomic
def reveal_invited_phone(invitation: Invitation, *, by: User) -> str:
    if not roles.may(by, "accounts.phone.reveal", invitation.county_code):
        raise NotYours(_("您不管理这个人，看不到他的手机号。"))
    audit.record(
        "phone.reveal",
        by=by,
        county=invitation.county_code,
        obj=("invitation", str(invitation.pk)),
        title=invitation.name,
    )
    return str(invitation.phone)


def check_can_hand_on(by: User | None, role: str, county_code: str, user: User | None = None) -> None:
    """The role exists, belongs to such a place, and is the actor's to give."""
    known = roles.ROLES.get(role)
    if known is None or (known.where == roles.COUNTY) != bool(county_code):
        raise UnknownRole(_("没有这个角色，请重新选一个。"), role=role)
    if by is None:
        return
    if user is not None and user.pk == by.pk:
        raise NotYours(_("不能给自己加角色，请另一位管理员来做。"))
    if not rules.can_hand_on(by, role, county_code):
        raise NotYours(_("您不能给出这个角色。"), role=role, county=county_code)


def check_conflicts(user: User, role: str) -> None:
    """Refuse what no one person may hold together."""
    held = Membership.objects.current().filter(user=user).values_list("role", flat=True)
    other = roles.conflicting(held, role)
    if other:
        raise RoleConflict(
            _("{name}已经是{held}，不能同时做{wanted}。三员各由一人专任，请换一个人。").format(
                name=user.name, held=roles.name_of(other), wanted=roles.name_of(role)
            ),
            held=other,
            wanted=role,
        )


def check_can_keep(by: User, seat: Membership, permission: str) -> None:
    if not rules.can_keep(by, seat, permission):
        raise NotYours(_("您不能改这个人的角色。"))


def own_villages(villages: Iterable[Village], county_code: str) -> list[Village]:
    """Only the county's own villages: a form could name another's."""
    return [village for village in villages if village.county_code == county_code]


def _check_keeps_person(by: User, user: User, permission: str) -> None:
    if not rules.can_keep_person(by, user, permission):
        raise NotYours(_("这个人还有别处的角色，请省里来做。"))


def _check_not_last(seat: Membership) -> None:
    if seat.role != roles.COORDINATOR:
        return
    # In turn, or two coordinators could take each other's role at the same moment.
    last_seat.take_turns()
    sitting = Membership.objects.current().filter(role=roles.COORDINATOR, user__is_active=True)
    if not sitting.exclude(user=seat.user_id).exists():
        raise NotYours(_("这是最后一位省级协调员，请先邀请另一位。"))


def _record(action: str, seat: Membership, *, by: User | None, **facts: object) -> None:
    audit.record(
        action,
        by=by,
        county=seat.county_code,
        obj=("user", str(seat.user_id)),
        title=seat.user.name,
        role=seat.role,
        **facts,
    )
