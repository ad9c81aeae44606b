"""The pre-check as a case asks for it: what looks at a name registers itself at start."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from branding.models import Brand

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


def print_of(brand: Brand) -> str:
    """The fingerprint of what a slip looked at: another name or class needs another slip."""
    looked_at = [brand.sign_kind, brand.name, brand.candidates, sorted(brand.nice_classes)]
    return hashlib.sha256(json.dumps(looked_at, ensure_ascii=False).encode()).hexdigest()
