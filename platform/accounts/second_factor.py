"""The second factor: a code from an app (TOTP), and ten recovery codes for a lost phone."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from allauth.mfa.utils import decrypt
from django.core.cache import caches
from django.db import transaction

from accounts.adapters import SecondFactorAdapter
from accounts.models import User
from accounts.roles import memberships, needs_second_factor
from kernel import audit
from kernel.privacy import keyed_hash

PERIOD = 30
TOLERANCE = 1
SESSION_KEY = "second_factor_at"


def is_needed(user: User | Any) -> bool:
    """Does one of this person's roles demand a second factor?"""
    return needs_second_factor(seat.role for seat in memberships(user))


def is_set_up(user: User | Any) -> bool:
    return _authenticator(user, Authenticator.Type.TOTP) is not None


def owners(users: list[User]) -> set[int]:
    """Which of these people have one: ids, for a list on a screen."""
    found = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__in=users)
    return set(found.values_list("user_id", flat=True))


def new_secret() -> str:
    return generate_totp_secret()


def address(user: User, secret: str) -> str:
    """The otpauth:// address for the QR code."""
    return SecondFactorAdapter().build_totp_url(user, secret)


def fits(secret: str, code: str) -> bool:
    """Is this the app's code now, or the one just before or after?"""
    return _step(secret, code) is not None


@transaction.atomic
def set_up(user: User, secret: str) -> list[str]:
    """Store the secret and return the recovery codes, to be shown once."""
    Authenticator.objects.filter(user=user).delete()
    TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).generate_codes()
    audit.record("second_factor.set_up", by=user, obj=("user", str(user.pk)), title=user.name)
    return list(codes)


def check(user: User, code: str) -> bool:
    """Accept a code once: from the app, or a recovery code."""
    totp = _authenticator(user, Authenticator.Type.TOTP)
    if totp is None:
        return False
    step = _step(decrypt(totp.data["secret"]), code)
    if step is not None:
        if _first_use(user, step):
            totp.record_usage()
            return True
        return False
    recovery = _authenticator(user, Authenticator.Type.RECOVERY_CODES)
    if recovery and RecoveryCodes(recovery).validate_code(_plain(code)):
        audit.record("second_factor.recovery_code", by=user, obj=("user", str(user.pk)))
        return True
    return False


def current_code(user: User) -> str:
    """What the person's app shows now. For the demo and for tests; empty without a set-up."""
    totp = _authenticator(user, Authenticator.Type.TOTP)
    if totp is None:
        return ""
    secret = decrypt(totp.data["secret"])
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


def remove(user: User) -> None:
    Authenticator.objects.filter(user=user).delete()


def _authenticator(user: User | Any, kind: str) -> Authenticator | None:
    return Authenticator.objects.filter(user_id=user.pk, type=kind).first()


def _plain(code: str) -> str:
    return "".join(code.split())


def _step(secret: str, code: str) -> int | None:
    now = int(time.time()) // PERIOD
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if format_hotp_value(hotp_value(secret, step)) == _plain(code):
            return step
    return None


def _first_use(user: User, step: int) -> bool:
    """A code that was looked at over a shoulder is worth nothing once it was used."""
    used = keyed_hash(f"totp:{user.pk}:{step}")
    return bool(caches["shared"].add(f"totp-used:{used}", 1, PERIOD * (2 * TOLERANCE + 2)))
