"""Opening a county: a ladder of small steps, each one transaction, each safe to repeat.

A room adds its step with ``opening_step`` at start. The outbox carries an opening from step to
step, so a worker that dies anywhere leaves it standing on the step it had not finished.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kernel import audit, clock, inbox, outbox
from kernel.errors import DomainError
from tenants import register, schemas
from tenants.errors import AlreadyOpen, OpeningIncomplete, UnknownDivision
from tenants.models import County, Opening, OpeningBatch, SchemaState
from tenants.scope import county_scope
from tenants.states import CountyState, OpeningState, Stage, Theme

log = logging.getLogger(__name__)

COORDINATOR = "coordinator"
STEP_KIND = "county.step"
STUCK_KIND = "county.stuck"
inbox.add_kind(STUCK_KIND, lazy("开馆停住了"))


@dataclass(frozen=True)
class Step:
    order: int
    name: str
    title: Any
    run: Callable[[County], None]
    in_county: bool


@dataclass(frozen=True)
class Plan:
    """What a coordinator says of a county to be opened."""

    code: str
    contact_name: str = ""
    contact_phone: str = ""
    service_phone: str = ""
    stage: str = Stage.CUSTODY
    theme: str = Theme.PINE
    saying: str = ""


_steps: dict[str, Step] = {}


def opening_step(
    order: int, name: str, title: Any, *, in_county: bool = True
) -> Callable[[Callable[[County], None]], Callable[[County], None]]:
    """Register a step; ``order`` says after which others it comes."""

    def add(run: Callable[[County], None]) -> Callable[[County], None]:
        _steps[name] = Step(order, name, title, run, in_county)
        return run

    return add


def steps() -> list[Step]:
    return sorted(_steps.values(), key=lambda step: step.order)


@opening_step(10, "schema", lazy("建库表"), in_county=False)
def make_schema(county: County) -> None:
    """All tables of the county, or none: one transaction runs the whole script."""
    if schemas.schema_exists(county.schema_name):
        return
    fingerprint = schemas.create_schema(county.schema_name)
    SchemaState.objects.update_or_create(
        county=county, defaults={"fingerprint": fingerprint, "trouble": "", "at": clock.now()}
    )


@opening_step(90, "doors", lazy("开门"), in_county=False)
def open_doors(county: County) -> None:
    """The last step: from here on shoppers see the county."""
    if not county.service_phone:
        raise OpeningIncomplete(_("还缺客服电话：补上以后从这一步接着做。"), missing="service_phone")
    if county.state == CountyState.OPENING:
        county.move(CountyState.OPEN, opened_at=clock.now())


def waits_for_phone(county: County) -> bool:
    """Does the opening stand still at the door for want of the phone? Doing the step again would stop there again."""
    stands = getattr(county, "opening", None)
    return bool(stands and stands.state == OpeningState.STUCK and stands.step == "doors" and not county.service_phone)


@transaction.atomic
def plan_counties(plans: Iterable[Plan], *, by: Any = None) -> OpeningBatch:
    """Send counties to be opened, all or none; raises when one is unknown or already under way."""
    batch = OpeningBatch.objects.create(by=by, by_name=str(by or ""), at=clock.now())
    for plan in sorted(plans, key=lambda plan: plan.code):
        _begin(_planned(plan), batch, by)
    return batch


@transaction.atomic
def retry(opening: Opening, *, by: Any) -> Opening:
    """Take a stuck opening up again at the step it stands on."""
    opening = Opening.objects.select_for_update().select_related("county").get(pk=opening.pk)
    if opening.state != OpeningState.STUCK:
        raise AlreadyOpen(_("这个县没有停住，不用重做。"))
    opening.state, opening.trouble = OpeningState.WORKING, ""
    opening.moved_at = clock.now()
    opening.save(update_fields=["state", "trouble", "moved_at"])
    inbox.close_item(STUCK_KIND, obj=("county", opening.county.code), by=by)
    audit.record("county.retry", by=by, county=opening.county.code, title=opening.county.name, step=opening.step)
    _announce(opening)
    return opening


def _planned(plan: Plan) -> County:
    division = register.division(plan.code)
    if division is None:
        raise UnknownDivision(_("没有代码为 %(code)s 的县。") % {"code": plan.code}, code=plan.code)
    county = County.objects.select_for_update().filter(code=plan.code).first()
    if county and county.state != CountyState.PLANNED:
        raise AlreadyOpen(_("%(county)s已经开馆或正在开。") % {"county": county.name}, code=plan.code)
    county = county or County(
        schema_name=f"c{division.code}",
        code=division.code,
        name=division.name,
        slug=division.slug,
        prefecture_code=division.prefecture_code,
        prefecture=division.prefecture,
        pinyin=division.pinyin,
        initials=division.initials,
    )
    for name in ("contact_name", "contact_phone", "service_phone", "stage", "theme", "saying"):
        setattr(county, name, getattr(plan, name))
    county.save()
    return county


def _begin(county: County, batch: OpeningBatch, by: Any) -> None:
    now = clock.now()
    county.move(CountyState.OPENING, by=by)
    opening = Opening.objects.create(county=county, batch=batch, step=steps()[0].name, started_at=now, moved_at=now)
    audit.record("county.open", by=by, county=county.code, title=county.name)
    _announce(opening)


def _announce(opening: Opening) -> None:
    outbox.announce(
        STEP_KIND,
        {"opening": opening.pk, "step": opening.step},
        key=f"{opening.pk}:{opening.step}:{opening.tries}",
    )


@outbox.handles(STEP_KIND)
def take_step(payload: dict[str, Any], county_code: str) -> None:
    """Run the step this row speaks of, then announce the next; a repeated row does nothing."""
    opening = Opening.objects.select_for_update(of=("self",)).select_related("county").get(pk=payload["opening"])
    if opening.state != OpeningState.WORKING or opening.step != payload["step"]:
        return
    step = _steps[opening.step]
    opening.tries += 1
    opening.moved_at = clock.now()
    try:
        with transaction.atomic():
            _run(step, opening.county)
    except OperationalError:
        raise  # a lock or a lost connection: the outbox tries again by itself
    except Exception as trouble:
        _stop(opening, trouble)
    else:
        _climb(opening, step)
    opening.save()


def _run(step: Step, county: County) -> None:
    if not step.in_county:
        step.run(county)
        return
    with county_scope(county):
        step.run(county)


def _climb(opening: Opening, step: Step) -> None:
    later = [other for other in steps() if other.order > step.order]
    if not later:
        opening.state = OpeningState.DONE
        return
    opening.step = later[0].name
    _announce(opening)


def _stop(opening: Opening, trouble: Exception) -> None:
    if not isinstance(trouble, DomainError):
        log.error("opening %s stopped at %s", opening.county.code, opening.step, exc_info=trouble)
    opening.state = OpeningState.STUCK
    opening.trouble = str(trouble)[:500] or type(trouble).__name__
    inbox.open_item(
        STUCK_KIND,
        obj=("county", opening.county.code),
        title=f"{opening.county.name} · {opening.trouble}",
        role=COORDINATOR,
        url=f"/desk/counties/{opening.county.code}/",
    )
