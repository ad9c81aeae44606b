"""What must be so before a page may be shown. Rooms and parts add their conditions at start.

A gate looks at a page as it would be published and says in sentences what is missing.
"""

from collections.abc import Callable
from typing import Any

from cms.errors import NotReadyToShow

Gate = Callable[[Any], list[str]]
_gates: list[Gate] = []


def add_gate(gate: Gate) -> None:
    if gate not in _gates:
        _gates.append(gate)


def missing(page: Any) -> list[str]:
    return [sentence for gate in _gates for sentence in gate(page)]


def must_pass(page: Any) -> None:
    """Raises NotReadyToShow with everything that is missing."""
    lacks = missing(page)
    if lacks:
        raise NotReadyToShow("".join(lacks), missing=lacks)
