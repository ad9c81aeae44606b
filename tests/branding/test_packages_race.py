"""Two people at one package at once: the first decides, the second is told so. With the mutants that must fail."""

import threading
import time

import pytest

from tests.branding import packages

pytestmark = pytest.mark.django_db(transaction=True)


def act(verb, verdicts, place, *, moved=None, go_on=None):
    """One person in a thread and a connection of their own; the first lingers before committing."""
    from django.db import connection, transaction

    from kernel.errors import DomainError

    try:
        with transaction.atomic():
            verb()
            if moved:
                moved.set()
                go_on.wait(10)
        verdicts[place] = "done"
    except DomainError as refusal:
        verdicts[place] = type(refusal).__name__
    except Exception as broken:
        verdicts[place] = f"broken: {broken!r}"
    finally:
        connection.close()


def race(first, second):
    """The second starts after the first has acted and before it commits."""
    moved, go_on, verdicts = threading.Event(), threading.Event(), ["", ""]
    one = threading.Thread(target=act, args=(first, verdicts, 0), kwargs={"moved": moved, "go_on": go_on})
    one.start()
    assert moved.wait(30)
    two = threading.Thread(target=act, args=(second, verdicts, 1))
    two.start()
    wait_until_blocked(two)
    go_on.set()
    one.join(30)
    two.join(30)
    return verdicts


def wait_until_blocked(two):
    """Until the second waits for the first one's row, or went past it."""
    from django.db import connection

    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] or not two.is_alive():
                return
        time.sleep(0.05)
    raise AssertionError("the second never reached the row")


@pytest.fixture
def without_locks(monkeypatch):
    """The mutant: rows are read without ``FOR UPDATE``."""
    from branding.models import PackageRequest
    from branding.services import packaging_brief, packaging_rounds, packaging_signing
    from kernel.workflow import Stateful

    def unlocked(case):
        return PackageRequest.objects.get(pk=case.pk)

    for room in (packaging_brief, packaging_rounds, packaging_signing):
        monkeypatch.setattr(room, "locked", unlocked)
    monkeypatch.setattr(Stateful, "_locked", lambda self: type(self)._default_manager.all())


def choose_or_ask(who):
    """One of the village presses 选定 while another presses 请设计师改一稿."""
    from branding.packaging_rules import latest_round
    from branding.services import packaging

    case = packages.until(who, "handed_in")
    verdicts = race(
        lambda: packaging.choose_round(case, latest_round(case), by=who.team),
        lambda: packaging.ask_for_round(case, by=who.manager, words="再改改"),
    )
    return case, verdicts


def test_of_choosing_and_asking_again_the_second_is_refused(who):
    case, verdicts = choose_or_ask(who)
    assert verdicts == ["done", "PackageLocked"]
    case.refresh_from_db()
    assert case.state == "chosen"


def test_without_the_lock_a_chosen_round_goes_back_to_the_designer(who, without_locks):
    case, verdicts = choose_or_ask(who)
    assert verdicts == ["done", "done"]
    assert case.history_moves.filter(from_state="handed_in").count() == 2


def sign_while_files_change(who):
    """The third name is being written while the designer lays another printer's file."""
    from branding.services import packaging

    case = packages.until(who, "compliance")
    packages.sign(who, case, sides=("village", "supervision"))
    seen = case.frozen_sha256
    verdicts = race(
        lambda: packaging.add_print_file(case, packages.pdf("other.pdf", (300, 300)), by=who.designer),
        lambda: packaging.sign_off(case, "owner", by=who.owner, seen=seen),
    )
    case.refresh_from_db()
    return case, verdicts


def test_a_name_under_files_that_just_changed_is_refused(who):
    case, verdicts = sign_while_files_change(who)
    assert verdicts == ["done", "PackageLocked"]
    assert case.state == "chosen"
    assert not case.sign_offs.filter(void_at=None).exists()


def test_without_the_lock_a_name_stands_under_other_files(who, without_locks):
    case, _verdicts = sign_while_files_change(who)
    standing = case.sign_offs.filter(void_at=None)
    assert standing.exists(), "the mutant must let the name through"


def test_two_officers_give_one_case_to_one_designer(who):
    from branding.services import packaging
    from tests.factories.people import make_person

    other_officer, other = make_person("packaging_officer", name="另一专员"), make_person("designer", name="另一位")
    case = packages.until(who, "request")
    verdicts = race(
        lambda: packaging.assign_designer(case, who.designer, by=who.officer),
        lambda: packaging.assign_designer(case, other, by=other_officer),
    )
    assert verdicts == ["done", "IllegalMove"]
    case.refresh_from_db()
    assert case.designer == who.designer
    assert case.offers.count() == 1


def test_a_hand_over_is_not_released_while_the_village_objects(who):
    from datetime import timedelta

    from branding.services import packaging
    from kernel import clock, outbox

    case = packages.until(who, "signed_off")
    while outbox.relay_once():
        pass
    packaging.hand_over(case, by=who.designer, rights=True)
    clock.shift(timedelta(days=30))
    released = []
    verdicts = race(
        lambda: packaging.object_to(case, by=who.team, words="颜色太暗"),
        lambda: released.append(packaging.release_silent()),
    )
    assert verdicts[-1] == "done"
    assert released == [0]
    case.refresh_from_db()
    assert case.state == "working"


def test_the_same_pack_asked_for_twice_at_once_is_one_case(who):
    from branding.models import PackageRequest
    from branding.services import packaging

    first = packages.filled(who)
    second = packaging.open_package(who.county.code, who.product.pk, by=who.manager)
    packaging.save_brief(second, by=who.manager, kind="bag", material="kraft", run=500)
    verdicts = race(
        lambda: packaging.submit_package(first, by=who.team), lambda: packaging.submit_package(second, by=who.manager)
    )
    assert verdicts == ["done", "AlreadyAsked"]
    assert PackageRequest.objects.filter(state="request").count() == 1
