"""How often somebody may try, counted in the cache that all counties share.

Each try takes a numbered slot with ``add``, which is atomic in every cache: two hundred tries at
once get no more slots than two hundred in a row. Keys are hashed; no phone is ever in the cache.
The address is the peer's own: a header that the peer may write is trusted only as far as
``ALLAUTH_TRUSTED_PROXY_COUNT`` says that our own proxies wrote it.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from kernel.privacy import keyed_hash


@dataclass(frozen=True)
class Limit:
    """``tries`` in any ``seconds``."""

    name: str
    tries: int
    seconds: int

    def _slots(self, key: str) -> list[str]:
        hidden = keyed_hash(key)
        return [f"limit:{self.name}:{hidden}:{number}" for number in range(self.tries)]

    def take(self, key: str) -> bool:
        """Use one try; False when none is left."""
        slots = self._slots(key)
        shared = caches["shared"]
        taken = shared.get_many(slots)
        return any(shared.add(slot, 1, self.seconds) for slot in slots if slot not in taken)

    def is_used_up(self, key: str) -> bool:
        slots = self._slots(key)
        return len(caches["shared"].get_many(slots)) == len(slots)

    def clear(self, key: str) -> None:
        caches["shared"].delete_many(self._slots(key))


SIGN_IN_PER_PHONE = Limit("sign-in-phone", 5, 15 * 60)
SIGN_IN_PER_ADDRESS = Limit("sign-in-address", 60, 15 * 60)
SECOND_FACTOR = Limit("second-factor", 5, 15 * 60)
CODE_SENT_AGAIN = Limit("code-again", 1, 60)
CODE_PER_PHONE = Limit("code-phone", 5, 60 * 60)
CODE_PER_ADDRESS = Limit("code-address", 30, 60 * 60)
CODE_TRIES = Limit("code-tries", 5, 15 * 60)
LOCK_NOTED = Limit("lock-noted", 1, 15 * 60)
EXPORT = Limit("export", 20, 60 * 60)
# Phones shown whole before the person proves once more who they are.
REVEAL = Limit("reveal", 5, 60 * 60)
UPLOAD = Limit("upload", 300, 60 * 60)
INVITATION_PER_ADDRESS = Limit("invitation-address", 60, 60 * 60)


def address_of(request: HttpRequest) -> str:
    """The peer's address, or what the outermost of our own proxies wrote down."""
    trusted = int(getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0) or 0)
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part]
    if trusted and len(forwarded) >= trusted:
        return forwarded[-trusted]
    return str(request.META.get("REMOTE_ADDR", ""))


def source_of(request: HttpRequest) -> str:
    """Where a try came from, for the trail: its network, and a mark that is the same for the same address.

    The trail is for ever and is exported, so it does not hold the address itself (PIPL art. 6: no more than is
    needed); nginx's log holds it for six months, for whoever has to block it.
    """
    address = address_of(request)
    try:
        known = ipaddress.ip_address(address)
    except ValueError:  # a socket has none
        return ""
    network = ipaddress.ip_network((known, 24 if known.version == 4 else 48), strict=False)
    return f"{network} {keyed_hash(f'address:{known}')[:8]}"
