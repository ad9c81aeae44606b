"""What the shop window shows: counties on the map, goods in season, new stories. All public tables."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from kernel import clock
from search.models import Listing, StoryCard
from tenants import register
from tenants.models import County
from tenants.selectors import open_counties
from web.short_names import short_county, short_prefecture
from web.tile_columns import COLUMNS, column_of

NEW_FOR = timedelta(days=7)
LONGEST_SEASON = 5  # months


@dataclass(frozen=True)
class Tile:
    name: str
    slug: str
    state: str  # open, new or none
    code: str


@dataclass
class Prefecture:
    code: str
    name: str
    counties: list[Tile] = field(default_factory=list)
    first: bool = False

    @property
    def open(self) -> int:
        return sum(tile.state != "none" for tile in self.counties)

    @property
    def total(self) -> int:
        return len(self.counties)


@dataclass(frozen=True)
class TileMap:
    columns: list[list[Prefecture]]
    opened: int
    total: int


def tile_map() -> TileMap:
    """Every county of the register, the open ones first, in columns from west to east."""
    open_now = {county.code: county for county in open_counties()}
    new_since = clock.now() - NEW_FOR
    prefectures: dict[str, Prefecture] = {}
    for division in register.divisions(settings.JIETI_PROVINCE):
        place = prefectures.setdefault(
            division.prefecture_code,
            Prefecture(division.prefecture_code, short_prefecture(division.prefecture)),
        )
        place.counties.append(_tile(division, open_now.get(division.code), new_since))
    for place in prefectures.values():
        place.counties.sort(key=lambda tile: tile.state == "none")
    return _arranged(list(prefectures.values()))


def _arranged(prefectures: list[Prefecture]) -> TileMap:
    if prefectures:
        max(prefectures, key=lambda place: (place.open, place.total)).first = True
    columns: list[list[Prefecture]] = [[] for _ in range(COLUMNS)]
    for place in sorted(prefectures, key=lambda place: column_of(place.code)):
        columns[column_of(place.code)[0]].append(place)
    return TileMap(
        columns,
        opened=sum(place.open for place in prefectures),
        total=sum(place.total for place in prefectures),
    )


def _tile(division: register.Division, county: County | None, new_since: datetime) -> Tile:
    if county is None:
        return Tile(short_county(division.name), division.slug, "none", division.code)
    new = county.opened_at and county.opened_at > new_since
    return Tile(short_county(county.name), county.slug, "new" if new else "open", division.code)


def county_themes() -> dict[str, str]:
    """Which county wears which theme, by code."""
    return dict(County.objects.values_list("code", "theme"))


def in_season(month: int) -> QuerySet[Listing]:
    """Food whose season holds this month and is a season at all, not the whole year; newest first."""
    return (
        Listing.objects.filter(season__contains=[month], season__len__lte=LONGEST_SEASON, in_stock=True)
        .exclude(category__code__startswith="craft.")
        .order_by("season__len", "-published_at", "county_code", "product_id")
    )


def season_window(month: int, count: int) -> list[Listing]:
    """A few goods in season: one a county and one a category while there are enough."""
    chosen: list[Listing] = []
    counties: set[str] = set()
    categories: set[str] = set()
    rest: list[Listing] = []
    for listing in in_season(month)[: count * 30]:
        if listing.county_code in counties or listing.category_id in categories:
            rest.append(listing)
            continue
        chosen.append(listing)
        counties.add(listing.county_code)
        categories.add(listing.category_id)
    return (chosen + rest)[:count]


def stories() -> QuerySet[StoryCard]:
    """Stories of open counties, the newest first."""
    return StoryCard.objects.defer("text", "tsv").order_by("-published_at", "-pk")
