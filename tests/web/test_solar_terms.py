from datetime import date

import pytest

from web.art import drawings
from web.seasons import home_picture, season, season_title
from web.solar_terms import nearest_term, solar_terms

# From the calendars of the Purple Mountain Observatory.
KNOWN = [
    ("冬至", date(2021, 12, 21)),
    ("雨水", date(2026, 2, 18)),
    ("清明", date(2026, 4, 5)),
    ("小雪", date(2026, 11, 22)),
    ("冬至", date(2026, 12, 22)),
    ("立春", date(2025, 2, 3)),
    ("立春", date(2027, 2, 4)),
    ("夏至", date(2028, 6, 21)),
]


@pytest.mark.parametrize(("name", "on"), KNOWN)
def test_a_term_falls_on_its_day(name, on):
    assert {term.name: term.on for term in solar_terms(on.year)}[name] == on


def test_a_year_has_24_terms_in_order():
    days = [term.on for term in solar_terms(2026)]
    assert len(days) == 24
    assert days == sorted(days)
    assert {day.year for day in days} == {2026}


def test_the_turn_of_the_year_looks_back_to_december():
    term, days = nearest_term(date(2027, 1, 1))
    assert (term.name, days) == ("冬至", -10)


@pytest.mark.parametrize(
    ("today", "title"),
    [
        (date(2026, 11, 20), "后天小雪，吃什么"),
        (date(2026, 11, 21), "明天小雪，吃什么"),
        (date(2026, 11, 22), "今天小雪，吃什么"),
        (date(2026, 11, 19), "3 天后小雪，吃什么"),
        (date(2026, 11, 30), "小雪前后，吃什么"),
    ],
)
def test_the_season_is_headed_by_its_term(today, title):
    assert season_title(today) == title


@pytest.mark.parametrize(
    ("today", "name"),
    [
        (date(2026, 3, 1), "spring"),
        (date(2026, 7, 1), "summer"),
        (date(2026, 10, 8), "autumn"),
        (date(2026, 11, 22), "winter"),
        (date(2026, 2, 28), "winter"),
    ],
)
def test_the_season_is_that_of_the_north_east(today, name):
    assert season(today) == name


def test_the_home_picture_is_always_one_we_have():
    for month in range(1, 13):
        assert home_picture(date(2026, month, 1)).removeprefix("art/").removesuffix(".svg") in drawings()
