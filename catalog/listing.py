"""A product as the province's search shows it: plain facts, copied at publishing."""

from typing import Any

from branding import selectors as brands
from catalog.models import Product, Variant
from catalog.pictures import picture
from kernel import clock
from search.services import ListingFacts


def facts_of(product: Product, county: Any) -> ListingFacts:
    """For a product that is complete and on sale: it has a producer, packs and a date."""
    variants = list(product.variants.all())
    lowest = min(variants, key=lambda variant: variant.price_fen)
    return ListingFacts(
        county_code=county.code,
        county_name=county.name,
        county_slug=county.slug,
        product_id=product.pk,
        title=product.name,
        summary=product.summary,
        description=product.description,
        producer_name=product.producer.name if product.producer else "",
        place=product.place,
        category=product.category,
        price_fen=lowest.price_fen,
        unit=pack_of(lowest),
        price_per_500g_fen=lowest.per_500_grams_fen,
        in_stock=any(variant.stock for variant in variants),
        picture=picture(product),
        badges=_badges(product, county.code),
        season=product.season,
        published_at=product.published_at or clock.now(),
    )


def pack_of(variant: Variant) -> str:
    """ "2.5 kg" or "袋": what stands behind the price."""
    return variant.name or variant.unit


def _badges(product: Product, county_code: str) -> list[dict[str, str]]:
    brand = brands.mark_of(county_code, product.producer_id, product.category)
    return [{"kind": "brand", "name": brand.name, "mark": brand.mark}] if brand else []
