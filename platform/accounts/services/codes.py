"""Sign-in by a code: six digits by text message, eight on paper where there is no network."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import roles, rules
from accounts.errors import NotYours
from accounts.messages import send
from accounts.models import OneTimeCode, User
from accounts.states import CodeKind
from kernel import audit, clock
from kernel.privacy import keyed_hash, keyed_hashes

GOOD_FOR = {
    CodeKind.SMS: timedelta(minutes=10),
    CodeKind.MAIL: timedelta(minutes=10),
    CodeKind.PHONE: timedelta(minutes=10),
    CodeKind.PRINTED: timedelta(hours=24),
}
DIGITS = {CodeKind.SMS: 6, CodeKind.MAIL: 6, CodeKind.PHONE: 6, CodeKind.PRINTED: 8}
MOST_TRIES = 5
TO_SIGN_IN = (CodeKind.SMS, CodeKind.PRINTED)


@transaction.atomic
def send_code(phone: str) -> None:
    """Text a code to the person with this phone; to nobody, silently, if there is none."""
    user = User.objects.with_phone(phone)
    if user is None or not rules.can_sign_in(user):
        return
    code = make(user, CodeKind.SMS)
    send("code", user.phone, to=user, code=code)


@transaction.atomic
def print_code(user: User, *, by: User | None = None) -> str:
    """A code to hand over on paper, good once within a day. The caller shows it once."""
    if by is not None and not rules.can_keep_person(by, user, "accounts.people.invite"):
        raise NotYours(_("您不能给这个人打印登录码。"))
    if by is not None and roles.needs_second_factor(seat.role for seat in roles.memberships(user)):
        raise NotYours(_("有省级角色的人不用打印的登录码。"))
    code = make(user, CodeKind.PRINTED)
    audit.record("code.print", by=by, obj=("user", str(user.pk)), title=user.name)
    return code


def person_with_code(phone: str, code: str) -> User | None:
    """The person whose code this is; it is spent by that. Every try counts, right or wrong."""
    user = User.objects.with_phone(phone)
    found = spend(user, code, TO_SIGN_IN) if user else False
    return user if user and found and rules.can_sign_in(user) else None


@transaction.atomic
def spend(user: User, code: str, kinds: tuple[CodeKind, ...], *, about: str = "") -> bool:
    """A code is good for what it was sent for: one that confirms an address opens no door.

    Not to be called in a transaction that a wrong code takes back: the try would not count.
    """
    typed = "".join(code.split())
    fitting = keyed_hashes(_named(user, typed, about))
    live = OneTimeCode.objects.select_for_update().filter(
        user=user, kind__in=kinds, used_at__isnull=True, expires_at__gt=clock.now(), tries__lt=MOST_TRIES
    )
    spent = False
    for one in live.order_by("pk"):
        one.tries += 1
        if not spent and any(hmac.compare_digest(one.code_hash, fits) for fits in fitting):
            one.used_at, spent = clock.now(), True
        one.save(update_fields=["tries", "used_at"])
    return spent


def make(user: User, kind: CodeKind, *, about: str = "") -> str:
    """A new code, instead of those of its kind that wait; ``about`` is what it is good for, and nothing else."""
    code = "".join(secrets.choice("0123456789") for _digit in range(DIGITS[kind]))
    now = clock.now()
    waiting = OneTimeCode.objects.filter(user=user, kind=kind, used_at__isnull=True)
    waiting.filter(expires_at__gt=now).update(expires_at=now)
    OneTimeCode.objects.create(
        user=user, kind=kind, code_hash=_hash(user, code, about), expires_at=now + GOOD_FOR[kind]
    )
    return code


def _hash(user: User, code: str, about: str) -> str:
    return keyed_hash(_named(user, code, about))


def _named(user: User, code: str, about: str) -> str:
    return f"code:{user.pk}:{code}" + (f":{about}" if about else "")
