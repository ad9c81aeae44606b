"""What branding needs of a county's goods. The room that keeps them registers itself at start."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class ProducerFacts:
    id: int
    name: str
    kind: str
    place: str
    village_id: int | None = None


@dataclass(frozen=True)
class PackFacts:
    """One pack (SKU): net content in grams where it is weighed, price in fen."""

    id: int
    name: str
    unit: str
    net_grams: int | None
    price_fen: int


@dataclass(frozen=True)
class ProductFacts:
    """A product as a brand case and a package need it; ``variants`` are the packs' names."""

    id: int
    name: str
    category: str
    state: str
    producer_id: int | None
    producer_name: str
    place: str
    variants: tuple[str, ...]
    village_id: int | None = None
    farm_produce: bool = True
    packs: tuple[PackFacts, ...] = ()


class CountyGoods(Protocol):
    def producers(self, county_code: str) -> Sequence[ProducerFacts]:
        """The county's producers by name; raises CountyGone for a county that is not served."""

    def product(self, county_code: str, product_id: int) -> ProductFacts | None:
        """One product's facts, None where the county has no such product."""

    def held_product(self, county_code: str, product_id: int) -> ProductFacts | None:
        """The same inside a transaction, until whose end nobody throws it away or hands it in."""

    def accounts_of(self, county_code: str, producer_id: int | None) -> set[int]:
        """The persons the county has written down as of this producer's house: they may sign as the owner."""

    def set_package_picture(self, county_code: str, product_id: int, picture: Any, *, by: Any) -> None:
        """Show this file first on the product's page."""


class GoodsMissing(LookupError):
    """No room has registered a county's goods."""


_registered: list[CountyGoods] = []


def register(goods: CountyGoods) -> None:
    _registered[:] = [goods]


def goods() -> CountyGoods:
    if not _registered:
        raise GoodsMissing("no room has registered a county's goods")
    return _registered[0]
