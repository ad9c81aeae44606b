"""Mobile phone numbers: one spelling, one hash."""

from __future__ import annotations

from kernel.privacy import is_phone, keyed_hash, keyed_hashes, plain_phone


def normal_phone(text: str) -> str:
    """Digits only, without +86: people type spaces, dashes and full-width digits."""
    digits = plain_phone(text or "")
    return digits.removeprefix("0086")


def is_mobile(text: str) -> bool:
    return is_phone(normal_phone(text))


def phone_hash(text: str) -> str:
    """The keyed hash to look a phone up by; empty for an empty phone."""
    number = normal_phone(text)
    return keyed_hash(number) if number else ""


def phone_hashes(text: str) -> list[str]:
    """What to look a phone up by: its hash under each key in force; empty for an empty phone."""
    number = normal_phone(text)
    return keyed_hashes(number) if number else []
