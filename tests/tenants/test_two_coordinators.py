"""A double click, or two coordinators with the same county: one opens it, the others are told so."""

import threading

import pytest

from tenants import opening
from tenants.models import County, Opening, OpeningBatch
from tenants.opening import Plan, plan_counties
from tests.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
FIELDS = {
    "contact_name": "孟川", "contact_phone": "13911110001", "service_phone": "0469-55550524", "stage": "custody",
    "theme": "river", "saying": "",
}  # fmt: skip


@pytest.fixture
def _slow(monkeypatch):
    """All of them have looked before one of them writes: a planner lingers with the row it made."""
    begin = opening._begin

    def late(county, batch, by):
        threading.Event().wait(0.3)
        begin(county, batch, by)

    monkeypatch.setattr(opening, "_begin", late)


def planning(*codes):
    return lambda: plan_counties([Plan(code, service_phone="0469-55550000") for code in codes]) and "planned"


@pytest.mark.usefixtures("_slow")
def test_of_four_at_once_one_opens_it():
    assert sorted(at_once(*[planning("230524")] * 4)) == ["AlreadyOpen"] * 3 + ["planned"]
    assert Opening.objects.filter(county__code="230524").count() == 1
    assert OpeningBatch.objects.filter(openings=None).count() == 0


@pytest.mark.usefixtures("_slow")
def test_a_list_that_overlaps_a_colleagues_is_refused_whole_and_nobody_waits_in_a_ring():
    answers = at_once(planning("230524", "230521"), planning("230521", "230522"), planning("230522", "230524"))
    assert answers.count("planned") >= 1
    assert set(answers) == {"AlreadyOpen", "planned"}
    for batch in OpeningBatch.objects.all():
        assert batch.openings.count() == 2


@pytest.mark.usefixtures("_slow")
def test_who_looks_and_then_writes_would_stumble(monkeypatch):
    """The mutant: a row is looked for and made where there is none. The tests above must catch it."""
    looked = threading.Barrier(2, timeout=20)

    def look_and_make(division):
        there = County.objects.filter(code=division.code).exists()
        looked.wait()
        if not there:
            County.objects.create(code=division.code, schema_name=f"c{division.code}", slug=division.slug)

    monkeypatch.setattr(opening, "_make_row", look_and_make)
    assert sorted(at_once(planning("230524"), planning("230524"))) == ["IntegrityError", "planned"]


@pytest.mark.usefixtures("_slow")
def test_three_equal_presses_lead_to_the_county(coordinator, client_for):
    browsers = [client_for(coordinator) for _ in range(3)]
    pressed = at_once(*(lambda one=one: one.post("/desk/counties/new/230524/", FIELDS)["Location"] for one in browsers))
    batch = OpeningBatch.objects.get(openings__county__code="230524")
    assert sorted(pressed) == ["/desk/counties/230524/"] * 2 + [f"/desk/counties/?batch={batch.pk}"]
