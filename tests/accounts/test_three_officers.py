"""S7: system, security and audit administrators are three people, and nothing else besides."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Event

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import roles, services
from accounts.errors import NotYours, RoleConflict
from accounts.models import Membership
from kernel import clock
from tests.factories.people import client_for, give_role, make_person, make_user

MIGRATION = import_module("accounts.migrations.0004_three_officers")
OFFICERS = ("auditor", "security_admin", "system_admin")
OTHERS = ("coordinator", "brand_officer", "designer")
PAIRS = [(held, wanted) for held in OFFICERS for wanted in (*OFFICERS, *OTHERS) if held != wanted]
LOCK = "PERFORM 1 FROM public.accounts_user WHERE id = NEW.user_id FOR NO KEY UPDATE;"


# --- one person, one office -----------------------------------------------------------------------
@pytest.mark.parametrize(("held", "wanted"), [*PAIRS, *((wanted, held) for held, wanted in PAIRS)])
def test_an_officer_takes_no_second_role(db, held, wanted):
    person = make_person(held)
    with pytest.raises(RoleConflict, match="三员"):
        services.grant_role(person, role=wanted)
    assert [seat.role for seat in roles.memberships(person)] == [held]


@pytest.mark.parametrize("role", ["county_manager", "work_team"])
def test_an_officer_works_in_no_county(db, role, wuchang):
    person = make_person("auditor")
    with pytest.raises(RoleConflict):
        services.grant_role(person, role=role, county_code="230184")


def test_an_officer_may_buy_apples(db):
    person = make_person("auditor")
    services.grant_role(person, role="shopper")
    assert {seat.role for seat in roles.memberships(person)} == {"auditor", "shopper"}


def test_who_lays_an_office_down_may_take_another(db):
    person, by = make_person("auditor"), make_person("security_admin")
    services.revoke_membership(person.memberships.get(), by=by)
    services.grant_role(person, role="system_admin", by=by)
    assert roles.has_role(person, "system_admin")


def test_other_roles_go_together_as_before(db, wuchang):
    person = make_person("brand_officer")
    services.grant_role(person, role="packaging_officer")
    services.grant_role(person, role="county_editor", county_code="230184")
    assert len(roles.memberships(person)) == 3


# --- the database says so too -----------------------------------------------------------------------
@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_the_database_refuses_what_the_services_would(db, held, wanted):
    person = make_person(held)
    with pytest.raises(IntegrityError, match="an officer holds no second role"), transaction.atomic():
        give_role(person, wanted)


def test_the_database_refuses_an_old_seat_that_comes_back(db):
    person = make_person("auditor")
    Membership.objects.update(revoked_at=clock.now())
    give_role(person, "system_admin")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(role="auditor").update(revoked_at=None)


def test_the_database_and_the_table_in_code_name_the_same_officers():
    for role in roles.OFFICERS:
        assert f"'{role}'" in MIGRATION.GUARD
    assert MIGRATION.GUARD.count("_admin'") + MIGRATION.GUARD.count("'auditor'") == len(roles.OFFICERS)
    assert all(f"'{role}'" in MIGRATION.GUARD for role in roles.NO_OFFICE)


def two_grants_at_once(person):
    """Two people press their buttons in the same moment; how many seats stand afterwards."""
    written = Event()

    def grant(role, *, first):
        try:
            with transaction.atomic():
                if not first:
                    written.wait(10)
                Membership.objects.create(user=person, role=role, granted_at=clock.now())
                if first:
                    written.set()
                    connection.cursor().execute("SELECT pg_sleep(0.5)")
        except IntegrityError:
            return
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(grant, "auditor", first=True), pool.submit(grant, "security_admin", first=False)]:
            done.result()
    return Membership.objects.filter(user=person).count()


def test_two_grants_at_the_same_moment_make_one_officer(transactional_db):
    assert two_grants_at_once(make_user("甲")) == 1


def test_the_mutant_without_the_lock_makes_two(transactional_db):
    mutant = MIGRATION.GUARD.partition("CREATE TRIGGER")[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    assert LOCK in mutant
    with connection.cursor() as cursor:
        cursor.execute(mutant.replace(LOCK, ""))
    assert two_grants_at_once(make_user("甲")) == 2


# --- what each may ----------------------------------------------------------------------------------
READS = {"see", "see_all", "security", "office", "jobs", "audit", "all", "county_inbox", "wants", "export", "status"}
GRANTING = {
    "accounts.people.invite",
    "accounts.people.change",
    "accounts.people.revoke",
    "accounts.second_factor.reset",
}


def test_the_auditors_permissions_only_read():
    told = {name.rpartition(".")[2] for name in roles.permissions_of("auditor")}
    assert told <= READS, "a word that is new here: does it only read?"


def test_the_system_administrator_gives_no_role_and_reads_no_trail():
    held = roles.permissions_of("system_admin")
    assert not held & (GRANTING | {"console.audit", "console.audit.security", "accounts.phone.reveal"})
    assert {"console.jobs", "console.jobs.rerun", "console.counties.open"} <= held


def test_the_security_administrator_runs_no_job_and_reads_the_security_log_only():
    held = roles.permissions_of("security_admin")
    assert GRANTING | {"console.audit.security"} <= held
    assert not held & {"console.jobs", "console.jobs.rerun", "console.counties.open", "console.audit"}


def test_no_other_role_than_the_security_administrators_gives_an_office(db, coordinator):
    for office in OFFICERS:
        with pytest.raises(NotYours):
            services.invite(phone="19912340001", name="甲", role=office, by=coordinator)
        services.invite(phone="19912340001", name="甲", role=office, by=make_person("security_admin"))


def test_a_coordinator_cannot_take_an_officer_away(db, coordinator):
    officer = make_person("auditor")
    with pytest.raises(NotYours):
        services.revoke_membership(officer.memberships.get(), by=coordinator)
    with pytest.raises(NotYours):
        services.deactivate_person(officer, by=coordinator)
    asked = services.reset_second_factor(officer, by=coordinator, reason="手机丢了")
    assert asked is not None, "a second person must say yes"


def test_a_grant_counts_from_the_next_request(db):
    person, by = make_person("designer"), make_person("security_admin")
    browser = client_for(person)
    assert browser.get("/desk/").status_code == 403
    services.grant_role(person, role="brand_officer", by=by)
    assert browser.get("/desk/").status_code == 200


@pytest.mark.parametrize(
    ("who", "business", "security"),
    [
        ("coordinator", True, False),
        ("security_admin", False, True),
        ("auditor", True, True),
    ],
)
def test_each_reads_their_half_of_the_trail(db, who, business, security):
    from kernel import audit

    audit.record("product.publish", by=None, title="长粒香稻")
    audit.record("membership.grant", by=None, title="新来的同事")
    page = client_for(make_person(who)).get("/desk/audit/").content.decode()
    assert ("长粒香稻" in page, "新来的同事" in page) == (business, security)


def test_the_system_administrator_does_not_read_the_trail(db):
    assert client_for(make_person("system_admin")).get("/desk/audit/").status_code == 403
