"""Brand cases as the desks list them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Cast

from branding.case_rules import WITH_VILLAGE
from branding.models import Brand
from branding.services import desk
from branding.states import BrandState
from kernel import clock
from kernel.models import Deadline, InboxItem
from tenants.models import County

OVER = frozenset({BrandState.REGISTERED, BrandState.RENEWED, BrandState.WITHDRAWN, BrandState.LAPSED})


@dataclass(frozen=True)
class Row:
    """A case on a list: the clock that ends first, and the county's name."""

    brand: Brand
    county: str
    clock: Deadline | None
    is_late: bool = False

    @property
    def due(self) -> date | None:
        return self.clock.due if self.clock else None


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


def by_due(cases: QuerySet[Brand], *, late_only: bool = False) -> QuerySet[Brand]:
    """Those whose clock ends first on top, those without a clock last; sorted where they lie."""
    running = Deadline.objects.filter(
        object_kind="brand", object_id=Cast(OuterRef("pk"), CharField()), stopped_at__isnull=True
    )
    found = cases.annotate(due_on=Subquery(running.order_by("due").values("due")[:1]))
    if late_only:
        found = found.filter(due_on__lt=clock.today())
    return found.order_by(F("due_on").asc(nulls_last=True), "pk")


def by_turn(cases: QuerySet[Brand]) -> QuerySet[Brand]:
    """What waits for the village on top: what was sent back or asked, a signature, then its drafts.

    Below it what waits for others; what is over last. A returned case has no clock: its turn alone lifts it.
    """
    returned = Q(state__in=WITH_VILLAGE, returned_at__isnull=False, submitted_at__isnull=True)
    turn = Case(
        When(returned | Q(Exists(_waiting_for_village(desk.ANSWER))), then=0),
        When(Exists(_waiting_for_village(desk.SIGN)), then=1),
        When(state__in=WITH_VILLAGE, submitted_at__isnull=True, then=2),
        When(state__in=OVER, then=4),
        default=3,
    )
    listed: QuerySet[Any] = by_due(cases).annotate(turn=turn)
    return listed.order_by("turn", F("due_on").asc(nulls_last=True), "pk")


def _waiting_for_village(kind: str) -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(
        kind=kind,
        object_kind="brand",
        object_id=Cast(OuterRef("pk"), CharField()),
        county_code=OuterRef("county_code"),
        done_at__isnull=True,
    )


def rows(cases: Iterable[Brand]) -> list[Row]:
    """One page of cases with county and first clock: two queries for all."""
    listed = list(cases)
    first = _first_clocks(listed)
    names = dict(County.objects.values_list("code", "name"))
    today = clock.today()
    return [
        Row(brand, names.get(brand.county_code, brand.county_code), one, one is not None and one.due < today)
        for brand, one in ((brand, first.get(str(brand.pk))) for brand in listed)
    ]


def _first_clocks(listed: list[Brand]) -> dict[str, Deadline]:
    """Case id → its running clock that ends first."""
    running = Deadline.objects.filter(
        object_kind="brand", object_id__in=[str(brand.pk) for brand in listed], stopped_at__isnull=True
    )
    first: dict[str, Deadline] = {}
    for one in running.order_by("due", "pk"):
        first.setdefault(one.object_id, one)
    return first


def late_count() -> int:
    return Deadline.objects.filter(object_kind="brand", stopped_at__isnull=True, due__lt=clock.today()).count()
