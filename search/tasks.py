"""What the worker does for the search."""

from typing import Any

from kernel.outbox import handles
from search import lexicon


@handles(lexicon.COUNT)
def count_terms(payload: dict[str, Any], county_code: str) -> None:
    lexicon.count_terms()
