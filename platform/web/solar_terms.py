"""The twenty-four solar terms, from where the sun stands.

The sun's apparent longitude after Meeus, *Astronomical Algorithms*, chapter 25 (the formula good to
0.01°, a quarter of an hour), in Beijing time: the rule of GB/T 33661-2017. A term that falls within
that quarter of midnight may be a day off.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import radians, sin
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
TERMS = (
    "小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至",
    "小暑", "大暑", "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
)  # fmt: skip
FIRST_LONGITUDE, STEP = 285, 15
FIRST_GUESS = (1, 5, 6)


@dataclass(frozen=True)
class SolarTerm:
    name: str
    on: date


@lru_cache(maxsize=8)
def solar_terms(year: int) -> tuple[SolarTerm, ...]:
    """The year's 24 terms, from 小寒 in January to 冬至 in December."""
    month, day, hour = FIRST_GUESS
    start = datetime(year, month, day, hour, tzinfo=UTC)
    return tuple(
        SolarTerm(name, _when(start + timedelta(days=15.2184 * place), longitude))
        for place, name in enumerate(TERMS)
        for longitude in [(FIRST_LONGITUDE + STEP * place) % 360]
    )


def nearest_term(today: date, ahead: int = 3) -> tuple[SolarTerm, int]:
    """The term that comes within ``ahead`` days, else the one we are in; and the days until it."""
    terms = [*solar_terms(today.year - 1), *solar_terms(today.year), *solar_terms(today.year + 1)]
    coming = next(term for term in terms if term.on >= today)
    if (coming.on - today).days <= ahead:
        return coming, (coming.on - today).days
    past = [term for term in terms if term.on <= today][-1]
    return past, (past.on - today).days


def _when(guess: datetime, longitude: int) -> date:
    for _ in range(4):
        short = (longitude - _sun(guess) + 180) % 360 - 180
        guess += timedelta(days=short * 365.2422 / 360)
    return guess.astimezone(BEIJING).date()


def _sun(moment: datetime) -> float:
    """Apparent longitude in degrees; 70 seconds take civil time to dynamical time."""
    t = ((moment - J2000).total_seconds() + 70) / 86400 / 36525
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t * t
    anomaly = radians(357.52911 + 35999.05029 * t - 0.0001537 * t * t)
    centre = (
        (1.914602 - 0.004817 * t) * sin(anomaly)
        + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    node = radians(125.04 - 1934.136 * t)
    return (mean + centre - 0.00569 - 0.00478 * sin(node)) % 360
