"""Questions about endorsements."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.roles import may
from campaigns.entries import APPROVE, END, SEE_ALL, WRITE
from campaigns.models import Endorsement
from campaigns.states import EDITABLE, EndorsementState
from catalog import rules as catalog
from catalog.models import Product
from catalog.states import ProductState
from kernel import clock, papers
from search import selectors as search

LETTER = "endorsement.letter"
LONGEST_DAYS = 730  # 第一书记任期一般不少于两年; a word given for longer outlives the office


def endorsements_of(user: Any, county_code: str) -> QuerySet[Endorsement]:
    """What this person may see of a county: the office all of it, a team member their own."""
    found = Endorsement.objects.filter(county_code=county_code).select_related("endorser")
    if not may(user, SEE_ALL, county_code):
        found = found.filter(created_by=user)
    return found


def can_edit(user: Any, endorsement: Endorsement) -> bool:
    return endorsement.state in EDITABLE and may(user, WRITE, endorsement.county_code)


def can_approve(user: Any, endorsement: Endorsement) -> bool:
    return endorsement.state == EndorsementState.SUBMITTED and may(user, APPROVE, endorsement.county_code)


def can_end(user: Any, endorsement: Endorsement) -> bool:
    return endorsement.state == EndorsementState.STANDING and may(user, END, endorsement.county_code)


def letter_of(endorsement: Endorsement) -> Any:
    """The newest appointment letter of the person, or None."""
    obj = ("endorser", str(endorsement.endorser_id))
    return papers.of(obj, county=endorsement.county_code).filter(kind=LETTER).last()


def missing(endorsement: Endorsement) -> dict[str, str]:
    """What stands between a draft and the wall, as field → sentence."""
    today, endorser = clock.today(), endorsement.endorser
    wanted = set(endorsement.products.values_list("product_id", flat=True))
    on_sale = {one.product_id for one in search.listings_of(endorsement.county_code, wanted)}
    checks = {
        "statement": (endorsement.statement.strip(), _("写一句代言的话。")),
        "products": (wanted, _("至少选一件产品。")),
        "gone": (wanted == on_sale, _("选的产品里有已经下架的，去掉它。")),
        "letter": (letter_of(endorsement), _("传上任职文件的照片或扫描件。")),
        "unpaid": (endorsement.unpaid, _("要本人确认不取报酬。")),
        "term": (
            endorser.term_from <= endorsement.starts_on and endorsement.ends_on <= endorser.term_until,
            _("代言要在任期之内，起止日期对一下任职文件。"),
        ),
        "over": (endorsement.last_day >= today, _("截止日期已经过了，改一个往后的日子。")),
        "length": ((endorsement.ends_on - endorsement.starts_on).days <= LONGEST_DAYS, _("一次代言最长两年。")),
    }
    return {name: sentence for name, (there, sentence) in checks.items() if not there}


def goods_to_choose(user: Any, county_code: str) -> QuerySet[Product]:
    """What is on sale in the county we are in; a team member chooses among their own villages' goods."""
    if may(user, SEE_ALL, county_code):
        return Product.objects.filter(state=ProductState.PUBLISHED).order_by("name", "pk")
    return catalog.products_of(user, county_code).filter(state=ProductState.PUBLISHED).order_by("name", "pk")
