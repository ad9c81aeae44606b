"""Two officers with the same notice at the same moment: one enters it, the other is told so."""

import contextlib
import threading
from datetime import date

import pytest
from django.db import connection, transaction

from tests.branding import roads
from tests.branding.paper import pdf

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("trusted_papers", "nothing_found"),
]


@pytest.fixture
def waiting(wuchang, village, team, officer):
    from branding.services import cases

    brand = cases.submit_case(roads.draft(wuchang, village, by=team), by=team)
    return roads.enter(roads.prepare(brand, by=officer), "filing", by=officer, dated=date(2026, 6, 11))


def at_once(brand, officers, number=None):
    """What each of two threads was answered: the state, or the refusal's class."""
    from branding.services import notices

    barrier, answers = threading.Barrier(2, timeout=20), {}

    def enter(place, by):
        barrier.wait()
        try:
            kept = notices.enter(
                brand,
                "correction",
                by=by,
                dated=date(2026, 6, 14),
                number=number or f"TMZC0000{place}",
                upload=uploads[place],
            )
            answers[place] = kept.to_state
        except Exception as refusal:
            answers[place] = type(refusal).__name__
        finally:
            connection.close()

    uploads = [pdf(), pdf()]
    threads = [threading.Thread(target=enter, args=(place, by)) for place, by in enumerate(officers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    return sorted(answers.values())


@pytest.fixture
def officers(officer):
    from tests.factories.people import make_person

    return officer, make_person("coordinator", name="林省级")


def test_the_same_notice_by_two_is_entered_once(waiting, officers):
    assert at_once(waiting, officers, number="TMZC83012345BZ01") == ["EnteredAlready", "correction"]
    assert waiting.notices.filter(kind="correction").count() == 1
    assert clocks_of(waiting) == ["brand.correction"]


def test_of_two_notices_that_move_the_same_case_one_is_refused(waiting, officers):
    assert at_once(waiting, officers) == ["NotNow", "correction"]
    assert waiting.notices.filter(kind="correction").count() == 1
    assert clocks_of(waiting) == ["brand.correction"]


def test_without_the_lock_both_would_look_before_either_writes(waiting, officers, monkeypatch):
    """The mutant: the row is only read. Then the second is not told in words what happened."""
    from branding.models import Brand
    from branding.services import notices

    together = threading.Barrier(2, timeout=20)
    kept = notices._kept

    def slow(*told):
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait()
        return kept(*told)

    monkeypatch.setattr(notices, "locked", lambda brand: Brand.objects.get(pk=brand.pk))
    monkeypatch.setattr(notices, "_kept", slow)
    assert at_once(waiting, officers) != ["NotNow", "correction"]


def clocks_of(brand):
    from branding.services import clocks

    with transaction.atomic():
        return [one.code for one in clocks.running(brand)]
