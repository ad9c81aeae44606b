"""The one clock.

Tests and the demo may move it, through a database row that every process reads; production
never reads that row. Sessions keep real time, or a shift would sign everybody out.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from kernel.errors import DomainError

SHANGHAI = ZoneInfo("Asia/Shanghai")


class ClockFixed(DomainError):
    """Somebody tried to move the clock of a real province."""

    code = "clock_fixed"


def now() -> datetime:
    """This moment, aware; moved by the shift where a shift is allowed."""
    if not settings.CLOCK_MAY_SHIFT:
        return timezone.now()
    return timezone.now() + _shift()


def today() -> date:
    """The date in China, which is the date of every deadline here."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """The day on the wall in China, whatever zone the moment bears."""
    return moment.astimezone(SHANGHAI).date()


def shift(by: timedelta) -> None:
    """Move the clock for every process; a second call replaces the first."""
    from kernel.models import ClockShift

    if not settings.CLOCK_MAY_SHIFT:
        raise ClockFixed("正式运行的省不能拨动时钟。")
    ClockShift.objects.update_or_create(pk=1, defaults={"seconds": int(by.total_seconds())})


def ahead_of() -> datetime | None:
    """What bears a later moment was written while the clock stood ahead; None where it cannot.

    Between the machines of a real province a row may be a moment ahead, and nobody moved anything.
    """
    return now() if settings.CLOCK_MAY_SHIFT else None


def _shift() -> timedelta:
    from kernel.models import ClockShift

    seconds = ClockShift.objects.filter(pk=1).values_list("seconds", flat=True).first()
    return timedelta(seconds=seconds or 0)
