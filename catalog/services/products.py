from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.roles import COUNTY_MANAGER, WORK_TEAM
from catalog import listing, rules, second_look, signals
from catalog.errors import (
    ChangedMeanwhile,
    ClaimsUnanswered,
    Decided,
    HealingClaimed,
    Locked,
    NameTaken,
    PhoneNotAgreed,
    Unfinished,
)
from catalog.models import Producer, Product, Variant
from catalog.services import revising
from catalog.services.held import MEND, REVIEW, TEAM_HAS_IT, county_here, locked, locked_draft, name_of
from catalog.states import TAKEN_BACK, ProductState
from kernel import audit, clock, inbox
from kernel.errors import NoteMissing
from kernel.sentences import is_said, together
from search import services as search
from tenants.models import County, Village


@dataclass(frozen=True)
class Pack:
    """One pack as typed: price in fen, net content in grams or None, stock in packs."""

    name: str
    unit: str
    price_fen: int
    net_grams: int | None = None
    stock: int = 0


@transaction.atomic
def create_draft(*, by: Any, name: str, **facts: Any) -> Product:
    product = Product(name=name.strip(), created_by=by, saved_at=clock.now())
    _apply(product, facts)
    product.save()
    return product


@transaction.atomic
def save_draft(product: Product, *, by: Any, **facts: Any) -> Product:
    """Keep what was typed, complete or not; what is in review or on sale is locked."""
    product = locked_draft(product)
    _apply(product, facts)
    product.saved_at = clock.now()
    product.save()
    return product


@transaction.atomic
def save_variants(product: Product, packs: Iterable[Pack], *, by: Any) -> list[Variant]:
    """Make the product's packs exactly these, in this order."""
    product = locked_draft(product)
    packs = list(packs)
    product.variants.exclude(name__in=[pack.name for pack in packs]).delete()
    for order, pack in enumerate(packs):
        Variant.objects.update_or_create(
            product=product,
            name=pack.name,
            defaults={
                "unit": pack.unit,
                "price_fen": pack.price_fen,
                "net_grams": pack.net_grams,
                "stock": pack.stock,
                "order": order,
            },
        )
    product.saved_at = clock.now()
    product.save(update_fields=["saved_at"])
    return list(product.variants.all())


@transaction.atomic
def set_stock(product: Product, stocks: Mapping[int, int], *, by: Any) -> Product:
    """How many there are of each pack, by the variant's number, while it is on sale: shown and found at once.

    Nothing that the county passed is touched. Raises Locked where it is not on sale; a pack of other goods is ignored.
    """
    county, row = county_here(), locked(product)
    if row.state != ProductState.PUBLISHED:
        raise Locked(_("它现在不在卖，库存在“规格和价钱”那一步改。"), state=row.state)
    changed = {}
    for variant in row.variants.all():
        many = stocks.get(variant.pk, variant.stock)
        if many != variant.stock:
            changed[variant.name] = [variant.stock, many]
            variant.stock = many
            variant.save(update_fields=["stock"])
            revising.count_too(row, variant)
    if changed:
        search.publish_listing(listing.facts_of(row, county))
        audit.record(
            "product.stock", by=by, county=county.code, obj=name_of(product), title=product.name, packs=changed
        )
    return row


@transaction.atomic
def submit_product(product: Product, *, by: Any) -> Product:
    """Hand a finished product in to the county office. Raises Unfinished, HealingClaimed."""
    county, row = county_here(), locked(product)
    _must_be_whole(row)
    _must_not_heal(row)
    product.move(ProductState.SUBMITTED, by=by, submitted_at=clock.now(), remarks={}, returned_at=None)
    inbox.close_item(MEND, obj=name_of(product), by=by, county=county.code)
    inbox.open_item(
        REVIEW,
        obj=name_of(product),
        title=product.name,
        county=county.code,
        role=COUNTY_MANAGER,
        url=f"{county.prefix}desk/products/{product.pk}/",
    )
    signals.product_submitted.send(sender=Product, product=product)
    return product


@transaction.atomic
def take_back_product(product: Product, *, by: Any) -> Product:
    """拿回来改: a draft again as long as the county has not decided, with what the county said of it before.

    Raises Decided, ThrownAway.
    """
    county = county_here()
    row = locked(product)
    if row.state == ProductState.PUBLISHED:
        raise Decided(_("县里已经通过，在卖了。要改就请县里先撤下。"), state=row.state)
    if row.state != ProductState.SUBMITTED:
        raise Decided(_("它已经不在县里手上了，现在就能改。"), state=row.state)
    last = second_look.sent_back(row)
    said = {"remarks": last.remarks, "returned_at": last.returned_at} if last else {}
    product.move(ProductState.DRAFT, by=by, note=TAKEN_BACK, **said)
    inbox.close_item(REVIEW, obj=name_of(product), by=by, county=county.code, outcome=TEAM_HAS_IT)
    audit.record("product.take_back", by=by, county=county.code, obj=name_of(product), title=product.name)
    return product


@transaction.atomic
def return_product(product: Product, *, by: Any, note: str, remarks: dict[str, str] | None = None) -> Product:
    """Send back with a note and remarks per field; the team sees them beside the fields."""
    county = county_here()
    remarks = {name: words.strip() for name, words in (remarks or {}).items() if words.strip()}
    if not note.strip() and not remarks:
        raise NoteMissing(_("写一句要改什么，再退回。"))
    product.move(
        ProductState.DRAFT,
        by=by,
        note=note.strip(),
        remarks={**remarks, "note": note.strip()},
        returned_at=clock.now(),
    )
    inbox.close_item(REVIEW, obj=name_of(product), by=by, county=county.code)
    inbox.open_item(
        MEND,
        obj=name_of(product),
        title=product.name,
        county=county.code,
        role=WORK_TEAM,
        person=product.created_by,
        returned_by=by,
        url=f"{county.prefix}desk/products/{product.pk}/edit/",
    )
    audit.record("product.return", by=by, county=county.code, obj=name_of(product), title=product.name)
    return product


