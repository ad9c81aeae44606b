"""Two officers with the same notice at the same moment: one enters it, the other is told so."""

import contextlib
import threading
from datetime import date

import pytest
from django.db import transaction

from tests.branding import roads
from tests.branding.paper import pdf
from tests.racing import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("trusted_papers", "nothing_found"),
]


@pytest.fixture
def waiting(wuchang, village, team, officer):
    from branding.services import cases

    brand = cases.submit_case(roads.draft(wuchang, village, by=team), by=team)
    return roads.enter(roads.prepare(brand, by=officer), "filing", by=officer, dated=date(2026, 6, 11))


def both_enter(brand, officers, number=None):
    """Two enter a correction."""
    from branding.services import notices

    def entering(place, by, upload):
        told = {"dated": date(2026, 6, 14), "number": number or f"TMZC0000{place}", "upload": upload}
        return lambda: notices.enter(brand, "correction", by=by, **told).to_state

    return sorted(at_once(*(entering(place, by, pdf()) for place, by in enumerate(officers))))


def taken_back(brand, officers):
    """Two take the filing back."""
    from branding.services import mistakes

    filing = brand.notices.get().pk
    return sorted(
        at_once(
            *(
                lambda by=by: mistakes.take_back(brand, filing, by=by, why="日期错了") and "taken back"
                for by in officers
            )
        )
    )


@pytest.fixture
def officers(officer):
    from tests.factories.people import make_person

    return officer, make_person("coordinator", name="林省级")


def test_the_same_notice_by_two_is_entered_once(waiting, officers):
    assert both_enter(waiting, officers, number="TMZC83012345BZ01") == ["EnteredAlready", "correction"]
    assert waiting.notices.filter(kind="correction").count() == 1
    assert clocks_of(waiting) == ["brand.correction"]


def test_of_two_notices_that_move_the_same_case_one_is_refused(waiting, officers):
    assert both_enter(waiting, officers) == ["NotNow", "correction"]
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
    assert both_enter(waiting, officers) != ["NotNow", "correction"]


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
