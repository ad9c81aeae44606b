"""How fast one address may ask for typing help: a person's fingers, not a scraper's.

Counted in the process: it is load that is held off, not a secret that is kept, and a count in the shared
cache would cost more than the answer. With more processes an address gets as many times the pace.
"""

import time
from threading import Lock

PER_SECOND, AT_ONCE = 20.0, 80.0  # a whole office stands behind one address
REMEMBERED = 10_000

_left: dict[str, tuple[float, float]] = {}
_lock = Lock()


def may_ask(address: str) -> bool:
    """Take one; what was taken grows back."""
    now = time.monotonic()
    with _lock:
        left, at = _left.pop(address, (AT_ONCE, now))
        left = min(AT_ONCE, left + (now - at) * PER_SECOND)
        _left[address] = (max(left - 1, 0.0), now)
        while len(_left) > REMEMBERED:
            _left.pop(next(iter(_left)))
    return left >= 1


def forget() -> None:
    with _lock:
        _left.clear()
