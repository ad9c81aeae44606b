"""What is private is stored encrypted; the key never lives in the database.

``kernel.key_ring`` holds the keys, the one that writes first: new text is written with the first,
old text is read with any. ``keyed_hash`` looks a value up without storing it; while its key turns,
a look-up asks for ``keyed_hashes``, one for each key. ``jieti keys`` turns them.
"""

import hashlib
import hmac
import re
import unicodedata
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.db import models

from kernel import key_ring
from kernel.masking import mask_phone, mask_phones_in  # noqa: F401 - part of what is private

PHONE = re.compile(r"^1[3-9]\d{9}$")
DIALLED = re.compile(r"[0-9+() -]+")


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    return encrypt_bytes(text.encode()).decode()


def decrypt(token: str) -> str:
    return decrypt_bytes(token.encode()).decode()


def encrypt_bytes(data: bytes) -> bytes:
    """A file, as it lies on the disk."""
    return _box(key_ring.ring().text).encrypt(data)


def decrypt_bytes(token: bytes) -> bytes:
    try:
        return _box(key_ring.ring().text).decrypt(token)
    except InvalidToken:
        if not key_ring.look_again():
            raise
    # Another process wrote it with a key that came to the file a moment ago.
    return _box(key_ring.ring().text).decrypt(token)


def turned_bytes(token: bytes) -> bytes:
    """The same secret under the key that writes now."""
    return _box(key_ring.ring().text).rotate(token)


def turned(token: str) -> str:
    return turned_bytes(token.encode()).decode()


def reads(key: str, token: str | bytes) -> bool:
    """Was this written with this key?"""
    try:
        Fernet(key).decrypt(token)
    except InvalidToken:
        return False
    return True


def keyed_hash(text: str) -> str:
    """64 hex digits that find a phone again and tell nothing to a thief without the key."""
    return keyed_hashes(text)[0]


def keyed_hashes(text: str) -> list[str]:
    """The hash under each key in force, the one that writes first: what a look-up asks for."""
    return [hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest() for key in key_ring.ring().hashes]


def plain_phone(text: str) -> str:
    """Digits only: "+86 138-1234-5678" → "13812345678"."""
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", text))  # １３８ too, as a Chinese keyboard writes
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def is_dialled(text: str) -> bool:
    """A number that can be published and tapped: 0453-55550101, 400-…, 12345; no words."""
    return bool(DIALLED.fullmatch(text.strip())) and sum(sign.isdigit() for sign in text) >= 5


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
