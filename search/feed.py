"""What the second engine is told: which listings changed. What it is told of them is read when it is told.

A row of the outbox names listings, never their state, so that a late or repeated one can only bring what
is true now; and the number of each change (``versions``) goes along, for the one that was read before another
and arrives after it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings

from kernel.outbox import announce

INDEX = "search.index"
TOGETHER = 200  # rows of the outbox in one request


def configured() -> bool:
    return bool(settings.ELASTICSEARCH_URLS)


def prefix() -> str:
    """What the names of this province's indices begin with."""
    return str(settings.ELASTICSEARCH_PREFIX)


def tell(county_code: str, *products: int) -> None:
    """In the transaction of the change; without products, of the whole county."""
    if configured():
        announce(INDEX, {"county": county_code, "products": list(products)})


def tell_many(county_code: str, products: Iterable[int], lot: int = 500) -> None:
    """Of many that go in one transaction."""
    for some in _lots(list(products), lot):
        tell(county_code, *some)


def _lots(values: list[Any], size: int) -> Iterator[list[Any]]:
    for first in range(0, len(values), size):
        yield values[first : first + size]
