"""Two coordinators who take each other's seat at the same moment: one of them stays."""

import pytest

from accounts import last_seat, services
from accounts.models import Membership, User
from tests.factories.people import make_person
from tests.racing import before_one_commits

pytestmark = pytest.mark.django_db(transaction=True)


def revoke(person, by):
    services.revoke_membership(person.memberships.get(), by=by)
    return "done"


def close(person, by):
    services.deactivate_person(person, by=by)
    return "done"


def sitting():
    return Membership.objects.current().filter(role="coordinator", user__is_active=True).count()


def each_other(one, other):
    first, second = make_person("coordinator", name="甲"), make_person("coordinator", name="乙")
    assert sitting() == 2
    people = User.objects.in_bulk([first.pk, second.pk])
    return before_one_commits(
        lambda: one(User.objects.get(pk=second.pk), people[first.pk]),
        lambda: other(User.objects.get(pk=first.pk), people[second.pk]),
    )


@pytest.mark.parametrize(("one", "other"), [(revoke, revoke), (close, close), (revoke, close)])
def test_of_two_who_send_each_other_away_one_stays(one, other):
    assert sorted(each_other(one, other)) == ["NotYours", "done"]
    assert sitting() == 1


@pytest.mark.parametrize("deed", [revoke, close])
def test_the_mutant_that_takes_no_turns_leaves_nobody(deed, monkeypatch):
    monkeypatch.setattr(last_seat, "take_turns", lambda: None)
    assert each_other(deed, deed) == ["done", "done"]
    assert sitting() == 0
