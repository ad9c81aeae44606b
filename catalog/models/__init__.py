"""A county's goods. Every table here stands in the county's own schema."""

from catalog.models.goods import Photo, Producer, ProducerAccount, Product, ProductMove, Variant

__all__ = ["Photo", "Producer", "ProducerAccount", "Product", "ProductMove", "Variant"]
