"""Brand cases as the desks list them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from branding.models import Brand
from branding.services import clocks
from branding.services.clocks import VILLAGE
from branding.states import BrandState
from kernel import clock
from kernel.models import Deadline
from tenants.models import County

OVER = frozenset({BrandState.REGISTERED, BrandState.RENEWED, BrandState.WITHDRAWN, BrandState.LAPSED})


@dataclass(frozen=True)
class Row:
    """A case on a list: the clock that ends first, and the county's name."""

    brand: Brand
    county: str
    clock: Deadline | None

    @property
    def due(self) -> date | None:
        return self.clock.due if self.clock else None

    @property
    def is_late(self) -> bool:
        return bool(self.clock and self.clock.is_late)


def open_cases() -> QuerySet[Brand]:
    """What is on its way: handed in once, not yet registered or ended."""
    drafts = Q(state=BrandState.IDEA, submitted_at__isnull=True)
    return Brand.objects.exclude(state__in=OVER).exclude(drafts)


def found(cases: QuerySet[Brand], *, state: str = "", county: str = "", text: str = "") -> QuerySet[Brand]:
    """Filtered as the list's fields say: ``state`` also takes returned, open and over."""
    if state == "open":
        cases = cases.exclude(state__in=OVER)
    elif state == "over":
        cases = cases.filter(state__in=OVER)
    elif state == "returned":
        cases = cases.filter(returned_at__isnull=False, submitted_at__isnull=True)
    elif state == "handed_in":
        cases = cases.filter(state__in=(BrandState.IDEA, BrandState.CHECKED), submitted_at__isnull=False)
    elif state:
        cases = cases.filter(state=state)
    if county:
        cases = cases.filter(county_code=county)
    if text:
        said = Q(name__icontains=text) | Q(owner_name__icontains=text) | Q(producer_name__icontains=text)
        number = text.upper().rsplit("-", 1)[-1]
        cases = (
            cases.filter(said | Q(pk=int(number))) if number.isdecimal() and len(number) < 10 else cases.filter(said)
        )
    return cases


def rows(cases: Iterable[Brand], *, late_only: bool = False) -> list[Row]:
    """The cases by due date, those without a clock last: three queries for all."""
    listed = list(cases)
    first = _first_clocks(listed)
    names = dict(County.objects.values_list("code", "name"))
    made = [Row(brand, names.get(brand.county_code, brand.county_code), first.get(str(brand.pk))) for brand in listed]
    if late_only:
        made = [row for row in made if row.is_late]
    return sorted(made, key=lambda row: (row.due is None, row.due or date.max, row.brand.pk))


def _first_clocks(listed: list[Brand]) -> dict[str, Deadline]:
    """Case id → its running clock that ends first; the grace and the use of a registered mark come last."""
    running = Deadline.objects.filter(
        object_kind="brand", object_id__in=[str(brand.pk) for brand in listed], stopped_at__isnull=True
    )
    first: dict[str, Deadline] = {}
    for one in sorted(running, key=lambda one: one.due):
        first.setdefault(one.object_id, one)
    return first


def late_count() -> int:
    return Deadline.objects.filter(object_kind="brand", stopped_at__isnull=True, due__lt=clock.today()).count()


def waits_for_village(one: Deadline) -> bool:
    return one.code in clocks.SPANS and clocks.SPANS[one.code].owner == VILLAGE
