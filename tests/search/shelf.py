"""A small shelf for the search tests, filled through the door every product comes through."""

from datetime import UTC, datetime, timedelta

from search import lexicon, services

COUNTIES = {
    "230184": ("五常市", "wuchang"),
    "231086": ("东宁市", "dongning"),
    "230124": ("方正县", "fangzheng"),
    "231182": ("北安市", "beian"),
}
FIRST_DAY = datetime(2026, 9, 1, tzinfo=UTC)
GOODS = [
    ("五常大米 稻花香 2 号，当年新米", "230184", "grain.rice", 6800),
    ("五常大米 有机鸭稻，真空小袋", "230184", "grain.rice", 9600),
    ("长粒香大米，五常杜家镇", "230184", "grain.rice", 3990),
    ("五常大米 胚芽米，小袋一公斤", "230184", "grain.rice", 5200),
    ("方正大米，富硒，冬储装", "230124", "grain.rice", 8800),
    ("方正大米 长粒香，真空装", "230124", "grain.rice", 4500),
    ("东宁黑木耳，秋耳，小碗", "231086", "fungus.wood-ear", 5900),
    ("东宁黑木耳 压缩块", "231086", "fungus.wood-ear", 2900),
    ("黏玉米，真空十穗", "231182", "grain.corn", 3500),
    ("玉米面，石磨的", "231182", "grain.corn", 1500),
    ("椴树蜜，一瓶一斤", "231086", "honey.honey", 4800),
    ("北安大豆，非转基因", "231182", "grain.soybean", 2600),
]


def publish(title, county="230184", category="grain.rice", price_fen=5000, *, product_id, **facts):
    name, slug = COUNTIES[county]
    return services.publish_listing(
        services.ListingFacts(
            county_code=county,
            county_name=name,
            county_slug=slug,
            product_id=product_id,
            title=title,
            category=category,
            price_fen=price_fen,
            unit=facts.pop("unit", "袋"),
            published_at=facts.pop("published_at", FIRST_DAY + timedelta(hours=product_id)),
            **facts,
        )
    )


def fill():
    for number, (title, county, category, price_fen) in enumerate(GOODS, 1):
        publish(title, county, category, price_fen, product_id=number, producer_name=f"{COUNTIES[county][0][:2]}合作社")
    lexicon.count_terms()


def fill_many(count=120, county="230184"):
    """Rice of three counties, most of it of one."""
    counties = [county] * 8 + ["230124", "231086"]
    for number in range(1, count + 1):
        home = counties[number % len(counties)]
        publish(
            f"{COUNTIES[home][0][:2]}大米 第 {number} 号田",
            home,
            "grain.rice",
            1000 + number * 37 % 900,
            product_id=number,
            in_stock=number % 7 != 0,
        )
    lexicon.count_terms()
