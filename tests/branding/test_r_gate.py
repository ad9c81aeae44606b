"""The shop windows follow a certificate: the announcement republishes a producer's listings and no others."""

import pytest

from tests.catalog import goods

pytestmark = pytest.mark.django_db


def test_a_withdrawn_product_stays_withdrawn_when_its_brand_changes(wuchang, village, manager):
    from catalog.models import Product
    from catalog.services import withdraw_product
    from kernel import outbox
    from search.models import Listing
    from tenants.scope import county_scope

    kept = goods.finished(wuchang, village, by=manager)
    goods.publish(wuchang, goods.hand_in(wuchang, kept, by=manager), by=manager)
    with county_scope(wuchang):
        product = Product.objects.get(pk=kept.pk)
        withdraw_product(product, by=manager, note="卖完了")
    outbox.announce("brand.changed", {"producer_id": product.producer_id}, county=wuchang.code)
    while outbox.relay_once():
        pass
    assert not Listing.objects.filter(county_code=wuchang.code, product_id=product.pk).exists()
