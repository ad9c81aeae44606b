"""Two managers at once; a term that is cut while somebody approves."""

import threading
from datetime import date

import pytest

from tests.campaigns import words
from tests.catalog.test_race import wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)


def in_thread(act, verdicts, *, moved=None, go_on=None):
    """``act`` in a connection of its own; the first lingers before committing."""
    from django.db import connection, transaction

    from kernel.errors import DomainError

    def run():
        try:
            with transaction.atomic():
                said = act()
                if moved:
                    moved.set()
                    go_on.wait(10)
            verdicts.append(said)
        except DomainError as refusal:
            verdicts.append(refusal.code)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def race(first, second, *, blocked=True):
    """The second starts after the first has written and before it commits."""
    moved, go_on, verdicts = threading.Event(), threading.Event(), []
    one = in_thread(first, verdicts, moved=moved, go_on=go_on)
    assert moved.wait(20)
    two = in_thread(second, verdicts)
    if blocked:
        wait_until_blocked()
    else:
        two.join(20)
    go_on.set()
    one.join(20)
    two.join(20)
    return sorted(verdicts)


def approving(endorsement, by):
    from campaigns import services

    return lambda: services.approve_endorsement(endorsement, by=by) and "approved"


def test_of_two_managers_the_second_is_refused(waiting, manager, coordinator):
    assert race(approving(waiting, manager), approving(waiting, coordinator)) == ["approved", "illegal_move"]
    assert list(waiting.history_moves.filter(to_state="standing").values_list("by_name", flat=True)) == ["王主任"]


def test_a_term_that_is_cut_while_somebody_approves_ends_what_was_approved(waiting, manager, coordinator):
    from campaigns import services

    def cut():
        services.change_term(waiting.endorser, until=date(2026, 11, 20), by=coordinator, note="调走了")
        return "cut"

    assert race(approving(waiting, manager), cut) == ["approved", "cut"]
    waiting.refresh_from_db()
    assert (waiting.state, waiting.ended_why) == ("ended", "term")


def test_without_the_lock_on_the_person_the_word_would_outlive_the_office(waiting, manager, coordinator, monkeypatch):
    """The mutant: approving no longer holds the person's row. It must be caught by the test above."""
    from campaigns import services
    from campaigns.models import Endorsement

    def unlocked(endorsement):
        return Endorsement.objects.select_related("endorser").get(pk=endorsement.pk)

    def cut():
        services.change_term(waiting.endorser, until=date(2026, 11, 20), by=coordinator, note="调走了")
        return "cut"

    monkeypatch.setattr(services, "_locked", unlocked)
    assert race(approving(waiting, manager), cut, blocked=False) == ["approved", "cut"]
    waiting.refresh_from_db()
    assert waiting.state == "standing"


def test_the_same_hand_in_twice_opens_one_item(draft, editor):
    from campaigns import services
    from kernel.models import InboxItem

    def hand_in():
        services.submit_endorsement(draft, by=editor)
        return "submitted"

    assert race(hand_in, hand_in) == ["illegal_move", "submitted"]
    assert InboxItem.objects.filter(kind="endorsement.review").count() == 1
    assert words.facts(draft)[3] == [("submitted", "李编辑")]
