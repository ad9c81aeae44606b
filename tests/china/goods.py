"""A million listings as a country would have them: a few counties have many, every county has some."""

import random
from datetime import UTC, datetime, timedelta

from search import words
from search.services import ListingFacts
from tenants.register import Division
from tests.bench.search import ADDED, GOODS, SAID

LOT = 1000


def lot(number: int, counties: tuple[Division, ...], count: int) -> list[ListingFacts]:
    """Always the same, so that a lot may be written again."""
    dice = random.Random(number)
    first = number * LOT
    return [_facts(place, counties, dice) for place in range(first, min(first + LOT, count))]


def _facts(number: int, counties: tuple[Division, ...], dice: random.Random) -> ListingFacts:
    county = counties[number] if number < len(counties) else counties[int(len(counties) * dice.random() ** 2)]
    category = dice.choice(list(GOODS))
    short = words.short_county(county.name)
    named = short if dice.random() < 0.6 else ""
    return ListingFacts(
        county_code=county.code,
        county_name=county.name,
        county_slug=county.slug,
        product_id=number,
        title=f"{named}{dice.choice(GOODS[category])} {dice.choice(ADDED)}，{dice.choice(ADDED)} {dice.randrange(99)} 号",
        summary=dice.choice(SAID),
        description="，".join(dice.sample(SAID, 4)) + "。",
        producer_name=f"{short}{dice.choice('丰盛禾瑞春秋')}{dice.choice('源达泰田')}合作社",
        place=f"{dice.choice('东西南北')}{dice.choice('兴安山河')}镇",
        category=category,
        price_fen=dice.randrange(500, 30000),
        unit="袋",
        in_stock=dice.random() < 0.9,
        published_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=10 * number),
    )
