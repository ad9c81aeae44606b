"""Clocks: they remind, they escalate, and a missed one stays loud until somebody stops it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import clock, deadlines, inbox, terms, workdays
from kernel.models import Deadline, InboxItem, OutboxRow

CASE = ("case", "7")


@pytest.fixture(autouse=True)
def lengths(tmp_path):
    table = tmp_path / "terms.csv"
    table.write_text(
        "code,name,length,unit,valid_from,holiday,source\n"
        "test.answer,答复,30,days,2019-01-01,,一条规则\n"
        "test.answer,答复,20,days,2026-06-01,,改过的规则\n"
        "test.silence,沉默,5,working_days,2019-01-01,,约定\n"
        "test.examine,审查,9,months,2019-01-01,,商标法 §28\n"
        "test.official,补正,15,days,2019-01-01,next,实施条例 §12\n",
        encoding="utf-8",
    )
    terms.add_terms(table)
    yield
    for key in [key for key in terms._terms if key[0].startswith("test.")]:
        del terms._terms[key]


def start(code="test.answer", since=date(2026, 11, 2), **more):
    return deadlines.start(code, obj=CASE, title="饶峰", county="230524", role="work_team", since=since, **more)


def on(monkeypatch, day):
    from datetime import datetime, time

    noon = datetime.combine(day, time(12), tzinfo=clock.SHANGHAI)
    monkeypatch.setattr(clock, "now", lambda: noon)


def open_kinds():
    return sorted(InboxItem.objects.filter(done_at__isnull=True).values_list("kind", "role"))


# --- lengths -----------------------------------------------------------------------------------


def test_the_week_of_national_day_is_not_worked_and_the_saturday_after_is():
    assert workdays.add_working_days(date(2026, 9, 30), 5) == date(2026, 10, 13)
    assert workdays.is_working_day(date(2026, 10, 10))
    assert not workdays.is_working_day(date(2026, 10, 7))


def test_months_end_on_the_last_day_where_the_day_is_missing():
    assert workdays.add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert workdays.add_months(date(2024, 2, 29), 120) == date(2034, 2, 28)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_working_days_never_end_on_a_day_off(start, number):
    end = workdays.add_working_days(start, number)
    assert workdays.is_working_day(end)
    assert sum(workdays.is_working_day(start + timedelta(days=day + 1)) for day in range((end - start).days)) == number


def test_no_day_is_in_two_holidays():
    days = [
        holiday.first + timedelta(days=step)
        for holiday in workdays.holidays()
        for step in range((holiday.last - holiday.first).days + 1)
    ]
    assert len(days) == len(set(days))
    assert all(holiday.first <= holiday.last and holiday.source for holiday in workdays.holidays())


def test_the_length_in_force_on_the_first_day_counts():
    assert terms.term("test.answer", date(2026, 5, 31)).length == 30
    assert terms.term("test.answer", date(2026, 6, 1)).length == 20
    with pytest.raises(terms.UnknownTerm):
        terms.term("test.answer", date(2018, 1, 1))


def test_years_without_the_notice_are_known_by_name():
    """2026 has its notice; of 2027 the law's days stand in the table, of 2028 nothing."""
    assert workdays.years_unannounced(date(2026, 11, 22)) == [(2027, True), (2028, False)]
    assert workdays.years_unannounced(date(2025, 3, 1)) == [(2027, True)]


@pytest.fixture
def notice_of_2027(monkeypatch):
    """The notice comes in: eight days off in February, the Saturday before is worked."""

    def comes():
        source = f"{workdays.NOTICE}〔2026〕9号"
        days = [
            workdays.Holiday(date(2027, 2, 5), date(2027, 2, 12), "off", "春节", source),
            workdays.Holiday(date(2027, 1, 30), date(2027, 1, 30), "work", "春节调休", source),
        ]
        rows = tuple(one for one in workdays.holidays() if one.last.year < 2027) + tuple(days)
        monkeypatch.setattr(workdays, "holidays", lambda: rows)
        workdays._kinds.cache_clear()

    yield comes
    workdays._kinds.cache_clear()


