"""A link or a code that two browsers send at the same moment lets one of them in."""

import pytest

from accounts import services
from accounts.models import Invitation, OneTimeCode, User
from accounts.services import codes
from tests.factories.people import make_person
from tests.racing import before_one_commits, unlock

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13912340001"


@pytest.fixture
def link(wuchang):
    by = make_person("county_manager", "230184")
    issued = services.invite(phone=PHONE, name="钱", role="county_editor", county_code="230184", by=by)
    return lambda: services.accept_invitation(issued.token, name="钱", password="a long way home 9").user.name


def test_an_invitation_is_taken_up_once(link):
    assert sorted(before_one_commits(link, link)) == ["InvitationSpent", "钱"]
    assert User.objects.with_phone(PHONE).memberships.count() == 1


def test_without_its_lock_the_second_stumbles_over_the_first(link, monkeypatch):
    unlock(monkeypatch, Invitation)
    assert sorted(before_one_commits(link, link)) == ["IntegrityError", "钱"]


@pytest.fixture
def coming(wuchang):
    person = make_person("county_editor", "230184")
    code = services.print_code(person)
    return lambda: codes.spend(User.objects.get(pk=person.pk), code, codes.TO_SIGN_IN)


def test_a_code_is_spent_once(coming):
    assert sorted(before_one_commits(coming, coming)) == [False, True]


def test_without_its_lock_it_lets_two_in(coming, monkeypatch):
    unlock(monkeypatch, OneTimeCode)
    assert before_one_commits(coming, coming) == [True, True]
