"""Who may do what: the table, and what no one person may hold together."""

import pytest

from accounts import roles, rules, services
from accounts.errors import NotYours, RoleConflict, UnknownRole
from tests.factories.people import give_role, make_person, make_user

PROVINCE_STAFF = {"coordinator", "brand_officer", "packaging_officer", "system_admin", "security_admin", "auditor"}
CHANGING = {"invite", "change", "revoke", "reset", "reveal"}


def test_every_role_of_the_province_but_two_needs_a_second_factor():
    assert {code for code in roles.ROLES if roles.needs_second_factor([code])} == PROVINCE_STAFF


def test_the_auditor_sees_and_changes_nothing_here():
    verbs = {name.rpartition(".")[2] for name in roles.permissions_of("auditor") if name.startswith("accounts.")}
    assert verbs == {"see"}


def test_a_later_room_adds_a_role_without_touching_accounts(db, monkeypatch):
    monkeypatch.setattr(roles, "ROLES", dict(roles.ROLES))
    monkeypatch.setattr(roles, "PERMISSIONS", dict(roles.PERMISSIONS))
    roles.add_role(roles.Role("beekeeper", "蜂农", roles.COUNTY, invited_by=frozenset({"county_manager"})))
    roles.grant("beekeeper", "hives.open")
    bee = make_person("beekeeper", "230184")
    assert roles.may(bee, "hives.open", "230184")
    assert not roles.may(bee, "hives.open", "231086")


def test_nothing_can_be_granted_to_a_role_nobody_knows():
    with pytest.raises(LookupError):
        roles.grant("emperor", "everything")


def test_a_county_role_counts_in_its_county_only(manager):
    assert roles.may(manager, "accounts.people.see", "230184")
    assert not roles.may(manager, "accounts.people.see", "231086")
    assert not roles.may(manager, "accounts.people.see")


def test_a_province_role_counts_everywhere(coordinator):
    assert roles.may(coordinator, "accounts.people.see")
    assert roles.may(coordinator, "accounts.people.see", "231086")


def test_a_closed_account_may_nothing(coordinator):
    coordinator.is_active = False
    assert not roles.may(coordinator, "accounts.people.see")


def test_the_three_officers_cannot_meet_through_two_invitations(db):
    by, phone = make_person("security_admin"), "19912340001"
    first = services.invite(phone=phone, name="甲", role="auditor", by=by)
    second = services.invite(phone=phone, name="甲", role="system_admin", by=by)
    third = services.invite(phone=phone, name="甲", role="designer", by=by)
    secret = "JBSWY3DPEHPK3PXP"
    user = services.accept_invitation(first.token, password="a-long-enough-one", secret=secret).user
    for later in (second, third):
        with pytest.raises(RoleConflict):
            services.accept_invitation(later.token, secret=secret, by=user)
    assert {seat.role for seat in roles.memberships(user)} == {"auditor"}


def test_a_county_manager_gives_county_roles_of_the_own_county(manager):
    given = {role.code for role in rules.roles_to_hand_on(manager, "230184")}
    assert given == {"county_manager", "county_editor", "work_team", "producer", "market_supervision"}
    assert rules.roles_to_hand_on(manager, "231086") == []
    assert rules.roles_to_hand_on(manager, "") == []


@pytest.mark.parametrize("role", ["county_editor", "work_team", "producer"])
def test_the_others_in_a_county_give_nothing(db, role):
    assert rules.roles_to_hand_on(make_person(role, "230184"), "230184") == []


def test_nobody_gives_themselves_a_role(coordinator, manager):
    for person, role, place in ((coordinator, "brand_officer", ""), (manager, "county_editor", "230184")):
        with pytest.raises(NotYours):
            services.grant_role(person, role=role, county_code=place, by=person)


def test_a_province_role_cannot_be_held_in_a_county(db):
    with pytest.raises(UnknownRole):
        services.grant_role(make_user(), role="coordinator", county_code="230184")
    with pytest.raises(UnknownRole):
        services.grant_role(make_user(), role="county_manager")


def test_the_last_coordinator_stays(db):
    last = make_person("coordinator")
    officer = make_person("security_admin")
    with pytest.raises(NotYours):
        services.revoke_membership(last.memberships.get(), by=officer)
    with pytest.raises(NotYours):
        services.deactivate_person(last, by=officer)
    give_role(make_user("第二位"), "coordinator")
    services.revoke_membership(last.memberships.get(), by=officer)
    assert roles.memberships(last) == []
