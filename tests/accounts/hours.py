"""Notices sleep at night; tests that are not about that move to the next noon in China."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from kernel import clock


def until(hour, minute=0):
    """How far the clock must be moved so that it is this hour in China, at most a day ahead."""
    now = timezone.now().astimezone(clock.SHANGHAI)
    wanted = datetime.combine(now.date(), time(hour, minute), tzinfo=clock.SHANGHAI)
    return (wanted if wanted >= now else wanted + timedelta(days=1)) - now


def until_noon():
    return until(12)
