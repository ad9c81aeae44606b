"""改稿: a product on sale is changed beside itself. Until the county has passed it shoppers see what was passed before."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog import rendering
from catalog.errors import Locked
from catalog.models import Photo, Product, Variant
from catalog.selectors import revision_of
from catalog.services.held import close_items, county_here, locked, name_of
from catalog.states import CAME_ALONG, ProductState
from kernel import audit, clock, inbox

WRITTEN = frozenset(
    {
        "name",
        "category",
        "summary",
        "description",
        "producer",
        "village_id",
        "season",
        "farm_produce",
        "ingredients",
        "shelf_life",
        "storage",
        "licence_number",
        "drawing",
        "paper",
        "word",
    }
)
CARRIED = (*sorted(WRITTEN), "place")
PACK = ("unit", "net_grams", "price_fen", "stock", "order")
WITHDRAWN_TOO = "product.came_along"
inbox.add_outcome(WITHDRAWN_TOO, gettext_lazy("产品撤下了，改的留在它的草稿里"))


@transaction.atomic
def begin_revision(product: Product, *, by: Any) -> Product:
    """A draft that says what the product says now, to be changed; the one that is there already, if there is one.

    The product's row is held, so that there is never a second. Raises Locked where the product is not on sale.
    """
    county, row = county_here(), locked(product)
    if row.state != ProductState.PUBLISHED:
        raise Locked(_("它现在不在卖，直接改就行。"), state=row.state)
    begun = revision_of(row)
    if begun:
        return begun
    said = {name: getattr(row, name) for name in CARRIED}
    revision: Product = Product.objects.create(**said, revises=row, created_by=by, saved_at=clock.now())
    for pack in row.variants.all():
        Variant.objects.create(product=revision, name=pack.name, **{name: getattr(pack, name) for name in PACK})
    audit.record("product.revise", by=by, county=county.code, obj=name_of(row), title=row.name)
    return revision


def held_on_sale(product: Product) -> Product | None:
    """The product that this one revises, held."""
    return locked(product.revises) if product.revises else None


def carry_over(revision: Product, product: Product) -> list[str]:
    """The product says what its revision says; both are held. Returns the names of the fields that are other now."""
    changed = [name for name in CARRIED if getattr(product, name) != getattr(revision, name)]
    for name in changed:
        setattr(product, name, getattr(revision, name))
    product.saved_at = clock.now()
    product.save(update_fields=[*changed, "saved_at"])
    changed += ["variants"] * _carry_packs(revision, product) + ["photos"] * _carry_photos(revision, product)
    return changed


def _carry_packs(revision: Product, product: Product) -> bool:
    """By name, so that a pack keeps its number, which its package is bound to."""
    before = _said(product)
    sold = {_name_of(pack): pack for pack in product.variants.all()}
    packs = [(pack, sold.pop(_name_of(pack), Variant(product=product))) for pack in revision.variants.all()]
    for gone in sold.values():
        gone.delete()
    for pack, row in packs:
        for name in ("name", *PACK):
            setattr(row, name, getattr(pack, name))
        row.save()
    return _said(product) != before


def _name_of(pack: Variant) -> str:
    """2.5 kg is the same pack whatever stands between the number and the unit."""
    return "".join(pack.name.split())


def _said(product: Product) -> list[tuple[Any, ...]]:
    return list(product.variants.order_by("order", "pk").values_list("name", *PACK))


def _carry_photos(revision: Product, product: Product) -> bool:
    left_out = list(product.photos.filter(pk__in=revision.photos_left_out or ()))
    for photo in left_out:
        rendering.forget(photo)
        photo.delete()
    last = product.photos.order_by("-order").values_list("order", flat=True).first()
    own = list(revision.photos.all())
    for order, photo in enumerate(own, 0 if last is None else last + 1):
        Photo.objects.filter(pk=photo.pk).update(product=product, order=order)
    return bool(left_out or own)


def count_too(product: Product, pack: Variant) -> None:
    """A new count of what there is holds for the revision too: passed, it would bring back the old one."""
    changing = Variant.objects.filter(product__in=product.revisions.exclude(state=ProductState.ENDED))
    same = [one.pk for one in changing if _name_of(one) == _name_of(pack)]
    changing.filter(pk__in=same).update(stock=pack.stock)


def bring_along(product: Product, *, by: Any) -> None:
    """The product goes from the shelf: what was being changed of it is its draft now, so nothing typed is lost."""
    revision = revision_of(product)
    if revision is None:
        return
    revision = locked(revision)
    carry_over(revision, locked(product))
    close_items(revision, by=by, county=county_here().code, outcome=WITHDRAWN_TOO)
    revision.move(ProductState.ENDED, by=by, note=CAME_ALONG)
