"""Opening a county: kill it at any step and run it again, it comes out whole (promise O4)."""

import pytest
from django.db import connection

from kernel import outbox
from kernel.models import AuditEntry, InboxItem, OutboxRow
from tenants import opening, schemas
from tenants.errors import AlreadyOpen, UnknownDivision
from tenants.models import County, Opening
from tenants.opening import Plan, plan_counties
from tenants.selectors import progress
from tenants.states import CountyState, OpeningState

RAOHE = Plan("230524", contact_name="孟川", contact_phone="13900000031", service_phone="0469-55550524")
STEPS = [step.name for step in opening.steps()]


class Killed(BaseException):
    """The worker dies: not an Exception, so nothing on the way may catch and mend it."""


def run_all():
    while outbox.relay_once():
        pass


@pytest.mark.django_db
def test_an_opened_county_is_whole_and_visible(client):
    plan_counties([RAOHE])
    run_all()
    county = County.objects.get(code="230524")
    assert county.state == CountyState.OPEN
    assert schemas.differences(county.schema_name) == []
    assert client.get("/c/raohe/").status_code == 200


@pytest.mark.django_db
def test_a_county_that_is_half_open_is_seen_by_nobody(client):
    plan_counties([RAOHE])
    for _ in STEPS[:-1]:
        assert outbox.relay_once(limit=1) == 1
        assert client.get("/c/raohe/").status_code == 404
    outbox.relay_once(limit=1)
    assert client.get("/c/raohe/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", STEPS)
def test_killed_after_any_step_it_goes_on_where_it_was(monkeypatch, name):
    """The step's work is done when the worker dies, but its transaction is not."""
    plan_counties([RAOHE])
    step = opening._steps[name]

    def die(county):
        step.run(county)
        raise Killed

    monkeypatch.setitem(opening._steps, name, opening.Step(step.order, step.name, step.title, die, step.in_county))
    with pytest.raises(Killed):
        run_all()
    connection.set_schema_to_public()
    county = County.objects.get(code="230524")
    assert county.state == CountyState.OPENING
    monkeypatch.setitem(opening._steps, name, step)
    run_all()
    county.refresh_from_db()
    assert county.state == CountyState.OPEN
    assert schemas.differences(county.schema_name) == []
    assert county.opening.state == OpeningState.DONE


@pytest.mark.django_db
@pytest.mark.parametrize("name", STEPS)
def test_every_step_may_be_repeated(name):
    plan_counties([RAOHE])
    run_all()
    county = County.objects.get(code="230524")
    opening._run(opening._steps[name], county)
    county.refresh_from_db()
    assert county.state == CountyState.OPEN
    assert schemas.differences(county.schema_name) == []


@pytest.mark.django_db
def test_a_repeated_row_does_nothing():
    plan_counties([RAOHE])
    row = OutboxRow.objects.filter(kind=opening.STEP_KIND).latest("pk")
    run_all()
    before = AuditEntry.objects.count(), OutboxRow.objects.count()
    opening.take_step(row.payload, "")
    assert (AuditEntry.objects.count(), OutboxRow.objects.count()) == before


@pytest.mark.django_db
def test_without_a_service_phone_it_stops_at_the_door_and_says_so(coordinator):
    batch = plan_counties([Plan("230524"), Plan("230881", service_phone="0454-55550881")])
    run_all()
    stuck = Opening.objects.get(county__code="230524")
    assert (stuck.state, stuck.step) == (OpeningState.STUCK, "doors")
    assert "客服电话" in stuck.trouble
    assert InboxItem.objects.filter(kind=opening.STUCK_KIND, done_at=None).count() == 1
    found = progress(batch)
    assert (found.total, found.done, len(found.stuck), found.over) == (2, 1, 1, True)
    County.objects.filter(code="230524").update(service_phone="0469-55550524")
    opening.retry(stuck, by=coordinator)
    run_all()
    assert County.objects.get(code="230524").state == CountyState.OPEN
    assert not InboxItem.objects.filter(kind=opening.STUCK_KIND, done_at=None).exists()
    with pytest.raises(AlreadyOpen):
        opening.retry(Opening.objects.get(county__code="230524"), by=coordinator)


@pytest.mark.django_db
def test_one_unknown_code_in_a_list_opens_nothing():
    with pytest.raises(UnknownDivision):
        plan_counties([RAOHE, Plan("239999")])
    assert not County.objects.filter(code="230524").exists()


@pytest.mark.django_db
def test_a_county_is_not_opened_twice(wuchang):
    with pytest.raises(AlreadyOpen):
        plan_counties([Plan("230184")])


@pytest.mark.django_db
def test_a_scripted_county_equals_a_migrated_one_row_by_row(wuchang):
    """The template came by migrations, the county by the script."""
    rows = schemas.catalogue(schemas.TEMPLATE)
    assert len(rows) > 300
    assert schemas.catalogue(wuchang.schema_name) == rows


@pytest.mark.django_db
def test_check_names_what_differs(wuchang):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE c230184.catalog_producer ALTER COLUMN intro TYPE varchar(301)")
        cursor.execute("DROP INDEX c230184.product_by_state")
    lines = schemas.differences("c230184")
    assert any(line.startswith("+ column catalog_producer.intro character varying(301)") for line in lines)
    assert any(line.startswith("− index") and "product_by_state" in line for line in lines)
