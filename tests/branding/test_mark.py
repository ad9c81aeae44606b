"""The ® gate, and the brand a shop window shows."""

import csv
from datetime import date
from pathlib import Path

import pytest

from branding.models import Brand
from branding.rules import mark_for
from branding.states import BRAND_MOVES, BrandState

TODAY = date(2026, 11, 20)


def certified(**changed):
    facts = {
        "name": "稻乐",
        "county_code": "230184",
        "producer_id": 1,
        "producer_name": "稻乐合作社",
        "state": BrandState.REGISTERED,
        "registration_no": "76543210",
        "nice_classes": [30],
        "registered_on": date(2026, 1, 21),
        "valid_until": date(2036, 1, 20),
    }
    return Brand(**(facts | changed))


def test_a_valid_certificate_covering_the_class_earns_the_r():
    assert mark_for(certified(), 30, TODAY) == "®"


@pytest.mark.parametrize("day", [date(2026, 1, 21), date(2036, 1, 20)])
def test_the_first_and_the_last_day_count(day):
    assert mark_for(certified(), 30, day) == "®"


@pytest.mark.parametrize("day", [date(2026, 1, 20), date(2036, 1, 21)])
def test_a_day_before_or_after_the_certificate_is_only_tm(day):
    assert mark_for(certified(), 30, day) == "™"


@pytest.mark.parametrize(
    "lacking",
    [
        {"registration_no": ""},
        {"registration_no": "  "},
        {"registered_on": None},
        {"valid_until": None},
        {"nice_classes": [29]},
        {"nice_classes": []},
    ],
)
def test_without_number_dates_or_class_it_is_only_tm(lacking):
    assert mark_for(certified(**lacking), 30, TODAY) == "™"


@pytest.mark.parametrize("state", BrandState.values)
def test_only_the_two_certified_states_earn_the_r(state):
    nothing = {"idea", "refused", "withdrawn", "lapsed"}
    wanted = "®" if state in {"registered", "renewed"} else "" if state in nothing else "™"
    assert mark_for(certified(state=state), 30, TODAY) == wanted


def test_the_table_names_every_state_and_every_state_is_reached():
    assert set(BRAND_MOVES) == set(BrandState.values)
    assert set().union(*BRAND_MOVES.values()) | {BrandState.IDEA} == set(BrandState.values)


def test_every_category_has_its_nice_classes():
    from branding.nice import nice_classes_of, nice_rows

    table = Path(__file__).parents[2] / "search" / "data" / "categories.csv"
    with table.open(encoding="utf-8", newline="") as file:
        leaves = {row["code"] for row in csv.DictReader(file) if row["parent"]}
    assert leaves == {row.category for row in nice_rows()}
    assert nice_classes_of("grain.rice", TODAY) == {30}
    assert not nice_classes_of("grain.rice", date(2025, 12, 31))


@pytest.fixture
def on_the_day(monkeypatch):
    monkeypatch.setattr("kernel.clock.today", lambda: TODAY)


@pytest.mark.usefixtures("db", "on_the_day")
class TestTheBrandShown:
    def mark(self, category="grain.rice", producer=1, county="230184"):
        from branding.selectors import mark_of

        return mark_of(county, producer, category)

    def test_is_the_producers_for_that_category(self):
        certified().save()
        assert (self.mark().name, self.mark().mark) == ("稻乐", "®")
        assert self.mark("drink.liquor") is None

    def test_is_nobody_elses(self):
        certified().save()
        assert self.mark() is not None
        assert self.mark(producer=2) is None
        assert self.mark(producer=None) is None
        assert self.mark(county="231086") is None

    def test_is_the_strongest(self):
        certified(name="阿乐", state=BrandState.FILED).save()
        assert self.mark().mark == "™"
        certified().save()
        assert (self.mark().name, self.mark().mark) == ("稻乐", "®")

    def test_needs_every_class_the_goods_may_fall_into(self):
        certified(nice_classes=[29]).save()
        assert self.mark("fungus.mushroom").mark == "™"
        Brand.objects.update(nice_classes=[29, 31])
        assert self.mark("fungus.mushroom").mark == "®"


@pytest.mark.django_db
def test_a_brand_moves_only_by_the_table_and_keeps_its_history():
    from kernel.errors import IllegalMove

    brand = certified(state=BrandState.IDEA)
    brand.save()
    with pytest.raises(IllegalMove):
        brand.move(BrandState.REGISTERED)
    assert Brand.objects.get().state == BrandState.IDEA
    assert not brand.history_moves.exists()
    brand.move(BrandState.CHECKED, note="查过，没有近似")
    assert brand.history_moves.get().to_state == BrandState.CHECKED
