"""What the county wrote when it last sent a product back, and how the product read then."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Producer, Product, Variant
from catalog.states import ProductState
from kernel import money
from search.models import Category


def sent_back(product: Product) -> Any:
    """The product's history row of its last return, with the remarks; None once it was published after that."""
    returned = product.history.filter(state=ProductState.DRAFT, returned_at__isnull=False)
    last = returned.order_by("-returned_at", "history_date", "history_id").first()
    if last is None or (product.published_at and product.published_at > last.returned_at):
        return None
    return last


def packs_then(row: Any) -> list[Any]:
    return list(Variant.history.as_of(row.history_date).filter(product_id=row.id).order_by("order", "id"))


def said_of(row: Any, packs: Iterable[Any]) -> dict[str, str]:
    """Field → what a product, or a row of its history, says there."""
    category = Category.objects.filter(pk=row.category).first()
    producer = Producer.objects.filter(pk=row.producer_id).first()
    return {
        "name": row.name,
        "category": category.title if category else "",
        "summary": row.summary,
        "description": row.description,
        "season": _("、").join(_("%(month)s 月") % {"month": month} for month in row.season),
        "food": "\n".join(food_of(row)),
        "variants": "\n".join(_pack_said(pack) for pack in packs),
        "place": row.place,
        "producer": str(producer or ""),
    }


def food_of(row: Any) -> list[str]:
    """What is said of the food, line by line, each with what it is."""
    said = (
        (_("配料"), row.ingredients),
        (_("保质期"), row.shelf_life),
        (_("怎么存放"), row.storage),
        (_("食品许可证号"), row.licence_number),
    )
    return [_("%(what)s：%(words)s") % {"what": what, "words": words} for what, words in said if words]


def photos_changed(revision: Product) -> str:
    """How many photos of the product the revision leaves out and brings; "" where they are the same."""
    left_out, brought = len(revision.photos_left_out or ()), revision.photos.count()
    if not (left_out or brought):
        return ""
    return _("去掉 %(left_out)s 张，加了 %(brought)s 张") % {"left_out": left_out, "brought": brought}


def _pack_said(pack: Any) -> str:
    return _("，").join((pack.name, f"¥{money.yuan(pack.price_fen)} / {pack.unit}", stock_words(pack)))


def stock_words(pack: Any) -> str:
    """Nought was typed for goods that are not there now, or left by an empty box."""
    if not pack.stock:
        return _("没有库存")
    return _("有 %(stock)s %(unit)s") % {"stock": pack.stock, "unit": pack.unit}
