"""Quiet hours: who waits for a code waits now, everybody else sleeps from ten to eight."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from accounts.messages.kinds import Kind
from kernel import clock

EVENING, MORNING = time(22, 0), time(8, 0)


def is_quiet(at: datetime) -> bool:
    hour = at.astimezone(clock.SHANGHAI).time()
    return hour >= EVENING or hour < MORNING


def next_morning(at: datetime) -> datetime:
    """Eight o'clock in China: today's if it is still night, else tomorrow's."""
    here = at.astimezone(clock.SHANGHAI)
    day = here.date() + timedelta(days=1 if here.time() >= MORNING else 0)
    return datetime.combine(day, MORNING, tzinfo=clock.SHANGHAI)


def first_moment(kind: Kind) -> datetime:
    """When a message written now may leave."""
    now = clock.now()
    return next_morning(now) if is_quiet(now) and not kind.urgent else now
