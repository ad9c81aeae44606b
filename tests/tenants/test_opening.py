"""Opening a county: kill it at any step and run it again, it comes out whole (promise O4)."""

import pytest
from django.db import IntegrityError, OperationalError, connection

from kernel import clock, outbox
from kernel.models import AuditEntry, InboxItem, OutboxRow
from tenants import opening, schemas
from tenants.errors import AlreadyOpen, TooLong, UnknownDivision
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
@pytest.mark.parametrize("later", range(1, len(STEPS)))
def test_a_repeated_row_does_nothing(later):
    """The broker's wake-up came twice: the opening works on at a later step, which has its own row."""
    plan_counties([RAOHE])
    row = OutboxRow.objects.filter(kind=opening.STEP_KIND).latest("pk")
    assert outbox.relay_once(limit=later) == later
    before = AuditEntry.objects.count(), OutboxRow.objects.count(), *stand()
    assert before[2:] == (OpeningState.WORKING, STEPS[later], later)
    opening.take_step(row.payload, "")
    assert (AuditEntry.objects.count(), OutboxRow.objects.count(), *stand()) == before


@pytest.mark.django_db
def test_a_repeated_row_does_nothing_when_all_is_done():
    plan_counties([RAOHE])
    rows = list(OutboxRow.objects.filter(kind=opening.STEP_KIND))
    run_all()
    before = AuditEntry.objects.count(), OutboxRow.objects.count(), *stand()
    for row in [*rows, OutboxRow.objects.filter(kind=opening.STEP_KIND).latest("pk")]:
        opening.take_step(row.payload, "")
    assert (AuditEntry.objects.count(), OutboxRow.objects.count(), *stand()) == before


def stand(code="230524"):
    """Where an opening stands: its state, its step, how many steps were tried."""
    return Opening.objects.values_list("state", "step", "tries").get(county__code=code)


def breaking(monkeypatch, name, trouble):
    """From here on the step does half of its work and fails; returns what mends it."""
    step = opening._steps[name]

    def run(county):
        County.objects.filter(code=county.code).update(saying="半句")
        raise trouble

    monkeypatch.setitem(opening._steps, name, opening.Step(step.order, name, step.title, run, step.in_county))
    return lambda: monkeypatch.setitem(opening._steps, name, step)


def due_again():
    OutboxRow.objects.filter(state=OutboxRow.State.WAITING).update(next_at=clock.now())


def stuck_items():
    return list(InboxItem.objects.filter(kind=opening.STUCK_KIND, done_at=None).values_list("title", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", [ValueError("没有这样的字"), IntegrityError("duplicate key")])
@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_fails_leaves_nothing_half_done_and_stops(monkeypatch, coordinator, name, trouble):
    mend = breaking(monkeypatch, name, trouble)
    plan_counties([RAOHE])
    run_all()
    assert stand()[:2] == (OpeningState.STUCK, name)
    assert County.objects.get(code="230524").saying == ""
    assert stuck_items() == [f"饶河县 · {trouble}"]
    mend()
    opening.retry(Opening.objects.get(county__code="230524"), by=coordinator)
    run_all()
    assert stand()[0] == OpeningState.DONE


@pytest.mark.django_db
@pytest.mark.parametrize("name", STEPS)
def test_a_lock_is_no_reason_to_stop(monkeypatch, name):
    mend = breaking(monkeypatch, name, OperationalError("canceling statement due to lock timeout"))
    plan_counties([RAOHE])
    run_all()
    assert stand() == (OpeningState.WORKING, name, STEPS.index(name))
    assert County.objects.get(code="230524").saying == ""
    assert stuck_items() == []
    mend()
    due_again()
    run_all()
    assert County.objects.get(code="230524").state == CountyState.OPEN


@pytest.mark.django_db
@pytest.mark.parametrize("name", STEPS)
def test_when_each_try_fails_it_stops_and_says_so_and_can_be_taken_up_again(monkeypatch, coordinator, name):
    mend = breaking(monkeypatch, name, OperationalError("canceling statement due to lock timeout"))
    batch = plan_counties([RAOHE])
    for _ in range(outbox.GIVE_UP_AFTER):
        assert not progress(batch).over
        run_all()
        due_again()
    assert OutboxRow.objects.filter(kind=opening.STEP_KIND, state=OutboxRow.State.DEAD).count() == 1
    assert stand()[:2] == (OpeningState.STUCK, name)
    assert "过一会儿重做" in Opening.objects.get(county__code="230524").trouble
    assert progress(batch).over
    [told] = stuck_items()
    assert told.startswith("饶河县 · 这一步试了几次都没做成")
    mend()
    opening.retry(Opening.objects.get(county__code="230524"), by=coordinator)
    run_all()
    assert County.objects.get(code="230524").state == CountyState.OPEN
    assert stuck_items() == []
    assert schemas.differences("c230524") == []


@pytest.mark.django_db
def test_giving_up_a_row_that_was_repeated_stops_nothing():
    plan_counties([RAOHE])
    row = OutboxRow.objects.filter(kind=opening.STEP_KIND).latest("pk")
    outbox.relay_once(limit=1)
    before = stand()
    opening.stop_where_it_stands(row.payload, "")
    opening.stop_where_it_stands({"opening": 0, "step": "schema"}, "")
    assert stand() == before
    run_all()
    opening.stop_where_it_stands(OutboxRow.objects.filter(kind=opening.STEP_KIND).latest("pk").payload, "")
    assert stand()[0] == OpeningState.DONE


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
@pytest.mark.parametrize(
    ("code", "province", "words"),
    [
        ("110101", "23", "东城区（110101）不在黑龙江省"),
        ("230184", "22", "不在吉林省"),
        ("350427", "35", "现在是沙县区，代码 350405"),
        ("350427", "23", "现在是沙县区"),
    ],
)
def test_what_is_not_the_provinces_or_is_gone_is_not_opened(settings, code, province, words):
    settings.JIETI_PROVINCE = province
    before = County.objects.count()
    with pytest.raises(UnknownDivision, match=words):
        plan_counties([Plan(code)])
    assert County.objects.count() == before


@pytest.mark.django_db
def test_the_successor_is_opened(settings):
    settings.JIETI_PROVINCE = "35"
    plan_counties([Plan("350405", service_phone="0598-55550405")])
    run_all()
    assert County.objects.get(code="350405").state == CountyState.OPEN


@pytest.mark.django_db
def test_an_address_that_is_anothers_is_said(settings):
    """A platform that was told another province: there is a 郊区 in both."""
    plan_counties([Plan("230811", service_phone="0454-55550811")])
    settings.JIETI_PROVINCE = "14"
    with pytest.raises(AlreadyOpen, match="/c/jiaoqu/"):
        plan_counties([Plan("140311")])
    assert not County.objects.filter(code="140311").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "most", "label", "sign"),
    [("contact_name", 40, "联系人", "长"), ("service_phone", 30, "客服电话", "1"), ("saying", 60, "一句话", "长")],
)
def test_what_does_not_fit_is_said_before_anything_is_written(name, most, label, sign):
    with pytest.raises(TooLong, match=f"{label}最多 {most} 个字，现在有 {most + 1} 个"):
        plan_counties([Plan("230524", **{name: sign * (most + 1)})])
    assert not County.objects.filter(code="230524").exists()
    plan_counties([Plan("230524", **{name: sign * most})])


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
