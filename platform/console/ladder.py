"""The ladder of onboarding: opened → manager invited → signed in → first story → product → approval.

Rooms announce their firsts by signals; they are kept in one public table, so that the board of all
counties reads no county's schema.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import reach
from accounts import selectors as people
from accounts.roles import COUNTY_MANAGER
from console.models import Rung
from kernel import clock
from tenants.models import County, Opening
from tenants.scope import current_county
from tenants.selectors import open_counties
from tenants.states import CountyState, OpeningState

STORY, PRODUCT, APPROVAL = "story", "product", "approval"
RUNGS = (
    ("opened", _("开馆")),
    ("invited", _("请负责人")),
    ("signed_in", _("登录过")),
    (STORY, _("第一篇故事")),
    (PRODUCT, _("第一件产品")),
    (APPROVAL, _("第一次审过")),
)


@dataclass(frozen=True)
class Climb:
    """One county's ladder: ``done`` rungs of six, the next one in words, and when it last moved.

    ``beside`` says what the next one waits for: how far the manager's invitation has come, what stopped an opening.
    """

    county: County
    names: frozenset[str]
    moved_at: datetime | None
    beside: str = ""

    @property
    def done(self) -> int:
        return sum(name in self.names for name, _title in RUNGS)

    @property
    def next_title(self) -> Any:
        """In the language of whoever reads it, who may be another than who asks."""
        return next((title for name, title in RUNGS if name not in self.names), "")

    @property
    def steps(self) -> list[tuple[str, bool]]:
        return [(str(title), name in self.names) for name, title in RUNGS]


def climbs() -> list[Climb]:
    """Every open county's ladder, those that stand lowest first: a handful of queries in all.

    An invitation that nobody can have seen yet is no rung.
    """
    reached, signed_in = reach.by_county(COUNTY_MANAGER), people.signed_in_counties()
    kept: dict[str, dict[str, datetime]] = {}
    for rung in Rung.objects.all():
        kept.setdefault(rung.county_code, {})[rung.name] = rung.at
    rows = []
    for county in open_counties():
        firsts = kept.get(county.code, {})
        names = {"opened", *firsts}
        asked, came = reached.get(county.code), county.code in signed_in
        names |= {"invited"} if came or (asked and asked.is_out) else set()
        names |= {"signed_in"} if came else set()
        moved = max([*firsts.values(), *([county.opened_at] if county.opened_at else [])], default=None)
        rows.append(Climb(county, frozenset(names), moved, asked.words if asked and not came else ""))
    return sorted(rows, key=lambda climb: (climb.done, climb.county.code))


def at_the_foot() -> list[Climb]:
    """Counties whose opening is under way or has stopped, with what it waits for."""
    under_way = Opening.objects.filter(county__state=CountyState.OPENING).select_related("county")
    return [
        Climb(
            opening.county,
            frozenset(),
            opening.moved_at,
            _what_stopped(opening) if opening.state == OpeningState.STUCK else str(OpeningState(opening.state).label),
        )
        for opening in under_way.order_by("county__code")
    ]


def _what_stopped(opening: Opening) -> str:
    """Kept as it was said when it stopped; ours is told in the reader's language."""
    return gettext(opening.trouble) if opening.trouble else ""


def climbed(county_code: str, name: str) -> None:
    """Remember a first; later ones change nothing."""
    Rung.objects.bulk_create([Rung(county_code=county_code, name=name, at=clock.now())], ignore_conflicts=True)


def listen() -> None:
    from wagtail.signals import page_published

    from catalog import signals
    from cms.models import StoryPage

    signals.product_submitted.connect(_product, dispatch_uid="ladder.product")
    signals.product_published.connect(_approval, dispatch_uid="ladder.approval")
    page_published.connect(_story, sender=StoryPage, dispatch_uid="ladder.story")


def _product(sender: Any, **kwargs: Any) -> None:
    _here(PRODUCT)


def _approval(sender: Any, **kwargs: Any) -> None:
    _here(PRODUCT)
    _here(APPROVAL)


def _story(sender: Any, **kwargs: Any) -> None:
    _here(STORY)


def _here(name: str) -> None:
    county = current_county()
    if county is not None:
        climbed(county.code, name)
