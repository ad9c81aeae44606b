"""Which drawings we have. A name in the data that nobody drew must not bring a page down."""

from functools import cache
from pathlib import Path

ART = Path(__file__).with_name("static") / "art"


@cache
def drawings() -> frozenset[str]:
    """The names of the drawings, without ``.svg``."""
    return frozenset(path.stem for path in ART.glob("*.svg"))
