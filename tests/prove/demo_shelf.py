"""The demo province's goods on the search's shelf, without its counties: what queries were judged over."""

from datetime import UTC, datetime, timedelta

from demo import province
from search import lexicon, services
from tenants import register

FIRST_DAY = datetime(2026, 9, 1, tzinfo=UTC)


def fill() -> int:
    """Publishes them all; ``product_id`` is county and place, 230184.01 → 23018401. Returns how many."""
    number = 0
    for county in province.counties():
        division = register.division(county.code)
        producers = {producer["key"]: producer for producer in county.producers}
        for place, product in enumerate(county.products, 1):
            number += 1
            maker, variant = producers[product["producer"]], min(product["variants"], key=lambda one: one["price_fen"])
            services.publish_listing(
                services.ListingFacts(
                    county_code=county.code,
                    county_name=division.name,
                    county_slug=division.slug,
                    product_id=int(county.code) * 100 + place,
                    title=product["title"],
                    summary=product["summary"],
                    description=product["description"],
                    producer_name=maker["name"],
                    place=maker["township"] + maker.get("village", ""),
                    category=product["category"],
                    price_fen=variant["price_fen"],
                    unit=variant["unit"],
                    in_stock=any(one["stock"] for one in product["variants"]),
                    published_at=FIRST_DAY + timedelta(minutes=number),
                )
            )
    lexicon.count_terms()
    return number
