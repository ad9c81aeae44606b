"""Opening a county: a ladder of small steps, each one transaction, each safe to repeat.

A room adds its step with ``opening_step`` at start. The outbox carries an opening from step to
step, so a worker that dies anywhere leaves it standing on the step it had not finished.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop, override

from kernel import audit, clock, inbox, outbox
from kernel.errors import DomainError
from tenants import lengths, register, schemas
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


SAID = ("contact_name", "contact_phone", "service_phone", "stage", "theme", "saying")
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


# Kept as said, told in the reader's language.
NO_PHONE = gettext_noop("还缺客服电话：补上以后从这一步接着做。")
PHONE_CAME = gettext_noop("客服电话补上了，重做这一步就接着开。")


@opening_step(90, "doors", lazy("开门"), in_county=False)
def open_doors(county: County) -> None:
    """The last step: from here on shoppers see the county."""
    if not county.service_phone:
        raise OpeningIncomplete(_(NO_PHONE), missing="service_phone")
    if county.state == CountyState.OPENING:
        county.move(CountyState.OPEN, opened_at=clock.now())


def waits_for_phone(county: County) -> bool:
    """Does the opening stand still at the door for want of the phone? Doing the step again would stop there again."""
    stands = getattr(county, "opening", None)
    return bool(stands and stands.state == OpeningState.STUCK and stands.step == "doors" and not county.service_phone)


def tell_phone_came(county: County) -> None:
    """What stopped it no longer stands in the way: nobody is told any more that it does."""
    stopped = Opening.objects.filter(county=county, state=OpeningState.STUCK, trouble__in=_said(NO_PHONE))
    stopped.update(trouble=PHONE_CAME)


def _said(words: str) -> list[str]:
    """As it may have been kept: in the language of whichever process met it."""
    with override("en"):
        english = _(words)
    return [words, english]


@transaction.atomic
def plan_counties(plans: Iterable[Plan], *, by: Any = None) -> OpeningBatch:
    """Send counties to be opened, all or none.

    Raises UnknownDivision, AlreadyOpen when one is open or under way, TooLong and NotDialled.
    """
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


def division_to_open(code: str) -> register.Division:
    """The province's county of that code; raises UnknownDivision, naming the successor of one that is gone."""
    division = register.division(code)
    if division is None:
        raise UnknownDivision(_("没有代码为 %(code)s 的县。") % {"code": code}, code=code)
    if division.valid_to:
        raise UnknownDivision(register.gone_words(division), code=code, successor=division.successor)
    if division not in register.divisions(settings.JIETI_PROVINCE):
        facts = {"county": division.name, "code": code, "province": register.province_name(settings.JIETI_PROVINCE)}
        raise UnknownDivision(_("%(county)s（%(code)s）不在%(province)s，这里开不了。") % facts, code=code)
    return division


def _planned(plan: Plan) -> County:
    division = division_to_open(plan.code)
    for name, label in lengths.SAID.items():
        lengths.must_fit(County, name, getattr(plan, name), str(label))
    lengths.must_be_dialled(plan.service_phone)
    _make_row(division)
    county = County.objects.select_for_update().filter(code=plan.code).first()
    if county is None:
        raise AlreadyOpen(_("地址 /c/%(slug)s/ 已经是别的县的。") % {"slug": division.slug}, code=plan.code)
    if county.state != CountyState.PLANNED:
        raise AlreadyOpen(_("%(county)s已经开馆或正在开。") % {"county": county.name}, code=plan.code)
    for name in SAID:
        setattr(county, name, getattr(plan, name))
    county.save()
    return county


def _make_row(division: register.Division) -> None:
    """The county's row where there is none. Of two at once the second waits here for the first, and then finds its row."""
    county = County(
        schema_name=f"c{division.code}",
        code=division.code,
        name=division.name,
        slug=division.slug,
        prefecture_code=division.prefecture_code,
        prefecture=division.prefecture,
        pinyin=division.pinyin,
        initials=division.initials,
    )
    County.objects.bulk_create([county], ignore_conflicts=True)


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


@outbox.given_up(STEP_KIND)
def stop_where_it_stands(payload: dict[str, Any], county_code: str) -> None:
    """The row's last try failed: without this the opening would stand at work for ever, and nobody would be told."""
    opening = (
        Opening.objects.select_for_update(of=("self",)).select_related("county").filter(pk=payload["opening"]).first()
    )
    if opening is None or opening.state != OpeningState.WORKING or opening.step != payload["step"]:
        return
    opening.tries += 1  # those that failed counted nothing, and a retry must not bear the dead row's key
    opening.moved_at = clock.now()
    _stop(opening, OpeningIncomplete(_("这一步试了几次都没做成，多半是数据库太忙或连不上。请过一会儿重做。")))
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
