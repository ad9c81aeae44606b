"""Two who give one piece of work to two people at once: it and its clock have one and the same person."""

from datetime import timedelta

import pytest

from kernel import clock, deadlines, inbox
from kernel.models import Deadline, InboxItem
from tests.factories.people import make_person
from tests.racing import before_one_commits, unlock

pytestmark = pytest.mark.django_db(transaction=True)
THING = ("thing", "1")


@pytest.fixture
def work(coordinator):
    """An item that waits, and the clock that reminds of it."""
    due = clock.today() + timedelta(days=9)
    inbox.open_item("product.review", obj=THING, title="一件", role="coordinator")
    deadlines.start("account.goodbye", obj=THING, title="一件", role="coordinator", escalate_to="", until=due)
    return InboxItem.objects.get()


def given_at_once(work, by):
    """Whose the item is, and whose the clock."""
    people = make_person("coordinator", name="甲"), make_person("coordinator", name="乙")
    among = InboxItem.objects.all()
    give = [lambda to=to: inbox.give([work.pk], to=to, by=by, among=among) for to in people]
    assert before_one_commits(*give) == [1, 1]
    return InboxItem.objects.get().person, Deadline.objects.get().person


def test_the_clock_goes_to_whoever_has_the_work(work, coordinator):
    item, its_clock = given_at_once(work, coordinator)
    assert item is not None
    assert item == its_clock


def test_the_mutant_that_does_not_hold_the_item_reminds_somebody_else(work, coordinator, monkeypatch):
    unlock(monkeypatch, InboxItem)
    item, its_clock = given_at_once(work, coordinator)
    assert item != its_clock
