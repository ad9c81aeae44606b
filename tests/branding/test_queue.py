"""The officer's queue: by due date, filtered, and as many queries for many cases as for few."""

from datetime import date, timedelta

import pytest

from tests.branding import roads
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers", "nothing_found")]


@pytest.fixture
def three(wuchang, dongning, village, team, officer):
    """One handed in, one whose correction is late, one filed; and a draft nobody has handed in."""
    from branding.services import cases
    from kernel import clock

    today = clock.today()
    late = roads.prepare(cases.submit_case(roads.draft(wuchang, village, by=team, name="晚了的"), by=team), by=officer)
    late = roads.enter(late, "filing", by=officer, dated=today - timedelta(days=90))
    late = roads.enter(
        late,
        "correction",
        by=officer,
        dated=today - timedelta(days=60),
        electronic=False,
        received_on=today - timedelta(days=60),
    )
    new = cases.submit_case(roads.draft(dongning, None, by=team, name="新来的"), by=team)
    roads.draft(wuchang, village, by=team, name="还在写")
    return late, new


def listed(client, query=""):
    import re

    page = client.get(f"/desk/brands/{query}").content.decode()
    return re.findall(r'<td><a href="/desk/brands/\d+/">([^<]+)</a>', page)


def test_what_ends_first_stands_on_top(three, officer):
    desk = client_for(officer)
    assert listed(desk) == ["晚了的", "新来的", "还在写"]
    assert listed(desk, "?late=1") == ["晚了的"]
    assert listed(desk, "?state=correction") == ["晚了的"]
    assert listed(desk, "?state=handed_in") == ["新来的"]
    assert listed(desk, "?state=over") == []
    assert listed(desk, "?county=231086") == ["新来的"]
    assert listed(desk, f"?q={three[1].number}") == ["新来的"]
    assert listed(desk, "?q=晚") == ["晚了的"]
    assert "1 个期限过了" in desk.get("/desk/brands/").content.decode()


@pytest.mark.parametrize(
    "query", ["?state=x&county=y&late=9&page=z", "?q=%00", "?q=" + "9" * 40, "?q=PP-2026-99999999999"]
)
def test_nothing_typed_breaks_it(three, officer, query):
    assert client_for(officer).get(f"/desk/brands/{query}").status_code in (200, 400)


def test_more_cases_cost_no_more_queries(three, officer, wuchang, village, team):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from branding.services import cases

    desk = client_for(officer)
    desk.get("/desk/brands/")
    with CaptureQueriesContext(connection) as few:
        desk.get("/desk/brands/")
    for number in range(5):
        cases.submit_case(roads.draft(wuchang, village, by=team, name=f"名字{number}"), by=team)
    with CaptureQueriesContext(connection) as many:
        desk.get("/desk/brands/")
    assert len(many) <= len(few)


def test_the_villages_line_is_one_sentence(three, team):
    page = client_for(team).get("/c/wuchang/desk/brands/").content.decode()
    assert "补正答复最迟" in page
    assert "马上写好答复，交给省里。" in page
    assert "还在写，没有交上来，写完就交。" in page
    assert "新来的" not in page


def test_the_plain_line_of_an_examination_is_the_promised_one(wuchang, village, team, officer):
    from branding.case_story import line_of
    from branding.services import cases

    brand = roads.prepare(cases.submit_case(roads.draft(wuchang, village, by=team), by=team), by=officer)
    brand = roads.enter(brand, "filing", by=officer, dated=date(2026, 6, 20))
    brand = roads.enter(brand, "acceptance", by=officer, dated=date(2026, 7, 1))
    assert line_of(brand).whole == "国家局在审查，最迟 2027-03-20 有结果，现在不用做什么。"


def test_an_owner_who_becomes_a_producer_is_linked_at_any_time(wuchang, village, team, manager, officer):
    from branding.models import Brand
    from branding.services import cases
    from kernel.models import OutboxRow
    from tests.catalog import goods

    sold = goods.finished(wuchang, village, by=manager)
    brand = roads.registered(
        roads.prepare(cases.submit_case(roads.draft(wuchang, village, by=team), by=team), by=officer), by=officer
    )
    page = client_for(team).get(f"/c/wuchang/desk/brands/{brand.pk}/").content.decode()
    assert "这家是县里的哪个生产者" in page
    client_for(team).post(f"/c/wuchang/desk/brands/{brand.pk}/producer/", {"producer": sold.producer_id})
    assert Brand.objects.get(pk=brand.pk).producer_id == sold.producer_id
    assert OutboxRow.objects.filter(kind="brand.changed").exists()
    again = client_for(team).post(f"/c/wuchang/desk/brands/{brand.pk}/producer/", {"producer": "7000000"}, follow=True)
    assert "县里没有这个生产者了" in again.content.decode()
