"""``jieti demo shift``: the demo's clock moves for every process, a real province's never."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from kernel import clock

pytestmark = pytest.mark.django_db


def test_a_real_province_refuses(settings):
    settings.JIETI_DEMO = False
    before = clock.today()
    with pytest.raises(CommandError):
        call_command("demo", "shift", "30")
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
