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


def both(*acts):
    """What each of two threads was answered: what it returned, or the refusal's class."""
    barrier, answers = threading.Barrier(len(acts), timeout=20), {}

    def go(place, act):
        barrier.wait()
        try:
            answers[place] = act()
        except Exception as refusal:
            answers[place] = type(refusal).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(place, act)) for place, act in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    return sorted(answers.values())


def at_once(brand, officers, number=None):
    """Two enter a correction."""
    from branding.services import notices

    def entering(place, by, upload):
        told = {"dated": date(2026, 6, 14), "number": number or f"TMZC0000{place}", "upload": upload}
        return lambda: notices.enter(brand, "correction", by=by, **told).to_state

    return both(*(entering(place, by, pdf()) for place, by in enumerate(officers)))


def taken_back(brand, officers):
    """Two take the filing back."""
    from branding.services import mistakes

    filing = brand.notices.get().pk
    return both(
        *(lambda by=by: mistakes.take_back(brand, filing, by=by, why="日期错了") and "taken back" for by in officers)
    )


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


def test_of_two_who_take_a_document_back_one_is_refused(waiting, officers):
    assert taken_back(waiting, officers) == ["NotNow", "taken back"]
    assert waiting.mistakes.count() == 1
    assert clocks_of(waiting) == ["brand.file"]


def test_without_the_lock_it_would_be_taken_back_twice(waiting, officers, monkeypatch):
    """The mutant."""
    from branding.models import Brand
    from branding.services import mistakes

    together = threading.Barrier(2, timeout=20)
    written = mistakes._written

    def slow(*told):
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait()
        return written(*told)

    monkeypatch.setattr(mistakes, "locked", lambda brand: Brand.objects.get(pk=brand.pk))
    monkeypatch.setattr(mistakes, "_written", slow)
    assert taken_back(waiting, officers) != ["NotNow", "taken back"]


def clocks_of(brand):
    from branding.services import clocks

    with transaction.atomic():
        return [one.code for one in clocks.running(brand)]
