"""A county came back from a backup: the province's window follows, and what points at nothing is named."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from branding.models import Brand, PackageRequest
from catalog.listing import facts_of
from catalog.models import Producer, Product
from catalog.states import ProductState
from kernel.models import InboxItem
from search import selectors as window
from search import services as search
from tenants.backups import county_restored, look_for_dangling
from tenants.models import County
from tenants.scope import county_scope


def listen() -> None:
    county_restored.connect(_list_anew, dispatch_uid="catalog.restored")
    look_for_dangling(_lost)


def _list_anew(sender: type, county: County, made_at: datetime, **kwargs: Any) -> None:
    on_sale = list(Product.objects.filter(state=ProductState.PUBLISHED).order_by("pk"))
    for product_id in window.listed_products(county.code) - {product.pk for product in on_sale}:
        search.withdraw_listing(county.code, product_id)
    search.publish_many(facts_of(product, county) for product in on_sale)


def _lost(county: County) -> list[str]:
    with county_scope(county):
        producers = set(Producer.objects.values_list("pk", flat=True))
        products = set(Product.objects.values_list("pk", flat=True))
    brands = Brand.objects.filter(county_code=county.code).exclude(producer_id=None).exclude(producer_id__in=producers)
    packages = PackageRequest.objects.filter(county_code=county.code).exclude(product_id__in=products)
    items = InboxItem.objects.filter(county_code=county.code, object_kind="product", done_at__isnull=True)
    return [
        *(_("品牌“%(name)s”（%(id)s 号）的生产者不在了") % {"name": one, "id": one.pk} for one in brands),
        *(_("包装需求“%(name)s”（%(id)s 号）的产品不在了") % {"name": one, "id": one.pk} for one in packages),
        *(
            _("待办“%(name)s”的产品不在了") % {"name": one.title}
            for one in items
            if not one.object_id.isdecimal() or int(one.object_id) not in products
        ),
    ]
