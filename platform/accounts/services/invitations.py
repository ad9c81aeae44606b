"""Invitations: a link for one phone, good once and for seven days."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import phones, roles, second_factor
from accounts.errors import InvitationSpent, NotYours, SecondFactorMissing, WrongPhone
from accounts.messages import drop_waiting, send, words_for
from accounts.messages.carriers import can_send
from accounts.models import Invitation, Membership, User
from accounts.services.people import (
    check_can_hand_on,
    check_conflicts,
    create_person,
    grant_role,
    own_villages,
)
from kernel import audit, clock
from kernel.privacy import keyed_hash, keyed_hashes
from tenants.addressing import province_url
from tenants.models import County, Village
from tenants.states import CountyState

GOOD_FOR = timedelta(days=7)
INVITING = 7_303  # the first half of an advisory lock


@dataclass(frozen=True)
class Issued:
    """An invitation with its token, which is known only now: the database keeps a hash."""

    invitation: Invitation
    token: str = field(repr=False)

    @property
    def link(self) -> str:
        path = province_url("accounts:invitation", self.token)
        return path if path.startswith("http") else f"{settings.PROVINCE_ORIGIN}{path}"


@dataclass(frozen=True)
class Accepted:
    user: User
    recovery_codes: list[str] = field(default_factory=list, repr=False)


@transaction.atomic
def invite(
    *,
    phone: str,
    name: str,
    role: str,
    county_code: str = "",
    villages: Iterable[Village] = (),
    by: User | None = None,
    send: bool = True,
) -> Issued:
    """Invite a phone to a role. One that is already invited to it gets a fresh link instead."""
    number = phones.normal_phone(phone)
    if not phones.is_mobile(number):
        raise WrongPhone(_("手机号应是 11 位数字，例如 13812345678。"))
    check_can_hand_on(by, role, county_code)
    if _is_over(county_code):
        raise NotYours(_("这个县已经归档，不再请人。"))
    _check_known_person(number, role, county_code, by)
    _take_turns(phones.phone_hash(number))
    invitation = _waiting(number, role, county_code) or Invitation(
        phone=number,
        phone_hash=phones.phone_hash(number),
        role=role,
        county_code=county_code,
        invited_by=by,
    )
    invitation.name = name.strip()[:60] or _("新同事")
    issued = _issue(invitation)
    invitation.villages.set(own_villages(villages, county_code))
    _record("invitation.send", invitation, by=by)
    if send:
        _text(issued)
    return issued


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: User) -> Issued:
    """A fresh link by text message; the old link ends."""
    invitation = _own(invitation, by)
    issued = _issue(invitation)
    _record("invitation.resend", invitation, by=by)
    _text(issued)
    return issued


@transaction.atomic
def print_invitations(invitations: Iterable[Invitation], *, by: User) -> list[Issued]:
    """Fresh links for paper. Whoever got one by text message before uses the paper now."""
    printed = []
    for chosen in sorted(invitations, key=lambda one: one.pk):
        invitation = _own(chosen, by)
        printed.append(_issue(invitation))
        _record("invitation.print", invitation, by=by)
    return printed


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User) -> Invitation:
    invitation = _own(invitation, by)
    invitation.revoked_at = clock.now()
    invitation.save(update_fields=["revoked_at"])
    _drop_text(invitation)
    _record("invitation.revoke", invitation, by=by)
    return invitation


def find_invitation(token: str) -> Invitation | None:
    """The open invitation behind a link, or nothing: spent, expired and invented look the same."""
    invitation = Invitation.objects.filter(token_hash__in=_hashes(token)).first()
    return invitation if invitation and invitation.is_open() and not _is_over(invitation.county_code) else None


@transaction.atomic
def accept_invitation(
    token: str,
    *,
    name: str = "",
    password: str | None = None,
    secret: str = "",
    by: User | None = None,
) -> Accepted:
    """Come in: a new account, or one more role for the person who is signed in.

    A phone that has an account already needs its owner's session (``by``): the link alone would
    else be a way around the password and the second factor. ``secret`` is a second factor that
    the caller has just checked.
    """
    invitation = Invitation.objects.select_for_update().filter(token_hash__in=_hashes(token)).first()
    if invitation is None or not invitation.is_open():
        raise InvitationSpent(_("这个邀请用过了、过期了或已经收回。请向邀请您的人再要一个。"))
    user = User.objects.with_phone(invitation.phone)
    if user is not None and (by is None or by.pk != user.pk):
        raise NotYours(_("这个手机号已经有账号，请先登录再接受邀请。"))
    if user is None:
        if by is not None:
            raise NotYours(_("这个邀请是给另一个手机号的，请先退出登录。"))
        user = create_person(phone=invitation.phone, name=name.strip() or invitation.name, password=password)
    return _take_seat(invitation, user, secret)


def _take_seat(invitation: Invitation, user: User, secret: str) -> Accepted:
    codes: list[str] = []
    if roles.needs_second_factor([invitation.role]) and not second_factor.is_set_up(user):
        if not secret:
            raise SecondFactorMissing(_("这个角色要先设好动态验证码。"))
        codes = second_factor.set_up(user, secret)
    villages = list(invitation.villages.all())
    seat = grant_role(user, role=invitation.role, county_code=invitation.county_code, villages=villages)
    Membership.objects.filter(pk=seat.pk).update(granted_by=invitation.invited_by)
    invitation.used_at, invitation.used_by = clock.now(), user
    invitation.save(update_fields=["used_at", "used_by"])
    _drop_text(invitation)
    _record("invitation.accept", invitation, by=user)
    return Accepted(user, codes)


@transaction.atomic
def remind(*, county_code: str, sentence: str, by: User, role: str = roles.COUNTY_MANAGER) -> int:
    """Remind a county's people: invited ones get a fresh link, those inside the sentence.

    Returns how many messages were written.
    """
    if not roles.may(by, "accounts.people.invite", county_code):
        raise NotYours(_("您不能提醒这个县。"))
    waiting = Invitation.objects.unused().filter(county_code=county_code, role=role)
    seats = Membership.objects.current().filter(county_code=county_code, role=role, user__is_active=True)
    if not can_send():  # a fresh link would end the one on paper, and the text that has it would lie here
        waiting = waiting.none()
        if not seats.exists():
            raise NotYours(_("还没接短信，提醒发不出去；打印的邀请照旧能用。"))
    sent = 0
    for invitation in waiting.order_by("pk"):
        resend_invitation(invitation, by=by)
        sent += 1
    for seat in seats.select_related("user").order_by("pk"):
        if seat.user.phone:
            send("reminder", seat.user.phone, to=seat.user, county=county_code, sentence=sentence)
            sent += 1
    audit.record("people.remind", by=by, county=county_code, title=str(sentence), role=role, sent=sent)
    return sent


def place_name(county_code: str) -> str:
    """The county's name, or the province in a word."""
    return place_names([county_code])[county_code]


