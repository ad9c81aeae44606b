"""Counties as others ask for them."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, QuerySet

from tenants import register
from tenants.models import County, Opening, OpeningBatch
from tenants.states import CountyState, OpeningState


def open_counties() -> QuerySet[County]:
    return County.objects.defer("contact_phone").filter(state=CountyState.OPEN)


@dataclass(frozen=True)
class CountyRow:
    """A division of the province and, when it is on the platform, its county."""

    division: register.Division
    county: County | None

    @property
    def state(self) -> str:
        return self.county.state if self.county else CountyState.PLANNED


def province_rows() -> list[CountyRow]:
    """Every county-level division of the province in the order of codes: one query."""
    counties = {county.code: county for county in County.objects.defer("contact_phone").select_related("opening")}
    return [
        CountyRow(division, counties.get(division.code)) for division in register.divisions(settings.JIETI_PROVINCE)
    ]


@dataclass(frozen=True)
class BatchProgress:
    batch: OpeningBatch
    total: int
    done: int
    stuck: list[Opening]
    now: Opening | None

    @property
    def over(self) -> bool:
        return self.done + len(self.stuck) == self.total

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def progress(batch: OpeningBatch) -> BatchProgress:
    """How far a batch has come (county 37 of 121), what it works on and what stopped."""
    openings = Opening.objects.filter(batch=batch).select_related("county")
    counts = dict(openings.values_list("state").annotate(Count("pk")).order_by())
    return BatchProgress(
        batch=batch,
        total=sum(counts.values()),
        done=counts.get(OpeningState.DONE, 0),
        stuck=list(openings.filter(state=OpeningState.STUCK).order_by("county__code")),
        now=openings.filter(state=OpeningState.WORKING).order_by("-moved_at").first(),
    )


def running_batch() -> OpeningBatch | None:
    """The newest batch that is not over."""
    return OpeningBatch.objects.filter(openings__state=OpeningState.WORKING).order_by("-pk").first()
