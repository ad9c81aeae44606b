"""A producer's brand has changed: the marks beside its goods in the search follow."""

from typing import Any

from catalog.listing import facts_of
from catalog.models import Product
from catalog.states import ProductState
from kernel import outbox
from search import services as search
from tenants.scope import current_county


@outbox.handles("brand.changed")
def republish(payload: dict[str, Any], county_code: str) -> None:
    """Write the producer's listings anew; each row is locked, so a withdrawal meanwhile stays one."""
    county = current_county()
    mine = Product.objects.filter(producer_id=payload["producer_id"], state=ProductState.PUBLISHED)
    for product in mine.select_for_update(of=("self",)).order_by("pk"):
        search.publish_listing(facts_of(product, county))