@pytest.mark.django_db
def test_the_notice_moves_the_last_days_of_running_clocks_and_their_items(monkeypatch, notice_of_2027):
    on(monkeypatch, date(2027, 1, 29))
    silence = start("test.silence", since=date(2027, 2, 2))
    counted_in_days = start("test.answer", since=date(2027, 1, 20))
    official = start("test.official", since=date(2027, 1, 21))
    assert official.due == date(2027, 2, 9)  # the fifteenth day, the 5th, is off
    set_by_hand = deadlines.start(
        "test.silence", obj=("case", "8"), title="八", since=date(2027, 2, 2), until=silence.due
    )
    inbox.open_item(
        "test.reply", obj=CASE, title="饶峰", county="230524", role="work_team", due=deadlines.last_moment(silence.due)
    )
    inbox.open_item(
        "test.other", obj=("case", "9"), title="九", county="230524", due=deadlines.last_moment(silence.due)
    )
    assert silence.due == date(2027, 2, 11)  # 3, 4, 9, 10, 11: the law gives the 5th to the 8th
    notice_of_2027()
    assert (deadlines.recount(), deadlines.recount()) == (2, 0)
    assert Deadline.objects.get(pk=official.pk).due == date(2027, 2, 15)
    silence.refresh_from_db()
    assert silence.due == date(2027, 2, 17)  # 3, 4, 15, 16, 17
    assert Deadline.objects.get(pk=counted_in_days.pk).due == counted_in_days.due
    assert Deadline.objects.get(pk=set_by_hand.pk).due == set_by_hand.due
    assert InboxItem.objects.get(kind="test.reply").due == deadlines.last_moment(date(2027, 2, 17))
    assert InboxItem.objects.get(kind="test.other").due == deadlines.last_moment(date(2027, 2, 11))


@pytest.mark.django_db
def test_the_notice_moves_items_that_are_counted_without_a_clock(monkeypatch, notice_of_2027):
    """A story handed in has its day on the list alone."""
    on(monkeypatch, date(2027, 2, 2))
    due = deadlines.due_of_item("story.review", date(2027, 2, 2))
    late = deadlines.last_moment(date(2027, 2, 1))
    for pk, when in ((1, due), (2, due), (3, late)):
        inbox.open_item("story.review", obj=("story", str(pk)), title="河", county="230524", due=when)
    inbox.open_item("test.other", obj=("story", "1"), title="河", county="230524", due=due)
    inbox.close_item("story.review", obj=("story", "2"), by=None, county="230524")
    assert (due, deadlines.recount()) == (deadlines.last_moment(date(2027, 2, 9)), 0)
    notice_of_2027()
    assert (deadlines.recount(), deadlines.recount()) == (1, 0)
    told = InboxItem.objects.order_by("pk").values_list("due", flat=True)
    assert list(told) == [deadlines.last_moment(date(2027, 2, 15)), due, late, due]


@pytest.mark.django_db
def test_a_clock_that_stopped_or_was_missed_keeps_its_last_day(monkeypatch, notice_of_2027):
    stopped = start("test.silence", since=date(2027, 2, 2))
    deadlines.stop("test.silence", obj=CASE, by=None, county="230524")
    missed = start("test.silence", since=date(2027, 2, 2))
    on(monkeypatch, date(2027, 2, 12))
    deadlines.sweep()
    notice_of_2027()
    assert deadlines.recount() == 0
    assert {stopped.due, missed.due} == {date(2027, 2, 11)}


@pytest.mark.django_db
def test_they_are_recounted_once_a_day(monkeypatch, notice_of_2027):
    from django.core.cache import caches

    caches["shared"].clear()
    on(monkeypatch, date(2027, 2, 1))
    assert deadlines.recount_daily() == 0
    start("test.silence", since=date(2027, 2, 2))
    notice_of_2027()
    assert deadlines.recount_daily() == 0
    on(monkeypatch, date(2027, 2, 2))
    assert deadlines.recount_daily() == 1


# --- a clock's life ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_clock_keeps_where_its_length_comes_from():
    deadline = start()
    assert (deadline.due, deadline.length, deadline.unit) == (date(2026, 11, 22), 20, "days")
    assert deadline.source == "改过的规则"


@pytest.mark.django_db
def test_the_same_clock_twice_is_refused_and_the_first_still_runs():
    first = start()
    with pytest.raises(deadlines.AlreadyRunning):
        start()
    assert list(deadlines.of(CASE, "230524")) == [first]


