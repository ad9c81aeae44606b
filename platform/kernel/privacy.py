"""What is private is stored encrypted; the key never lives in the database.

``settings.PRIVACY_KEYS`` is a list of Fernet keys, the newest first: new text is written with the
first, old text is read with any. ``keyed_hash`` looks a value up without storing it; its key is
``settings.PRIVACY_HASH_KEY`` and does not turn with the others, or every look-up would fail.
"""

import hashlib
import hmac
import re
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models

from kernel.masking import mask_phone, mask_phones_in  # noqa: F401 - part of what is private

PHONE = re.compile(r"^1[3-9]\d{9}$")


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    return _box(tuple(settings.PRIVACY_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    return _box(tuple(settings.PRIVACY_KEYS)).decrypt(token.encode()).decode()


def encrypt_bytes(data: bytes) -> bytes:
    """A file, as it lies on the disk."""
    return _box(tuple(settings.PRIVACY_KEYS)).encrypt(data)


def decrypt_bytes(token: bytes) -> bytes:
    return _box(tuple(settings.PRIVACY_KEYS)).decrypt(token)


def turned(token: str) -> str:
    """The same secret under the newest key."""
    return _box(tuple(settings.PRIVACY_KEYS)).rotate(token.encode()).decode()


def keyed_hash(text: str) -> str:
    """64 hex digits that find a phone again and tell nothing to a thief without the key."""
    return hmac.new(settings.PRIVACY_HASH_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def plain_phone(text: str) -> str:
    """Digits only: "+86 138-1234-5678" → "13812345678"."""
    digits = re.sub(r"\D", "", text)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def is_phone(text: str) -> bool:
    return bool(PHONE.match(text))


class EncryptedTextField(models.TextField):
    """Text that is plain in Python and Fernet in the database. It cannot be filtered on."""

    def deconstruct(self) -> Any:
        """A migration sees plain text columns, so that it imports no code of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, *args: Any) -> str | None:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted: look it up by its keyed hash")
        return super().get_lookup(lookup_name)
