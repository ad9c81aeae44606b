"""The demo province's published goods on the public shelf, without its counties' schemas."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

FIRST_DAY = datetime(2026, 9, 1, tzinfo=UTC)


@lru_cache(maxsize=1)
def published() -> dict[str, tuple[Any, dict[str, Any]]]:
    """Good as the judges name it (230184.01) → its county's file and its facts."""
    from demo.opening import LEFT_WAITING
    from demo.province import counties

    return {
        f"{county.code}.{place:02d}": (county, facts)
        for county in counties()
        for place, facts in enumerate(county.products, 1)
        if county.code not in LEFT_WAITING or facts is not county.products[-1]
    }


def fill() -> dict[str, int]:
    """Through the door every product comes through; good → listing."""
    from search import lexicon, services

    services.load_categories()
    shelf = {
        good: services.publish_listing(_facts(good, county, facts, number)).pk
        for number, (good, (county, facts)) in enumerate(published().items(), 1)
    }
    lexicon.count_terms()
    return shelf


def text_of(good: str) -> str:
    """All that is written about a good, for searches that know no fields."""
    county, facts = published()[good]
    listing = _facts(good, county, facts, 0)
    return " ".join(
        (listing.title, listing.summary, listing.producer_name, listing.place, listing.county_name, listing.description)
    )


def _facts(good: str, county: Any, facts: dict[str, Any], number: int) -> Any:
    from search.services import ListingFacts
    from tenants import register

    division = register.division(county.code)
    maker = next(one for one in county.producers if one["key"] == facts["producer"])
    pack = min(facts["variants"], key=lambda one: one["price_fen"])
    return ListingFacts(
        county_code=county.code,
        county_name=division.name,
        county_slug=division.slug,
        product_id=int(good.split(".")[1]),
        title=facts["title"],
        summary=facts["summary"],
        description=facts["description"],
        producer_name=maker["name"],
        place=maker["township"] + maker["village"],
        category=facts["category"],
        price_fen=pack["price_fen"],
        unit=pack["name"],
        season=facts.get("season", []),
        published_at=FIRST_DAY + timedelta(minutes=number),
    )
