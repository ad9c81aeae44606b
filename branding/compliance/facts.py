"""What somebody says about a package before it is checked. Lengths mm, weights g, money fen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

PHYSICAL_CM3 = 1000  # mm³


class Processing(TextChoices):
    FRESH = "fresh", _("鲜的，没加工")
    FROZEN = "frozen", _("只是冻上")
    SIMPLE = "simple", _("晒干、清洗、剥壳、切开、分级，没加别的")
    MADE = "made", _("煮、炒、腌、发酵、榨、磨，或加了别的东西")


@dataclass(frozen=True)
class Layer:
    """One shell around the goods, from the inside to the outside.

    ``wraps`` is whether it encloses them wholly: a half tray is no layer, a net or a drawer is one.
    ``cost_fen`` is None where nobody wrote it, which is not the same as nothing.
    """

    name: str
    length_mm: Decimal
    width_mm: Decimal
    height_mm: Decimal
    cost_fen: int | None = None
    touches_food: bool = False
    wraps: bool = True

    @property
    def volume_cm3(self) -> Decimal:
        return self.length_mm * self.width_mm * self.height_mm / PHYSICAL_CM3

    @property
    def largest_face_cm2(self) -> Decimal:
        longest, next_longest, _shortest = sorted((self.length_mm, self.width_mm, self.height_mm), reverse=True)
        return longest * next_longest / 100


@dataclass(frozen=True)
class Content:
    """Pieces of one kind. ``kind`` is a row of space_factors; ``factor`` what somebody read there themselves."""

    name: str
    grams: Decimal
    pieces: int = 1
    kind: str = ""
    factor: Decimal | None = None

    @property
    def total_grams(self) -> Decimal:
        return self.grams * self.pieces


@dataclass(frozen=True)
class Mark:
    """What stands behind the brand on the package, and what the gate lets stand there."""

    name: str = ""
    printed: str = ""
    allowed: str = ""


@dataclass(frozen=True)
class PackageFacts:
    """``label`` is item → the words as they will be printed; ``words`` is everything else on the package.

    ``sold_grams`` is the net content of the pack on sale that it is made for, None where nobody knows it.
    ``needed_cm3`` is the room the goods themselves need, measured, for fresh produce.
    """

    category: str
    processing: str
    contents: tuple[Content, ...]
    layers: tuple[Layer, ...]
    price_fen: int
    label: Mapping[str, str] = field(default_factory=dict)
    words: str = ""
    mark: Mark = field(default_factory=Mark)
    allergens: bool = False
    graded: bool = False
    shelf_life_months: int | None = None
    undated: bool = False
    nutrition: frozenset[str] = frozenset()
    nutrition_exempt: str = ""
    needed_cm3: Decimal | None = None
    dear_fruit: bool = False
    run: int | None = None
    used_a_month: int | None = None
    sold_grams: Decimal | None = None

    @property
    def net_grams(self) -> Decimal:
        return sum((one.total_grams for one in self.contents), Decimal(0))

    @property
    def wrapping(self) -> tuple[Layer, ...]:
        return tuple(one for one in self.layers if one.wraps)

    @property
    def outermost(self) -> Layer | None:
        """The largest, in whatever order they were typed: the last typed would let a carton go as a bag."""
        return max(self.wrapping, key=lambda one: one.volume_cm3, default=None)

    @property
    def shrinks_outwards(self) -> Layer | None:
        """The first layer that is smaller than the one it should hold: the order or a size is wrong."""
        steps = zip(self.wrapping, self.wrapping[1:], strict=False)
        return next((outer for inner, outer in steps if outer.volume_cm3 < inner.volume_cm3), None)
