"""The pre-check as a case asks for it: what looks at a name registers itself at start."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from branding.models import Brand, BrandCheck

STOP, WARN, NOTE = "stop", "warn", "note"

# (names, classes, the case itself or None) → findings: dicts with at least name, severity, code,
# reason, article, mend. A ``stop`` is what the office would refuse.
Checker = Callable[[Sequence[str], frozenset[int], int | None], Sequence[dict[str, Any]]]


class CheckerMissing(LookupError):
    """Nothing has registered to look at names."""


_registered: list[Checker] = []


def register(checker: Checker) -> None:
    _registered[:] = [checker]


def findings_of(brand: Brand) -> list[dict[str, Any]]:
    """What stands against the case's names in its classes, looked up now."""
    if not _registered:
        raise CheckerMissing("nothing looks at names")
    names = list(brand.candidates) or [brand.name]
    return [dict(finding) for finding in _registered[0](names, frozenset(brand.nice_classes), brand.pk)]


def told_of(slip: BrandCheck) -> list[dict[str, Any]]:
    """A slip's findings in the reader's language: what is still found is said anew, the rest stands as it was written."""
    return retold(slip.brand, slip.findings)


def retold(brand: Brand, findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if get_language() == settings.LANGUAGE_CODE or not findings:
        return list(findings)
    anew: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for one in findings_of(brand):
        anew.setdefault(_same(one), []).append(one)
    return [anew[_same(one)].pop(0) if anew.get(_same(one)) else one for one in findings]


def _same(finding: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(finding.get(part) for part in ("name", "code", "severity"))


def print_of(brand: Brand) -> str:
    """The fingerprint of what a slip looked at: another name or class needs another slip."""
    looked_at = [brand.sign_kind, brand.name, brand.candidates, sorted(brand.nice_classes)]
    return hashlib.sha256(json.dumps(looked_at, ensure_ascii=False).encode()).hexdigest()
