"""A county's goods as branding sees them."""

from typing import Any

from django.db.models import QuerySet

from branding.ports import PackFacts, ProducerFacts, ProductFacts
from catalog.models import Producer, ProducerAccount, Product
from tenants.scope import scope_of


class CatalogGoods:
    """Implements ``branding.ports.CountyGoods`` in the county's schema."""

    def producers(self, county_code: str) -> list[ProducerFacts]:
        with scope_of(county_code):
            return [
                ProducerFacts(producer.pk, producer.name, producer.kind, producer.place, producer.village_id)
                for producer in Producer.objects.all()
            ]

    def product(self, county_code: str, product_id: int) -> ProductFacts | None:
        return self._found(Product.objects.all(), county_code, product_id)

    def held_product(self, county_code: str, product_id: int) -> ProductFacts | None:
        return self._found(Product.objects.select_for_update(of=("self",)), county_code, product_id)

    def _found(self, products: QuerySet[Product], county_code: str, product_id: int) -> ProductFacts | None:
        with scope_of(county_code):
            product = products.select_related("producer").filter(pk=product_id, revises=None).first()
            return _facts(product) if product else None

    def accounts_of(self, county_code: str, producer_id: int | None) -> set[int]:
        with scope_of(county_code):
            return set(ProducerAccount.objects.filter(producer=producer_id).values_list("user_id", flat=True))

    def set_package_picture(self, county_code: str, product_id: int, picture: Any, *, by: Any) -> None:
        from catalog.services import put_package_picture

        with scope_of(county_code):
            put_package_picture(Product.objects.get(pk=product_id), picture, by=by)


def _facts(product: Product) -> ProductFacts:
    return ProductFacts(
        id=product.pk,
        name=product.name,
        category=product.category,
        state=product.state,
        producer_id=product.producer_id,
        producer_name=product.producer.name if product.producer else "",
        place=product.place,
        variants=tuple(variant.name for variant in product.variants.all()),
        village_id=product.village_id,
        farm_produce=product.farm_produce,
        packs=tuple(
            PackFacts(variant.pk, variant.name, variant.unit, variant.net_grams, variant.price_fen)
            for variant in product.variants.all()
        ),
    )
