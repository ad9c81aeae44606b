"""A brand has changed: the marks beside its producer's goods in the search follow, and its name in typing help."""

from typing import Any

from celery import shared_task
from django.db import transaction

from branding import selectors as brands
from catalog.listing import facts_of
from catalog.models import Product
from catalog.states import ProductState
from kernel import outbox
from search import selectors as found
from search import services as search
from tenants.scope import current_county

BRAND, CASE = "brand", "case:"


@outbox.handles("brand.changed")
def follow(payload: dict[str, Any], county_code: str) -> None:
    teach_names(county_code)
    if payload["producer_id"] is not None:
        _republish(current_county(), payload["producer_id"])


def _republish(county: Any, producer_id: int) -> None:
    """Write the producer's listings anew; each row is locked, so a withdrawal meanwhile stays one."""
    mine = Product.objects.filter(producer_id=producer_id, state=ProductState.PUBLISHED)
    for product in mine.select_for_update(of=("self",)).order_by("pk"):
        search.publish_listing(facts_of(product, county))


def teach_names(county_code: str) -> None:
    """Typing help offers the county's marks that are registered today, and none that is not any more.

    Whatever was announced, what is true now is written: an announcement that comes late or twice does no harm.
    """
    wanted = {f"{CASE}{case}": name for case, name in brands.registered_names(county_code).items()}
    known = found.taught_names(BRAND, county_code, beginning=CASE)
    for ref in sorted(known.keys() - wanted.keys()):
        search.forget_name(BRAND, county_code=county_code, ref=ref)
    for ref, name in sorted(wanted.items()):
        if known.get(ref) != name:
            search.learn_name(BRAND, name, county_code=county_code, ref=ref)


@shared_task(name="catalog.teach_brands", ignore_result=True)
def teach_every_county() -> None:
    """Marks registered before their names were taught, and certificates that ended while nothing ran."""
    for code in sorted(brands.counties_with_certificates() | found.counties_taught(BRAND, beginning=CASE)):
        with transaction.atomic():
            teach_names(code)