@pytest.mark.django_db
def test_reminders_come_at_fifteen_seven_three_and_one_day_and_only_once(monkeypatch):
    start("test.examine")  # until 2027-08-02
    spoken = []
    for left in range(20, -1, -1):
        on(monkeypatch, date(2027, 8, 2) - timedelta(days=left))
        spoken += [left for _ in range(2) if deadlines.sweep()]
    assert spoken == [15, 7, 3, 1]
    assert open_kinds() == [(deadlines.SOON, "work_team")]
    assert OutboxRow.objects.filter(kind=deadlines.REMINDED).count() == 4


@pytest.mark.django_db
def test_a_sweep_that_slept_reminds_once_not_four_times(monkeypatch):
    start("test.examine")
    on(monkeypatch, date(2027, 8, 1))
    assert deadlines.sweep() == 1
    assert OutboxRow.objects.filter(kind=deadlines.REMINDED).count() == 1
    assert Deadline.objects.get().reminded == [15, 7, 3, 1]


@pytest.mark.django_db
def test_a_clock_shorter_than_a_reminder_is_not_reminded_of_on_its_first_day(monkeypatch):
    start("test.silence", since=date(2026, 11, 2))  # until 11-09
    on(monkeypatch, date(2026, 11, 2))
    assert deadlines.sweep() == 0
    on(monkeypatch, date(2026, 11, 6))
    assert deadlines.sweep() == 1


@pytest.mark.django_db
def test_missed_is_loud_for_the_owner_and_for_whoever_it_escalates_to(monkeypatch):
    deadline = start(escalate_to="brand_officer")
    on(monkeypatch, deadline.due)
    deadlines.sweep()
    assert not Deadline.objects.get().is_late  # the last day is still in time
    on(monkeypatch, deadline.due + timedelta(days=1))
    assert deadlines.sweep() == 1
    assert deadlines.sweep() == 0
    assert open_kinds() == [(deadlines.ESCALATED, "brand_officer"), (deadlines.MISSED, "work_team")]
    on(monkeypatch, deadline.due + timedelta(days=400))
    assert list(deadlines.late()) == [deadline]  # it never vanishes


@pytest.mark.django_db
def test_stopping_closes_what_it_said_and_remembers_that_it_was_missed(monkeypatch, coordinator):
    deadline = start()
    on(monkeypatch, deadline.due + timedelta(days=2))
    deadlines.sweep()
    assert open_kinds()
    assert deadlines.stop("test.answer", obj=CASE, county="230524", by=coordinator) == 1
    assert open_kinds() == []
    deadline = Deadline.objects.get()
    assert deadline.state == "missed"
    assert not deadlines.late().exists()
    assert start().pk != deadline.pk  # and the next one may begin


@pytest.mark.django_db
def test_another_county_s_clock_on_the_same_number_is_another_clock(coordinator):
    start()
    deadlines.start("test.answer", obj=CASE, title="别县", county="230184", since=date(2026, 11, 2))
    assert deadlines.stop_all(obj=CASE, county="230184", by=coordinator) == 1
    assert Deadline.objects.filter(stopped_at__isnull=True, county_code="230524").count() == 1


# --- the inbox ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_i_sent_back_stays_on_my_list_until_it_comes_again(coordinator):
    inbox.open_item("brand.mend", obj=CASE, title="饶峰", county="230524", role="work_team", returned_by=coordinator)
    assert [item.title for item in inbox.returned_by(coordinator)] == ["饶峰"]
    inbox.close_item("brand.mend", obj=CASE, county="230524", by=None)
    assert not inbox.returned_by(coordinator).exists()


@pytest.mark.django_db
def test_what_is_given_to_one_leaves_the_others_lists(coordinator, auditor):
    seats = [("coordinator", "")]
    for number in "12":
        inbox.open_item("case", obj=("case", number), title=number, role="coordinator")
    one, two = InboxItem.objects.order_by("object_id")
    assert inbox.give([one.pk, two.pk + 99], to=auditor, by=coordinator, among=inbox.of_role(seats)) == 1
    assert list(inbox.items_of(coordinator, seats)) == [two]
    assert list(inbox.items_of(auditor, [])) == [one]


@pytest.mark.django_db
def test_nothing_outside_one_s_own_list_can_be_given_away(coordinator, auditor):
    inbox.open_item("case", obj=CASE, title="别人的", role="brand_officer")
    item = InboxItem.objects.get()
    assert inbox.give([item.pk], to=auditor, by=coordinator, among=inbox.of_role([("coordinator", "")])) == 0