@transaction.atomic
def publish_product(product: Product, *, by: Any, seen: datetime | None = None, despite: str = "") -> Product:
    """Put it on the shelf: the province's search has it when this commits. A revision takes the place of what it revises.

    ``seen`` is the hand-in the reviewer read. One that was sent back and handed in anew meanwhile
    is other goods than those that were judged: ChangedMeanwhile. ``despite`` says why words that the
    advertising law forbids may stand here all the same, and is kept; without a sentence: ClaimsUnanswered. What is
    said to heal: HealingClaimed.
    """
    county = county_here()
    on_sale = revising.held_on_sale(product)  # before its revision: so does whoever withdraws it
    row, despite = locked(product), despite.strip()
    if seen and row.state == ProductState.SUBMITTED and row.submitted_at != seen:
        raise ChangedMeanwhile(_("看的这会儿，它退回去改过，又交上来了。再看一遍，再决定。"))
    if row.can_move(ProductState.PUBLISHED):
        _must_be_whole(row)
        _must_not_heal(row)
        if rules.claims(row) and not is_said(despite):
            raise ClaimsUnanswered(_("里面有法律不让用的词。退回去改；这里真能用的，写一整句为什么，再发布。"))
    told: dict[str, Any] = {"despite": despite} if despite else {}
    asked = name_of(product)
    if on_sale and row.can_move(ProductState.PUBLISHED):
        product.move(ProductState.ENDED, by=by, note=despite)
        told["revised"] = revising.carry_over(row, on_sale)
        product = row = on_sale
    else:
        product.move(ProductState.PUBLISHED, by=by, note=despite, published_at=clock.now())
        row.published_at = product.published_at
    search.publish_listing(listing.facts_of(row, county))
    inbox.close_item(REVIEW, obj=asked, by=by, county=county.code)
    audit.record("product.publish", by=by, county=county.code, obj=name_of(product), title=product.name, **told)
    signals.product_published.send(sender=Product, product=product)
    return product


@transaction.atomic
def withdraw_product(product: Product, *, by: Any, note: str) -> Product:
    county = county_here()
    if not note.strip():
        raise NoteMissing(_("写一句为什么撤下。"))
    product.move(ProductState.WITHDRAWN, by=by, note=note.strip())
    revising.bring_along(product, by=by)
    search.withdraw_listing(county.code, product.pk)
    audit.record("product.withdraw", by=by, county=county.code, obj=name_of(product), title=product.name)
    signals.product_withdrawn.send(sender=Product, product=product)
    return product


@transaction.atomic
def save_producer(producer: Producer, *, by: Any, phone_agreed: bool = False) -> Producer:
    """A producer's public card; its goods' listings follow.

    ``phone_agreed``: its owner was asked and agreed that the phone is published (PIPL §13, §25). Raises
    ``PhoneNotAgreed`` where a phone is new and nobody was asked.
    """
    county = county_here()
    _keep_the_word(producer, by, phone_agreed)
    if producer.village_id:
        producer.place = place_of(producer.village_id, county)
    _save_once(producer)
    for product in producer.products.filter(state=ProductState.PUBLISHED):
        search.publish_listing(listing.facts_of(product, county))
    audit.record("producer.save", by=by, county=county.code, obj=("producer", str(producer.pk)), title=producer.name)
    return producer


def _keep_the_word(producer: Producer, by: Any, phone_agreed: bool) -> None:
    kept = Producer.objects.select_for_update().filter(pk=producer.pk).first()
    if not producer.business_phone:
        producer.phone_agreed_at = producer.phone_agreed_by = None
        return
    same = kept if kept and kept.business_phone == producer.business_phone else None
    if same and (same.phone_agreed_at or not phone_agreed):
        producer.phone_agreed_at, producer.phone_agreed_by = same.phone_agreed_at, same.phone_agreed_by
    elif phone_agreed:
        producer.phone_agreed_at, producer.phone_agreed_by = clock.now(), by
    else:
        raise PhoneNotAgreed(_("这个电话要登在网上，先问过本人，再打上勾。"))


def _save_once(producer: Producer) -> None:
    """A second press, or a colleague with the same name, is told so: the form looked before either was there."""
    try:
        with transaction.atomic():
            producer.save()
    except IntegrityError as twice:
        raise NameTaken(_("已经有“%(name)s”了，用那一家，或者换个名称。") % {"name": producer.name}) from twice


def place_of(village_id: int, county: County) -> str:
    """ "三岔口镇东星村"; the village must be this county's."""
    village = Village.objects.select_related("township").filter(pk=village_id, county_code=county.code).first()
    if village is None:
        raise Unfinished(_("这个村不在本县，请重新选。"), village=village_id)
    return str(village)


def _apply(product: Product, facts: dict[str, Any]) -> None:
    unknown = facts.keys() - revising.WRITTEN
    if unknown:
        raise TypeError(f"not a draft's fields: {sorted(unknown)}")
    for name, value in facts.items():
        setattr(product, name, value)
    if facts.get("village_id"):
        product.place = place_of(facts["village_id"], county_here())


def _must_be_whole(product: Product) -> None:
    lacks = rules.missing(product)
    if lacks:
        raise Unfinished(together([_("还差几样："), *lacks.values()]), missing=lacks)


def _must_not_heal(product: Product) -> None:
    found = rules.heals(product)
    if found:
        raise HealingClaimed(together([found.why, _("写什么理由都不能发布。删掉它，只说这是什么、怎么吃。")]))