def place_names(county_codes: Iterable[str]) -> dict[str, str]:
    """The same for many, asked at once."""
    codes = set(county_codes)
    names = dict(County.objects.filter(code__in=codes - {""}).values_list("code", "name"))
    return {code: names.get(code, code) if code else _("省平台") for code in codes}


def _is_over(county_code: str) -> bool:
    """An archived county has no desk any more to come in to."""
    return bool(county_code) and County.objects.filter(code=county_code, state=CountyState.ARCHIVED).exists()


def _issue(invitation: Invitation) -> Issued:
    _drop_text(invitation)
    token = secrets.token_urlsafe(24)
    invitation.token_hash = _hash(token)
    invitation.sent_at = clock.now()
    invitation.expires_at = invitation.sent_at + GOOD_FOR
    invitation.sent_count += 1
    invitation.save()
    return Issued(invitation, token)


def _drop_text(invitation: Invitation) -> None:
    """At night a text message waits till eight: its link must still open something when it comes."""
    if invitation.token_hash:
        drop_waiting(
            "invitation", invitation.phone, lambda said: invitation.token_hash in _hashes(said.get("token", ""))
        )


def _text(issued: Issued) -> None:
    invitation = issued.invitation
    known = User.objects.with_phone(invitation.phone)
    with words_for(known):
        role, place = roles.name_of(invitation.role), place_name(invitation.county_code)
    send(
        "invitation",
        invitation.phone,
        to=known,
        county=invitation.county_code,
        name=invitation.name,
        place=place,
        role=role,
        token=issued.token,
    )


def _own(invitation: Invitation, by: User) -> Invitation:
    """The locked row, if it is this person's to act on and still waits."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    check_can_hand_on(by, locked.role, locked.county_code)
    if locked.used_at or locked.revoked_at:
        raise InvitationSpent(_("这个邀请已经用过或收回了。"))
    return locked


def _take_turns(phone_hash: str) -> None:
    """Two who invite one phone at once would both find nothing that waits, and it would be invited twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [INVITING, phone_hash])


def _waiting(number: str, role: str, county_code: str) -> Invitation | None:
    return (
        Invitation.objects.unused()
        .select_for_update()
        .filter(phone_hash__in=phones.phone_hashes(number), role=role, county_code=county_code)
        .first()
    )


def _check_known_person(number: str, role: str, county_code: str, by: User | None) -> None:
    user = User.objects.with_phone(number)
    if user is None:
        return
    check_can_hand_on(by, role, county_code, user)
    if Membership.objects.current().filter(user=user, role=role, county_code=county_code).exists():
        raise WrongPhone(_("这个人已经有这个角色了。"))
    check_conflicts(user, role)


def _record(action: str, invitation: Invitation, *, by: User | None) -> None:
    audit.record(
        action,
        by=by,
        county=invitation.county_code,
        obj=("invitation", str(invitation.pk)),
        title=invitation.name,
        role=invitation.role,
    )


def _hash(token: str) -> str:
    return keyed_hash(f"invitation:{token}")


def _hashes(token: str) -> list[str]:
    return keyed_hashes(f"invitation:{token}")
