"""Very many listings at once, straight into the tables, for what is measured in numbers."""

from django.conf import settings
from django.db import connection

from search import versions
from tenants import register

GOODS = ("大米", "木耳", "蜂蜜", "大豆", "玉米", "猴头菇", "蓝莓", "人参")
CATEGORIES = (
    "grain.rice", "fungus.wood-ear", "honey.honey", "grain.soybean",
    "grain.corn", "fungus.hericium", "fruit.berry", "herb.root",
)  # fmt: skip

LISTINGS = """
INSERT INTO search_listing (county_code, county_name, county_slug, product_id, title, summary, description,
       producer_name, place, category_id, price_fen, unit, in_stock, picture, badges, season, published_at, hidden)
SELECT (%(codes)s::text[])[1 + n %% %(counties)s], (%(names)s::text[])[1 + n %% %(counties)s], 'x', n,
       (%(goods)s::text[])[1 + n / 7 %% 8] || ' n' || n, '', '', '', '', (%(categories)s::text[])[1 + n / 7 %% 8],
       500 + n * 7919 %% 30000, '袋', n %% 9 <> 0, '{}', '[]', '{}',
       timestamptz '2026-01-01' + n * interval '1 second', false
  FROM generate_series(%(first)s, %(last)s) n
"""
INDEX = f"""
INSERT INTO search_listingindex (listing_id, county_code, category_code, price_fen, in_stock, hidden, published_at,
       standing, length, version, tsv)
SELECT id, county_code, category_id, price_fen, in_stock, false, published_at, 1000, 20 + product_id %% 20, {versions.NEXT},
       format('%%1$L:1A %%2$L:1A %%3$L:1B %%4$L:1B %%5$L:1D', split_part(title, ' ', 1), 'n' || product_id,
              left(county_name, 2), category_id, '合作社统一收')::tsvector
  FROM search_listing WHERE product_id BETWEEN %(first)s AND %(last)s
"""


def fill(count: int, first: int = 1) -> None:
    """``count`` listings over all counties of the province, numbered from ``first``."""
    counties = register.divisions(settings.JIETI_PROVINCE)
    values = {
        "codes": [county.code for county in counties],
        "names": [county.name for county in counties],
        "counties": len(counties),
        "goods": list(GOODS),
        "categories": list(CATEGORIES),
        "first": first,
        "last": first + count - 1,
    }
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS listing_words")
        cursor.execute(LISTINGS, values)
        cursor.execute(INDEX, values)
        cursor.execute("CREATE INDEX listing_words ON search_listingindex USING gin (tsv) WITH (fastupdate = off)")
        cursor.execute("ANALYZE search_listing, search_listingindex")
