"""What of people is found by a keyed hash, and how each is made anew when that key turns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY

from accounts import phones
from accounts.models import Invitation, OneTimeCode, User
from kernel import clock, turning
from kernel.privacy import keyed_hash

# Of these only the hash is kept; they end by themselves, within seven days.
ENDING = ("accounts.Invitation.token_hash", "accounts.OneTimeCode.code_hash")


def know_the_hashes() -> None:
    for model in ("accounts.User", "accounts.Invitation", "accounts.SmsMessage"):
        turning.add_hash(turning.Hashed(model, "phone_hash", "phone", phones.phone_hash))
    turning.add_hash(turning.Hashed("accounts.MailMessage", "address_hash", "address", address_hash))
    turning.add_waiting(still_good)
    turning.add_json("mfa.Authenticator", "data")


def address_hash(address: str) -> str:
    return keyed_hash(address.lower())


def still_good(since: datetime) -> int:
    """Links and codes made before a moment that somebody may still use."""
    links = Invitation.objects.pending().filter(sent_at__lt=since).count()
    codes = OneTimeCode.objects.filter(used_at__isnull=True, expires_at__gt=clock.now(), created_at__lt=since)
    return links + codes.count()


def marked_anew(told: dict[str, Any]) -> dict[str, Any]:
    """A session with its person's mark under the new key, if the mark it has is a true one."""
    mark = told.get(HASH_SESSION_KEY)
    person = told.get(SESSION_KEY)
    user = User.objects.filter(pk=person).first() if mark and person else None
    if user is None or mark not in {user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()}:
        return told
    return {**told, HASH_SESSION_KEY: user.get_session_auth_hash()}
