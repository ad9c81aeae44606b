"""Pressed three times, or by two people at once: one phone has one invitation to a role."""

import pytest

from accounts import services
from accounts.models import Invitation
from accounts.services import invitations
from tests.factories.people import make_person
from tests.racing import at_once

AT_ONCE = 4


@pytest.fixture
def inviter(transactional_db, wuchang):
    return make_person("county_manager", "230184")


def invited_at_once(by, phone):
    def invite():
        services.invite(phone=phone, name="钱", role="county_editor", county_code="230184", by=by)

    at_once(*[invite] * AT_ONCE)
    return Invitation.objects.unused().filter(role="county_editor").count()


def test_one_invitation_however_often_it_is_pressed(inviter):
    assert invited_at_once(inviter, "13912340001") == 1
    assert Invitation.objects.get(role="county_editor").sent_count == AT_ONCE


def test_the_mutant_that_takes_no_turns_makes_several(inviter, monkeypatch):
    monkeypatch.setattr(invitations, "_take_turns", lambda phone_hash: None)

    def one_round(number):
        Invitation.objects.all().delete()
        return invited_at_once(inviter, f"1391234{number:04d}")

    assert any(one_round(number) > 1 for number in range(20))
