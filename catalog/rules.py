"""Questions about goods."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.roles import WORK_TEAM, may, memberships
from branding.compliance.claims import NEVER, forbidden_anywhere
from branding.compliance.report import Finding, Verdict
from catalog.entries import PUBLISH, SUBMIT, WRITE, WRITE_ANY
from catalog.models import Producer, Product
from catalog.states import EDITABLE, ProductState
from kernel import clock
from tenants.models import County, Village
from tenants.scope import county_scope


def villages_of(user: Any, county_code: str) -> set[int] | None:
    """The villages a work-team member serves; None means that all of the county are theirs."""
    if may(user, WRITE_ANY, county_code):
        return None
    seats = [seat for seat in memberships(user) if seat.county_code == county_code and seat.role == WORK_TEAM]
    return {village.pk for seat in seats for village in seat.villages.all()}


def places_of(county_code: str, ids: set[str]) -> dict[str, tuple[int | None, int | None]]:
    """Where products lie, for the list of those who may open them."""
    county = County.objects.filter(code=county_code).first()
    if county is None:
        return {}
    with county_scope(county):
        found = list(Product.objects.filter(pk__in=ids).values_list("pk", "village_id", "created_by_id"))
    return {str(pk): (village, by) for pk, village, by in found}


def villages_to_write(user: Any, county_code: str) -> QuerySet[Village]:
    """The villages this person may choose; a team without villages yet chooses among all."""
    mine = villages_of(user, county_code)
    found = Village.objects.filter(county_code=county_code).select_related("township")
    return (found.filter(pk__in=mine) if mine else found).order_by("township__name", "name")


def may_add_villages(user: Any, county_code: str) -> bool:
    return not villages_of(user, county_code)


def producers_to_write(user: Any, county_code: str) -> QuerySet[Producer]:
    """The producers this person may name and change: a team those of its villages."""
    mine = villages_of(user, county_code)
    return Producer.objects.filter(village_id__in=mine) if mine else Producer.objects.all()


def can_edit(user: Any, product: Product, county_code: str) -> bool:
    """May this person write this product now? A team only its own villages' and its own drafts."""
    if product.state not in EDITABLE or not may(user, WRITE, county_code):
        return False
    return is_theirs(user, product, county_code)


def is_theirs(user: Any, product: Product, county_code: str) -> bool:
    villages = villages_of(user, county_code)
    return villages is None or product.created_by_id == user.pk or product.village_id in villages


def products_of(user: Any, county_code: str) -> QuerySet[Product]:
    """A person's own list: what they wrote, and what comes from their villages."""
    mine = villages_of(user, county_code) or set()
    found = Product.objects.filter(Q(created_by=user) | Q(village_id__in=mine)).exclude(state=ProductState.ENDED)
    return found.select_related("producer").prefetch_related("variants", "photos")


def can_review(user: Any, product: Product, county_code: str) -> bool:
    return product.state == ProductState.SUBMITTED and may(user, PUBLISH, county_code)


def can_take_back(user: Any, product: Product, county_code: str) -> bool:
    """As long as the county has not decided, whoever may hand it in may have it back."""
    return (
        product.state == ProductState.SUBMITTED
        and may(user, SUBMIT, county_code)
        and is_theirs(user, product, county_code)
    )


def can_set_stock(user: Any, product: Product, county_code: str) -> bool:
    """Whoever writes the product counts what is there, also while it is on sale."""
    on_sale = product.state == ProductState.PUBLISHED
    return on_sale and may(user, WRITE, county_code) and is_theirs(user, product, county_code)


def can_revise(user: Any, product: Product, county_code: str) -> bool:
    """Whoever writes the product may ask for a change of it while it is on sale."""
    return can_set_stock(user, product, county_code) and may(user, SUBMIT, county_code)


def was_never_handed_in(product: Product) -> bool:
    """A draft nobody but its writers has seen."""
    return product.state == ProductState.DRAFT and product.submitted_at is None


def can_be_thrown_away(product: Product) -> bool:
    """Only what the county has never seen; a revision in its writers' hands at any time, for the product stays."""
    is_revision = product.revises_id is not None and product.state == ProductState.DRAFT
    return is_revision or was_never_handed_in(product)


def claims(product: Product, typed: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Words of its page that the law forbids of any goods, each with the field it stands in.

    Said to whoever writes and whoever passes it. ``typed`` (field: words) stands on the screen and is not kept yet.
    """
    packs = "\n".join(pack.name for pack in product.variants.all()) if product.pk else ""
    written = {name: getattr(product, name) for name in ("name", "summary", "description")}
    written |= {"food": f"{product.ingredients}\n{product.shelf_life}\n{product.storage}", "variants": packs}
    written |= typed or {}
    return tuple(
        replace(finding, field=name)
        for name, words in written.items()
        for finding in forbidden_anywhere(words, clock.today())
    )


def heals(product: Product) -> Finding | None:
    """The first of its claims that nobody may pass, whatever they write."""
    return next((one for one in claims(product) if one.code in NEVER and one.verdict == Verdict.FAIL), None)


def missing(product: Product) -> dict[str, str]:
    """What a product lacks before it can be handed in: field → what to do."""
    lacks = {
        "name": "" if product.name.strip() else _("写上产品名，例如 秋木耳，小碗耳。"),
        "category": "" if product.category else _("选一个品类。"),
        "description": "" if len(product.description.strip()) >= 10 else _("用两三句话说说它，至少 10 个字。"),
        "producer": "" if product.producer_id else _("选是谁种的、谁做的。"),
        "place": "" if product.place else _("选产自哪个村。"),
        "variants": "" if product.pk and product.variants.exists() else _("至少写一个规格和价钱。"),
    }
    return {name: words for name, words in lacks.items() if words}
