"""待办: sorted by due date, narrowed, given away and exported exactly as shown."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from accounts.roles import COUNTY_MANAGER
from kernel import clock, inbox
from kernel.models import AuditEntry, InboxItem
from tests.factories.people import give_role, make_person

pytestmark = pytest.mark.django_db


def item(number, *, title="", role="coordinator", county="230184", kind="product.review", days=None, **more):
    due = clock.now() + timedelta(days=days) if days is not None else None
    inbox.open_item(
        kind, obj=("thing", str(number)), title=title or f"第{number}件", role=role, county=county, due=due, **more
    )
    return InboxItem.objects.get(object_id=str(number))


@pytest.fixture
def desk(client_for, coordinator):
    return client_for(coordinator)


def titles(answer):
    return [one.title for one in answer.context["page"]]


def test_what_is_due_first_stands_first_and_what_has_no_date_last(desk):
    item(1, days=9)
    item(2)
    item(3, days=-1)
    item(4, days=2)
    answer = desk.get("/desk/")
    assert titles(answer) == ["第3件", "第4件", "第1件", "第2件"]
    assert titles(desk.get("/desk/?list=late")) == ["第3件"]
    assert "1 件事超期了" in answer.content.decode()


def test_it_is_narrowed_by_kind_and_county_and_the_counts_follow(desk):
    item(1)
    item(2, county="231086")
    item(3, kind="county.stuck")
    answer = desk.get("/desk/?kind=product.review&county=230184")
    assert titles(answer) == ["第1件"]
    assert [count for _which, _name, count in answer.context["counts"]] == [1, 0, 0, 0]
    assert "产品待审" in answer.content.decode()
    assert "五常市" in answer.content.decode()


def test_the_sheet_holds_the_list_as_it_is_narrowed_in_its_order(desk):
    for number, days in ((1, 9), (2, 1), (3, 5)):
        item(number, days=days)
    item(4, county="231086", title="=1+1")
    answer = desk.get("/desk/inbox/export/?county=230184")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["第2件", "第3件", "第1件"]
    assert AuditEntry.objects.filter(action="inbox.export", facts__rows=3).exists()


def test_several_are_given_to_a_colleague_together_and_leave_my_list(desk, coordinator, client_for):
    colleague = make_person("coordinator", name="同事")
    first, second, third = (item(number) for number in (1, 2, 3))
    answer = desk.post("/desk/inbox/give/", {"item": [first.pk, second.pk], "to": colleague.pk}, follow=True)
    assert answer.status_code == 200
    assert "分好了 2 件" in answer.content.decode()
    assert titles(desk.get("/desk/")) == [third.title]
    assert titles(client_for(colleague).get("/desk/")) == ["第1件", "第2件", "第3件"]
    assert len(titles(desk.get("/desk/?who=all"))) == 3
    desk.post("/desk/inbox/give/", {"item": [first.pk], "to": "", "who": "all"})
    assert first.title in titles(desk.get("/desk/"))


def test_nobody_is_given_what_they_may_not_do_and_then_nothing_is_given(client_for, coordinator):
    give_role(coordinator, "brand_officer")
    colleague = make_person("coordinator", name="同事")
    allowed, forbidden = item(1), item(2, role="brand_officer")
    answer = client_for(coordinator).post(
        "/desk/inbox/give/", {"item": [allowed.pk, forbidden.pk], "to": colleague.pk}, follow=True
    )
    assert "一件也没有分" in answer.content.decode()
    assert not InboxItem.objects.filter(person__isnull=False).exists()


def test_another_role_s_item_cannot_be_taken(desk, coordinator):
    other = item(1, role="brand_officer")
    desk.post("/desk/inbox/give/", {"item": [other.pk], "to": coordinator.pk})
    other.refresh_from_db()
    assert other.person is None


@pytest.mark.parametrize("numbers", [["x"], ["9" * 30], [""], []])
def test_choosing_nothing_is_said(desk, coordinator, numbers):
    answer = desk.post("/desk/inbox/give/", {"item": numbers, "to": coordinator.pk}, follow=True)
    assert (answer.status_code, "先勾选" in answer.content.decode()) == (200, True)


def test_a_county_sees_and_gives_only_its_own(client_for, manager, wuchang, dongning):
    mine = item(1, role=COUNTY_MANAGER)
    theirs = item(2, role=COUNTY_MANAGER, county=dongning.code)
    browser = client_for(manager)
    assert titles(browser.get("/c/wuchang/desk/inbox/")) == [mine.title]
    answer = browser.post("/c/wuchang/desk/inbox/give/", {"item": [mine.pk, theirs.pk], "to": manager.pk}, follow=True)
    assert (answer.status_code, answer.redirect_chain[-1][0]) == (200, "/c/wuchang/desk/inbox/?list=todo")
    theirs.refresh_from_db()
    assert theirs.person is None
    assert browser.get("/c/dongning/desk/inbox/").status_code == 404


def test_what_a_manager_sent_back_stays_on_the_list_of_returned(client_for, manager, team_member):
    inbox.open_item(
        "product.mend",
        obj=("product", "5"),
        title="木耳",
        county="230184",
        role="work_team",
        person=team_member,
        returned_by=manager,
    )
    assert titles(client_for(manager).get("/c/wuchang/desk/inbox/?list=returned")) == ["木耳"]
    assert titles(client_for(team_member).get("/c/wuchang/desk/inbox/")) == ["木耳"]


def test_the_lengths_and_days_off_are_on_a_page(desk):
    page = desk.get("/desk/terms/").content.decode()
    assert "国庆节" in page


def test_a_year_without_its_notice_says_so_above_the_lengths(desk, monkeypatch):
    from datetime import date

    from kernel import clock

    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 22))
    page = desk.get("/desk/terms/").content.decode()
    assert "2027 年的放假安排国办通知还没有录入" in page
    assert "2028 年的放假还没有录入" in page
    assert "2026 年的放假" not in page
