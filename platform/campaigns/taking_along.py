"""Endorsements of a county, for those who take everything along; and what they say of a person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.rights.bundle import Bundle, table
from accounts.rights.county import Part, add_part
from accounts.rights.holdings import GONE, Holding, Rows, Trace, add_holding, traces_of
from campaigns.models import Endorsement, EndorsementMove
from tenants.models import County

TRACES = (
    Trace(Endorsement, "created_by", "写", lambda row: row, "saved_at"),
    Trace(EndorsementMove, "by", lambda row: row.to_state, lambda row: row.subject, "at", "note"),
)


def register() -> None:
    """Called once at start."""
    add_part(Part(70, "07-代言", gettext_noop("代言的人、话、期限和所代言的产品"), _write))
    add_holding(Holding("words", 220, _("代言"), _("您写的、您审的代言，和步骤上的姓名"), _rows, _erase))


def _write(place: County, bundle: Bundle, folder: str) -> None:
    found = Endorsement.objects.filter(county_code=place.code).select_related("endorser").prefetch_related("products")
    rows = [
        {
            "谁": one.endorser.name,
            "话": one.statement,
            "状态": one.get_state_display(),
            "从": one.starts_on,
            "到": one.last_day,
            "产品": [product.title for product in one.products.all()],
        }
        for one in found.order_by("pk")
    ]
    bundle.add_json(f"{folder}/代言.json", rows)
    bundle.add_page(f"{folder}/代言.html", f"{place.name}：代言", table(rows))


def _rows(user: User) -> Rows:
    return traces_of(user, TRACES, "代言")


def _erase(user: User) -> None:
    EndorsementMove.objects.filter(by=user).update(by_name=GONE)
