"""The same answer at the same time: how long a page takes says nothing of whom it knows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

EVEN = 0.1  # seconds, longer than a code takes to be written for somebody who is known here


@contextmanager
def no_sooner() -> Iterator[None]:
    """What is inside has an unknown phone done in a millisecond and a known one in ten; both leave after EVEN."""
    began = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, EVEN - (time.monotonic() - began)))
