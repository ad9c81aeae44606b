"""The ® gate: the same answer on a product's page, its package and its badge in the search."""

from collections.abc import Iterable
from datetime import date

from branding.models import Brand
from branding.states import CERTIFIED, UNMARKED

REGISTERED_MARK, TRADE_MARK, NO_MARK = "®", "™", ""


def mark_for(brand: Brand, nice_class: int, on: date) -> str:
    """® only with a certificate valid that day and covering the class (商标法 §9, §56), else ™.

    A name that was never checked, or that was given up, gets neither.
    """
    if brand.state in UNMARKED:
        return NO_MARK
    covered = nice_class in brand.nice_classes
    return REGISTERED_MARK if covered and has_certificate(brand, on) else TRADE_MARK


def mark_for_all(brand: Brand, nice_classes: Iterable[int], on: date) -> str:
    """The mark on goods that may fall into several classes: ® only if it may stand in each."""
    marks = {mark_for(brand, nice_class, on) for nice_class in nice_classes}
    if marks == {REGISTERED_MARK}:
        return REGISTERED_MARK
    return NO_MARK if brand.state in UNMARKED else TRADE_MARK


def has_certificate(brand: Brand, on: date) -> bool:
    """In force that day. The six months' grace after the end is not counted as in force."""
    if brand.state not in CERTIFIED or not brand.registration_no.strip():
        return False
    if brand.registered_on is None or brand.valid_until is None:
        return False
    return brand.registered_on <= on <= brand.valid_until
