"""What the rooms above tell about a product or a story when it is published."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ListingFacts:
    """A published product; ``category`` is a code, prices in fen, ``season`` months 1–12."""

    county_code: str
    county_name: str
    county_slug: str
    product_id: int
    title: str
    category: str
    price_fen: int
    published_at: datetime
    summary: str = ""
    description: str = ""
    producer_name: str = ""
    place: str = ""
    unit: str = ""
    price_per_500g_fen: int | None = None
    in_stock: bool = True
    picture: dict[str, Any] = field(default_factory=dict)
    badges: list[Any] = field(default_factory=list)
    season: list[int] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class StoryFacts:
    """A live story; ``url_path`` is below the county's path, ``text`` its whole words."""

    county_code: str
    county_name: str
    county_slug: str
    page_id: int
    title: str
    url_path: str
    published_on: date
    standfirst: str = ""
    picture: dict[str, Any] = field(default_factory=dict)
    text: str = ""
