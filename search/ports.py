"""What a search engine promises, whichever it is."""

from dataclasses import dataclass, field
from typing import Protocol

from search.lexicon import Told

SORTS = ("relevance", "price", "-price", "newest")
PAGE = 20
CAP = 20_000  # above this many matches, figures are estimates and say so
POSTGRES, ELASTICSEARCH = "postgresql", "elasticsearch"
IN_A_ROW = 3  # of one county on a page sorted by relevance


@dataclass(frozen=True, slots=True)
class Band:
    """Prices in fen, from ``low`` to under ``high``; None is open."""

    low: int | None = None
    high: int | None = None

    @property
    def key(self) -> str:
        return f"{'' if self.low is None else self.low}-{'' if self.high is None else self.high}"


BANDS = (Band(None, 2000), Band(2000, 5000), Band(5000, 10000), Band(10000, 20000), Band(20000, None))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the sort key of the last row seen in order, and rows shown before their turn.

    By relevance each engine has keys of its own: ``engine`` says whose this is.
    """

    key: int
    listing: int
    shown: tuple[int, ...] = ()
    engine: str = POSTGRES


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is asked of an engine: words already understood, and what narrows them.

    ``told`` is what the lexicon said of these words while they were read, so that it is asked once a search.
    """

    text: str = ""
    literally: bool = False
    counties: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    prices: tuple[Band, ...] = ()
    in_stock: bool = False
    sort: str = "relevance"
    after: Place | None = None
    size: int = PAGE
    told: Told | None = field(default=None, compare=False, repr=False)

    @property
    def by_called(self) -> bool:
        """Words, in another order than how well they answer."""
        return bool(self.text) and self.sort != SORTS[0]


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts by code; each leaves its own filter out, so that a second choice shows what it adds."""

    counties: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    prices: dict[str, int] = field(default_factory=dict)
    in_stock: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """``listings`` are ids in their order; ``complete`` is how many have every word of the query.

    ``called`` is true when only those are in it that are called so or sold as it: by price or date a passing
    mention would stand before the thing itself.
    ``stand_in`` is true when another engine than the one that was meant answered.
    """

    total: int
    approximate: bool
    listings: tuple[int, ...]
    facets: Facets
    complete: int
    next: Place | None = None
    engine: str = POSTGRES
    called: bool = False
    stand_in: bool = False


class Engine(Protocol):
    def search(self, query: Query) -> Answer: ...
