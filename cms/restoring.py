"""A county came back from a backup: its stories' cards follow, and who withdrew a consent stays withdrawn."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import EndorsedProduct
from catalog.models import Product
from cms import cards, consents
from cms.models import Consent, StoryPage
from kernel.models import AuditEntry
from search import selectors as window
from search import services as search
from tenants.backups import county_restored, look_for_dangling
from tenants.models import County
from tenants.scope import county_scope


def listen() -> None:
    county_restored.connect(_follow, dispatch_uid="cms.restored")
    look_for_dangling(_lost)


def _follow(sender: type, county: County, made_at: datetime, **kwargs: Any) -> None:
    live = list(StoryPage.objects.live().order_by("pk"))
    for page_id in window.carded_pages(county.code) - {page.pk for page in live}:
        search.withdraw_story(county.code, page_id)
    for page in live:
        cards.show(page)
    _withdraw_again(county, made_at)


def _withdraw_again(county: County, made_at: datetime) -> None:
    """The file is from before they said no; the province's trail, which is never rolled back, knows it."""
    since = AuditEntry.objects.filter(county_code=county.code, action="consent.withdraw", at__gte=made_at)
    numbers = {int(number) for number in since.values_list("object_id", flat=True) if number.isdecimal()}
    for consent in Consent.objects.filter(pk__in=numbers, withdrawn_at__isnull=True):
        consents.withdraw_consent(consent, by=None, why=_("恢复备份以前本人已经撤回"))


def _lost(county: County) -> list[str]:
    with county_scope(county):
        products = set(Product.objects.values_list("pk", flat=True))
    said = EndorsedProduct.objects.filter(endorsement__county_code=county.code)
    return [
        _("代言的产品“%(name)s”不在了") % {"name": one.title}
        for one in said.order_by("pk")
        if one.product_id not in products
    ]
