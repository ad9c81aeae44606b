"""What a product's page needs, made from the catalogue's rows: the chosen pack, the pictures, the months."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalog import pictures as goods_pictures
from catalog.models import Product, Variant


@dataclass(frozen=True)
class Pack:
    """A variant as a tile; prices in fen."""

    pk: int
    name: str
    unit: str
    price_fen: int
    per_500g_fen: int | None
    in_stock: bool


@dataclass(frozen=True)
class Offer:
    packs: list[Pack]
    chosen: Pack | None


@dataclass(frozen=True)
class Gallery:
    pictures: list[dict[str, Any]]
    number: int

    @property
    def shown(self) -> dict[str, Any]:
        return self.pictures[self.number - 1]


def offer(product: Product, wanted: str) -> Offer:
    """Every pack, and the one the address asks for, else the first that is in stock."""
    packs = [_pack(variant) for variant in product.variants.all()]
    asked = [pack for pack in packs if str(pack.pk) == wanted]
    there = [pack for pack in packs if pack.in_stock]
    return Offer(packs, next(iter([*asked, *there, *packs]), None))


def _pack(variant: Variant) -> Pack:
    return Pack(
        pk=variant.pk,
        name=variant.name,
        unit=variant.unit,
        price_fen=variant.price_fen,
        per_500g_fen=variant.per_500_grams_fen,
        in_stock=variant.stock > 0,
    )


def gallery(product: Product, wanted: str) -> Gallery:
    """The photos in their order, else the drawing; never empty."""
    pictures = goods_pictures.gallery(product)
    number = int(wanted) if wanted.isascii() and wanted.isdigit() else 1
    return Gallery(pictures, number if 1 <= number <= len(pictures) else 1)


def months(season: Sequence[int]) -> str:
    """全年, 9 月到次年 3 月, or 5、9 月, as a person would say them; empty where nothing is known."""
    known = sorted(set(season))
    if not known or len(known) == 12:
        return _("全年") if known else ""
    first, last = _run(known)
    if first == last or (last - first) % 12 < 2:
        return _("%(months)s 月") % {"months": _("、").join(str(month) for month in known)}
    words = _("%(first)s 月到次年 %(last)s 月") if last < first else _("%(first)s 月到 %(last)s 月")
    return words % {"first": first, "last": last}


def _run(known: list[int]) -> tuple[int, int]:
    """The first and the last month of one run around the year, (0, 0) where the months are none."""
    begins = [month for month in known if (month - 2) % 12 + 1 not in known]
    ends = [month for month in known if month % 12 + 1 not in known]
    return (begins[0], ends[0]) if len(begins) == 1 else (0, 0)
