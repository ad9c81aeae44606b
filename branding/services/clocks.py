"""A case's clocks: which runs for whom, from which day of which document.

``SPANS`` is the table: a clock's owner and how its first and last day come from the case and the
document that starts it. Lengths stand in data/terms.csv with their sources.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accounts.roles import BRAND_OFFICER, COORDINATOR, WORK_TEAM
from branding.case_rules import obj_of
from branding.models import Brand, BrandNotice
from branding.notice_kinds import ANSWER_OF
from branding.services import desk
from kernel import clock, deadlines, terms, workdays
from kernel.models import Deadline

VILLAGE, OFFICER = "village", "officer"
Days = tuple[date, date | None]
Span = Callable[[Brand, BrandNotice | None], Days]


@dataclass(frozen=True)
class Clock:
    """``span`` gives the first day and, where the length alone does not say it, the last."""

    owner: str
    span: Span


def _today(brand: Brand, notice: BrandNotice | None) -> Days:
    return clock.today(), None


def _dated(brand: Brand, notice: BrandNotice | None) -> Days:
    return (notice.dated if notice else clock.today()), None


def _received(brand: Brand, notice: BrandNotice | None) -> Days:
    return ((notice.received_on or notice.dated) if notice else clock.today()), None


def _published(brand: Brand, notice: BrandNotice | None) -> Days:
    return brand.published_on or clock.today(), None


def _objection_over(brand: Brand, notice: BrandNotice | None) -> Days:
    """The ruling's months count from the end of the opposition period."""
    first, _last = _published(brand, notice)
    return workdays.end_of(first, terms.term("brand.opposition", first)), None


def _examination(brand: Brand, notice: BrandNotice | None) -> Days:
    """Nine months from the filing; the days an answer took do not count (实施条例 §11)."""
    first = brand.filed_on or clock.today()
    last = workdays.end_of(first, terms.term("brand.examination", first))
    return first, last + timedelta(days=_days_answering(brand))


def _days_answering(brand: Brand) -> int:
    rows = list(brand.notices.all())
    days = 0
    for asked in rows:
        answer = ANSWER_OF.get(asked.kind)
        sent = [row.dated for row in rows if row.kind == answer and row.dated >= asked.dated]
        if answer and sent and asked.received_on:
            days += max(0, (min(sent) - asked.received_on).days)
    return days


def _renewal(brand: Brand, notice: BrandNotice | None) -> Days:
    """From twelve months before the certificate ends, to its last day."""
    last = brand.valid_until or clock.today()
    return renewal_opens(last), last


def _grace(brand: Brand, notice: BrandNotice | None) -> Days:
    last = brand.valid_until or clock.today()
    return last, None


def _use(brand: Brand, notice: BrandNotice | None) -> Days:
    if notice is not None and notice.kind == "use":
        return notice.dated, None
    return brand.registered_on or clock.today(), None


def renewal_opens(valid_until: date) -> date:
    months = terms.term("brand.renewal_window", valid_until).length
    return workdays.add_months(valid_until, -months)


SPANS: dict[str, Clock] = {
    "brand.look": Clock(OFFICER, _today),
    "brand.file": Clock(OFFICER, _today),
    "brand.receipt": Clock(OFFICER, _dated),
    "brand.correction": Clock(VILLAGE, _received),
    "brand.examination": Clock(OFFICER, _examination),
    "brand.opinion": Clock(VILLAGE, _received),
    "brand.review": Clock(VILLAGE, _received),
    "brand.review_not_registered": Clock(VILLAGE, _received),
    "brand.review_ruling": Clock(OFFICER, _dated),
    "brand.review_opposed": Clock(OFFICER, _dated),
    "brand.opposition": Clock(OFFICER, _published),
    "brand.opposition_answer": Clock(VILLAGE, _received),
    "brand.opposition_ruling": Clock(OFFICER, _objection_over),
    "brand.renewal": Clock(OFFICER, _renewal),
    "brand.grace": Clock(OFFICER, _grace),
    "brand.use": Clock(VILLAGE, _use),
}


def start(brand: Brand, code: str, *, by: Any, notice: BrandNotice | None = None) -> Deadline:
    """Start a clock of the table; one of the same name that still runs is stopped first."""
    stop(brand, code, by=by, notice=notice)
    entry = SPANS[code]
    since, until = entry.span(brand, notice)
    village = entry.owner == VILLAGE
    return deadlines.start(
        code,
        obj=obj_of(brand),
        title=str(brand),
        county=brand.county_code,
        role=WORK_TEAM if village else BRAND_OFFICER,
        person=brand.opened_by if village else None,
        escalate_to=COORDINATOR,
        since=since,
        until=until,
        url=desk.village_url(brand) if village else desk.desk_url(brand),
    )


def stop(brand: Brand, code: str, *, by: Any, notice: BrandNotice | None = None) -> int:
    """Stop it; by a document on the day that stands on it, however late it was entered."""
    on = notice.dated if notice else None
    return deadlines.stop(code, obj=obj_of(brand), by=by, county=brand.county_code, on=on)


def stop_all(brand: Brand, *, by: Any, notice: BrandNotice | None = None) -> int:
    on = notice.dated if notice else None
    return deadlines.stop_all(obj=obj_of(brand), by=by, county=brand.county_code, on=on)


def end_of(brand: Brand, code: str) -> datetime | None:
    """The last moment of a clock that runs now."""
    return next((deadlines.last_moment(one.due) for one in running(brand) if one.code == code), None)


def running(brand: Brand) -> list[Deadline]:
    """What runs now, the one that ends first on top."""
    found = deadlines.of(obj_of(brand), brand.county_code).filter(stopped_at__isnull=True)
    return sorted(found, key=lambda one: one.due)
