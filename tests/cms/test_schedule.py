"""定时: approved pages go live at their hour and off at their end, county by county."""

from datetime import timedelta

import pytest

from tenants.scope import county_scope

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def approved(county, write, manager, editor, **hours):
    from cms import approval

    page = write(county, by=editor, body=[("text", "<p>稻子熟了。</p>")], **hours)
    with county_scope(county):
        approval.hand_in(page, by=editor)
        approval.approve(page, by=manager)
    return page


def state_of(county, page):
    from cms.standing import standing

    with county_scope(county):
        return str(standing(type(page).objects.get(pk=page.pk)))


def test_a_page_approved_for_an_hour_waits_for_it(support, write, manager, editor, client):
    from cms.scheduling import publish_due
    from kernel import clock
    from search.models import StoryCard

    page = approved(support, write, manager, editor, go_live_at=clock.now() + HOUR)
    assert state_of(support, page) == "scheduled"
    assert publish_due() == []
    assert client.get("/c/wuchang/river/").status_code == 404
    clock.shift(HOUR + timedelta(minutes=1))
    assert publish_due() == ["230184"]
    assert state_of(support, page) == "live"
    assert StoryCard.objects.count() == 1
    assert client.get("/c/wuchang/river/").status_code == 200
    assert publish_due() == []


def test_a_page_ends_by_itself(support, write, manager, editor, client):
    from cms.scheduling import publish_due
    from kernel import clock
    from search.models import StoryCard

    page = approved(support, write, manager, editor, expire_at=clock.now() + HOUR)
    assert state_of(support, page) == "live"
    clock.shift(2 * HOUR)
    assert publish_due() == ["230184"]
    assert state_of(support, page) == "gone"
    assert not StoryCard.objects.exists()
    assert client.get("/c/wuchang/river/").status_code == 404


def test_one_county_in_trouble_does_not_hold_up_another(wuchang, dongning, write, monkeypatch):
    from cms import scheduling
    from kernel import clock

    for county in (wuchang, dongning):
        page = write(county, expire_at=clock.now() + HOUR, live=True, body=[("heading", "一")])
    clock.shift(2 * HOUR)
    real = scheduling._end_and_begin

    def broken_in_wuchang():
        from tenants.scope import current_county

        if current_county().code == wuchang.code:
            raise RuntimeError("its disk is full")
        real()

    monkeypatch.setattr(scheduling, "_end_and_begin", broken_in_wuchang)
    assert scheduling.publish_due() == [dongning.code]
    assert state_of(dongning, page) == "gone"


def test_what_lacks_something_at_its_hour_is_not_shown(support, write, manager, editor, monkeypatch):
    from cms import gates
    from cms.scheduling import publish_due
    from kernel import clock

    page = approved(support, write, manager, editor, go_live_at=clock.now() + HOUR)
    monkeypatch.setattr(gates, "_gates", [lambda page: ["同意书撤回了。"]])
    clock.shift(2 * HOUR)
    publish_due()
    assert state_of(support, page) == "draft"


def test_beat_asks_for_what_is_due(settings):
    from cms.tasks import publish_due

    assert settings.CELERY_BEAT_SCHEDULE["stories"]["task"] == publish_due.name


@pytest.mark.parametrize(("hours", "taken"), [(-1, False), (1, True)])
def test_an_hour_that_is_past_is_refused_at_its_field(support, write, manager, client_for, hours, taken):
    from kernel import clock
    from tests.cms.test_approval import POSTED

    page = write(support, by=manager, body=[("text", "<p>稻子熟了。</p>")])
    hour = (clock.now() + hours * HOUR).astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
    answer = client_for(manager).post(f"/c/wuchang/cms/pages/{page.pk}/edit/", {**POSTED, "go_live_at": hour})
    assert (answer.status_code == 302) is taken
    if not taken:
        assert "这个时间已经过了" in answer.context["form"].errors["go_live_at"][0]
