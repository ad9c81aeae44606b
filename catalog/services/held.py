"""The product that an act is about: its county, its row held, and what waits for somebody because of it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.errors import Locked, ThrownAway
from catalog.models import Product
from catalog.states import EDITABLE
from kernel import inbox
from kernel.errors import CountyGone
from tenants.models import County
from tenants.scope import current_county

REVIEW = "product.review"
MEND = "product.mend"
TEAM_HAS_IT = "product.taken_back"
inbox.add_kind(REVIEW, gettext_lazy("产品待审"))
inbox.add_kind(MEND, gettext_lazy("产品退回，要改"))
inbox.add_outcome(TEAM_HAS_IT, gettext_lazy("工作队拿回去改了"))


def locked(product: Product) -> Product:
    """The row as it stands, locked: what a caller holds may be older. Raises ThrownAway where it is gone."""
    row: Product | None = product._locked().filter(pk=product.pk).first()
    if row is None:
        raise ThrownAway(_("这件产品已经扔掉了，可能是同村的队员刚扔的。"))
    return row


def locked_draft(product: Product) -> Product:
    """The same, held against a hand-in meanwhile. Raises Locked outside the states in which one may write."""
    row = locked(product)
    if row.state not in EDITABLE:
        raise Locked(_("这件产品已经交上去了，等县里看完再改。"), state=row.state)
    return row


def close_items(product: Product, *, by: Any, county: str, outcome: str = "") -> None:
    """Nobody has anything to do about it any more."""
    for kind in (REVIEW, MEND):
        inbox.close_item(kind, obj=name_of(product), by=by, county=county, outcome=outcome)


def county_here() -> County:
    county = current_county()
    if county is None:
        raise CountyGone("goods are only touched inside a county")
    return county


def name_of(product: Product) -> tuple[str, str]:
    return ("product", str(product.pk))
