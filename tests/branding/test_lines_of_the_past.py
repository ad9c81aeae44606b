"""The one plain line stays true when the day it names is over."""

from datetime import date, datetime, timedelta

import pytest

from kernel import clock
from tests.branding import roads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers")]


@pytest.fixture
def on(settings):
    """``on(date)``: it is that day now."""
    settings.CLOCK_MAY_SHIFT = True

    def go(day):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=clock.SHANGHAI)
        clock.shift(timedelta(0))
        clock.shift(noon - clock.now())

    yield go
    clock.shift(timedelta(0))


def line(brand):
    from branding.case_story import line_of

    return line_of(type(brand).objects.get(pk=brand.pk))


def test_a_look_that_takes_longer_is_no_longer_promised(handed_in, on):
    assert "最迟" in line(handed_in).says
    on(clock.today() + timedelta(days=60))
    told = line(handed_in)
    assert told.late
    assert "本来最迟" in told.says
    assert told.says.endswith("晚了")


def test_an_answer_that_was_not_sent_in_time_says_so(filed, officer, team, on):
    from branding.services import answers

    brand = roads.enter(filed, "correction", by=officer, dated=date(2026, 7, 1))
    on(date(2026, 7, 5))
    answers.answer_question(brand, by=team, text="改好了", upload=None)
    assert "本来" not in line(brand).says
    on(date(2026, 12, 1))
    told = line(brand)
    assert (told.late, told.todo) == (True, "给省里打个电话问")
    assert "本来最迟" in told.says


def test_a_publication_that_ended_is_nobodys_delay(filed, officer, on):
    brand = roads.enter(filed, "acceptance", by=officer, dated=date(2026, 7, 1))
    brand = roads.enter(brand, "examining", by=officer, dated=date(2026, 7, 20))
    brand = roads.enter(brand, "publication", by=officer, dated=date(2026, 8, 13))
    on(date(2026, 12, 20))
    told = line(brand)
    assert not told.late
    assert "满了，在等注册证" in told.says


def test_after_its_ten_years_a_mark_may_be_renewed_for_six_months_and_then_is_none(prepared, officer, on):
    brand = roads.registered(prepared, by=officer)
    end = brand.valid_until
    on(end + timedelta(days=20))
    told = line(brand)
    assert f"有效期 {end} 满了，宽展期里最迟" in told.says
    assert told.todo == "马上和省里说要不要续展"
    on(end + timedelta(days=250))
    assert "没有续展" in line(brand).says


def examined(filed, officer):
    brand = roads.enter(filed, "acceptance", by=officer, dated=date(2026, 7, 1))
    return roads.enter(brand, "examining", by=officer, dated=date(2026, 7, 20))


def ladder(brand):
    """Title → day of the rungs still ahead."""
    from branding.case_ladder import ladder_of

    rungs = ladder_of(type(brand).objects.get(pk=brand.pk))
    return {rung.title: rung.when for rung in rungs if "future" in rung.marks}


def test_what_the_province_did_not_file_in_time_is_not_somebody_elses_delay(prepared, on):
    assert "省里最迟" in line(prepared).says
    on(clock.today() + timedelta(days=90))
    told = line(prepared)
    assert told.late
    assert "省里本来最迟" in told.says
    assert told.todo == "给省里打个电话问"


def test_after_the_term_for_a_review_nobody_is_asked_to_write_one(filed, officer, on):
    brand = roads.enter(examined(filed, officer), "refusal", by=officer, dated=date(2026, 8, 13))
    on(date(2026, 8, 20))
    assert "可以申请复审" in line(brand).says
    on(date(2026, 12, 20))
    told = line(brand)
    assert told.late
    assert "过了，没有申请的驳回生效" in told.says
    assert told.todo == "还想办，和省里说重新申请"


def test_the_same_after_a_lost_opposition(filed, officer, on):
    brand = roads.enter(examined(filed, officer), "publication", by=officer, dated=date(2026, 8, 13))
    brand = roads.enter(brand, "opposition", by=officer, dated=date(2026, 9, 1))
    brand = roads.enter(brand, "opposition_lost", by=officer, dated=date(2026, 11, 2))
    assert "可以申请复审" in line(brand).says
    on(date(2027, 6, 1))
    assert "过了，没有申请的不予注册生效" in line(brand).says


def test_a_certificate_that_came_without_its_clocks_is_over_all_the_same(prepared, officer, on):
    from branding.services import clocks

    brand = roads.registered(prepared, by=officer)
    clocks.stop_all(brand, by=officer)
    on(brand.valid_until + timedelta(days=20))
    assert f"有效期 {brand.valid_until} 满了，没有续展" in line(brand).says


def test_the_ladder_promises_no_day_that_is_over(filed, officer, on):
    brand = examined(filed, officer)
    day = ladder(brand)["初审公告，三个月没人异议"]
    assert day.startswith("最迟 ")
    on(date(2028, 1, 10))
    assert ladder(brand)["初审公告，三个月没人异议"] == f"本来{day}"


def test_the_ladder_of_a_publication_that_ended_names_no_month(filed, officer, on):
    brand = roads.enter(examined(filed, officer), "publication", by=officer, dated=date(2026, 8, 13))
    on(date(2026, 8, 20))
    assert ladder(brand)["拿到注册证"] == "约 2026-11"
    on(date(2026, 12, 20))
    assert ladder(brand)["拿到注册证"] == ""


def test_the_ladder_of_an_ended_certificate_does_not_await_its_renewal(prepared, officer, on):
    brand = roads.registered(prepared, by=officer)
    assert ladder(brand)["续展"] == f"{brand.valid_until} 前"
    on(brand.valid_until + timedelta(days=20))
    assert ladder(brand)["续展"] == f"本来最迟 {brand.valid_until}"
