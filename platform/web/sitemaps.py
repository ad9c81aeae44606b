"""The maps for search engines: one index of the province, one map a county, all from what is shown now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

from django.utils.timezone import localdate

from cms import selectors as pages
from search.models import Listing
from tenants.addressing import county_url, province_url
from tenants.selectors import open_counties
from web.sharing import absolute

XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000  # addresses in one file, by the protocol


@dataclass(frozen=True)
class Place:
    address: str
    changed: date | None = None


def index() -> str:
    places = [Place(absolute(province_url("web:province_map")))]
    places += [Place(absolute(county_url(county.slug, "web:county_map"))) for county in open_counties()]
    return _written("sitemapindex", "sitemap", places)


def province() -> str:
    names = ("web:home", "web:season", "web:stories", "campaigns:wall", "web:about", "web:privacy")
    return _written("urlset", "url", [Place(absolute(province_url(name))) for name in names])


def county(one: Any) -> str:
    """Its pages as they are live, its goods as they are on sale."""
    return _written("urlset", "url", [*_pages(one), *_goods(one)][:MOST])


def _pages(one: Any) -> Iterator[Place]:
    front = absolute(county_url(one.slug))
    for path, changed in pages.addresses():
        yield Place(front + path, localdate(changed) if changed else None)


def _goods(one: Any) -> Iterator[Place]:
    rows = Listing.objects.filter(county_code=one.code).order_by("-published_at", "-pk")
    for product_id, published in rows.values_list("product_id", "published_at")[:MOST]:
        yield Place(absolute(county_url(one.slug, "web:product", product_id)), _day(published))


def _day(moment: datetime) -> date:
    return localdate(moment)


def _written(root: str, item: str, places: list[Place]) -> str:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="{XMLNS}">']
    for place in places:
        changed = f"<lastmod>{place.changed.isoformat()}</lastmod>" if place.changed else ""
        lines.append(f"<{item}><loc>{escape(place.address)}</loc>{changed}</{item}>")
    return "\n".join([*lines, f"</{root}>", ""])
