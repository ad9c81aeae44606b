"""``jieti demo shift``: the demo's clock moves for every process, a real province's never."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from kernel import clock

pytestmark = pytest.mark.django_db
MARK = "演示日期拨快时写的"
MARKED = ("/desk/", "/desk/messages/", "/desk/jobs/?state=waiting")


def test_a_real_province_refuses(settings):
    settings.JIETI_DEMO = False
    before = clock.today()
    with pytest.raises(CommandError):
        call_command("demo", "shift", "30")
    assert clock.today() == before


@pytest.mark.parametrize("days", ["4001", "-4001", "99999"])
def test_farther_than_any_deadline_it_does_not_go(settings, days):
    settings.JIETI_DEMO = settings.CLOCK_MAY_SHIFT = True
    before = clock.today()
    with pytest.raises(CommandError, match="最多拨 4000 天"):
        call_command("demo", "shift", days)
    assert clock.today() == before


def test_the_demo_moves_and_its_clocks_speak(settings, capsys, team_member):
    from kernel import deadlines
    from kernel.models import InboxItem

    settings.JIETI_DEMO = settings.CLOCK_MAY_SHIFT = True
    today = clock.today()
    deadlines.start(
        "brand.correction",
        obj=("brand", "1"),
        title="山椴语",
        county="230184",
        role="work_team",
        person=team_member,
        since=today,
    )
    call_command("demo", "shift", "31")
    assert clock.today() == today + timedelta(days=31)
    assert str(clock.today()) in capsys.readouterr().out
    assert InboxItem.objects.filter(person=team_member).exists()
    call_command("demo", "shift", "0")
    assert clock.today() == today


def test_going_back_takes_nothing_back_and_says_so(settings, capsys, team_member, client_for, coordinator):
    from accounts.messages.sending import send
    from kernel import inbox

    settings.JIETI_DEMO = settings.CLOCK_MAY_SHIFT = True
    call_command("demo", "shift", "30")
    assert "拨快时写下的" not in capsys.readouterr().out
    inbox.open_item("product.review", obj=("product", "1"), title="山椴蜜", county="230184", role="coordinator")
    send("deadline.today", team_member.phone, to=team_member, title="山椴蜜", name="补正")
    desk = client_for(coordinator)
    assert not any(MARK in desk.get(path).content.decode() for path in MARKED)
    call_command("demo", "shift", "0")
    said = capsys.readouterr().out
    assert "短信 1，待办 1" in said
    assert f"删掉 {settings.JIETI_VAR}" in said
    assert [desk.get(path).content.decode().count(MARK) for path in MARKED] == [1, 1, 1]
    inbox.open_item("product.review", obj=("product", "2"), title="今天的", county="230184", role="coordinator")
    assert desk.get("/desk/").content.decode().count(MARK) == 1


def test_a_real_province_marks_no_row_that_another_machine_wrote_a_moment_ahead(settings, client_for, coordinator):
    from kernel.models import InboxItem

    settings.JIETI_DEMO = settings.CLOCK_MAY_SHIFT = False
    ahead = clock.now() + timedelta(seconds=30)
    InboxItem.objects.create(kind="product.review", title="山椴蜜", role="coordinator", since=ahead)
    page = client_for(coordinator).get("/desk/").content.decode()
    assert "山椴蜜" in page
    assert MARK not in page
