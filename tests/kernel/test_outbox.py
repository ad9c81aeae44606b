"""The outbox: every effect once, however often a worker dies or a handler stumbles."""

import threading

import pytest
from django.db import connection, transaction

from kernel import clock, outbox
from kernel.models import AuditEntry, OutboxRow


@pytest.fixture
def handled(monkeypatch):
    """A handler that leaves its effect in the database: an audit entry."""
    from kernel import audit

    def handle(payload, county_code):
        audit.record("test.effect", number=payload["number"])

    monkeypatch.setitem(outbox.HANDLERS, "test.effect", handle)


@pytest.fixture
def failing(monkeypatch):
    def handle(payload, county_code):
        from kernel import audit

        audit.record("test.half")
        raise RuntimeError("the carrier hung up")

    monkeypatch.setitem(outbox.HANDLERS, "test.fail", handle)


@pytest.mark.django_db
def test_what_is_announced_with_a_rolled_back_change_never_happens(handled):
    class Undone(Exception):
        pass

    @transaction.atomic
    def announce_and_give_up():
        outbox.announce("test.effect", {"number": 1})
        raise Undone

    with pytest.raises(Undone):
        announce_and_give_up()
    assert outbox.relay_once() == 0


@pytest.mark.django_db
def test_the_same_key_announced_twice_happens_once(handled):
    for _ in range(2):
        outbox.announce("test.effect", {"number": 1}, key="order-1")
    outbox.relay_once()
    assert AuditEntry.objects.filter(action="test.effect").count() == 1


@pytest.mark.django_db
def test_a_failure_leaves_nothing_half_done_and_comes_back_later(failing):
    outbox.announce("test.fail", {})
    assert outbox.relay_once() == 1
    row = OutboxRow.objects.get(kind="test.fail")
    assert (row.state, row.attempts) == (OutboxRow.State.WAITING, 1)
    assert row.next_at > clock.now()
    assert "hung up" in row.last_trouble
    assert not AuditEntry.objects.filter(action="test.half").exists()
    assert outbox.relay_once() == 0  # not due yet


@pytest.mark.django_db
def test_after_its_last_try_a_row_is_given_up_and_can_be_run_again(failing, monkeypatch, coordinator):
    outbox.announce("test.fail", {})
    for _ in range(outbox.GIVE_UP_AFTER):
        OutboxRow.objects.update(next_at=clock.now())
        outbox.relay_once()
    row = OutboxRow.objects.get(kind="test.fail")
    assert row.state == OutboxRow.State.DEAD
    monkeypatch.setitem(outbox.HANDLERS, "test.fail", lambda payload, county: None)
    outbox.rerun(row, by=coordinator)
    outbox.relay_once()
    row.refresh_from_db()
    assert row.state == OutboxRow.State.DONE
    with pytest.raises(outbox.NotDead):
        outbox.rerun(row, by=coordinator)


def try_for_the_last_time():
    OutboxRow.objects.filter(kind="test.fail").update(next_at=clock.now(), attempts=outbox.GIVE_UP_AFTER - 1)
    outbox.relay_once()
    return OutboxRow.objects.get(kind="test.fail")


@pytest.mark.django_db
def test_who_waits_for_a_row_is_told_once_that_it_was_given_up(failing, monkeypatch):
    told = []
    monkeypatch.setitem(outbox.LAST_WORDS, "test.fail", lambda payload, county: told.append((payload, county)))
    outbox.announce("test.fail", {"number": 7})
    outbox.relay_once()
    assert told == []
    assert try_for_the_last_time().state == OutboxRow.State.DEAD
    assert told == [({"number": 7}, "")]


@pytest.mark.django_db
def test_a_row_is_not_given_up_while_nobody_can_be_told(failing, monkeypatch):
    from kernel import audit

    def told(payload, county):
        audit.record("test.told")
        raise RuntimeError("the line is dead")

    monkeypatch.setitem(outbox.LAST_WORDS, "test.fail", told)
    outbox.announce("test.fail", {})
    row = try_for_the_last_time()
    assert (row.state, row.attempts) == (OutboxRow.State.WAITING, outbox.GIVE_UP_AFTER)
    assert not AuditEntry.objects.filter(action="test.told").exists()
    monkeypatch.setitem(outbox.LAST_WORDS, "test.fail", lambda payload, county: None)
    assert try_for_the_last_time().state == OutboxRow.State.DEAD


@pytest.mark.django_db
def test_a_row_of_a_county_that_is_gone_is_refused_not_run_in_public(handled):
    outbox.announce("test.effect", {"number": 1}, county="999999")
    outbox.relay_once()
    row = OutboxRow.objects.get(kind="test.effect")
    assert row.state == OutboxRow.State.WAITING
    assert "CountyGone" in row.last_trouble
    assert not AuditEntry.objects.filter(action="test.effect").exists()


@pytest.mark.django_db
def test_a_row_of_a_county_runs_in_its_schema(wuchang, monkeypatch):
    seen = []
    monkeypatch.setitem(outbox.HANDLERS, "test.where", lambda payload, county: seen.append(connection.schema_name))
    outbox.announce("test.where", {}, county=wuchang.code)
    outbox.relay_once()
    assert seen == ["c230184"]
    assert connection.schema_name == "public"


def _relay_in_threads(count):
    def work():
        try:
            while outbox.relay_once():
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_four_workers_do_two_hundred_effects_once_each(handled):
    for number in range(200):
        outbox.announce("test.effect", {"number": number})
    _relay_in_threads(4)
    numbers = [entry.facts["number"] for entry in AuditEntry.objects.filter(action="test.effect")]
    assert sorted(numbers) == list(range(200))


@pytest.mark.django_db(transaction=True)
def test_without_the_row_lock_effects_would_double(handled, monkeypatch):
    """The mutant: take the lock away and the test above must be able to fail."""
    from django.db.models import QuerySet

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **kwargs: self)
    for number in range(200):
        outbox.announce("test.effect", {"number": number})
    _relay_in_threads(4)
    assert AuditEntry.objects.filter(action="test.effect").count() > 200


@pytest.mark.django_db
def test_rows_that_go_together_are_one_call_and_each_has_its_own_end(monkeypatch):
    lots = []

    def handle(payloads):
        lots.append([payload["number"] for payload in payloads])
        return [ValueError("refused") if payload["number"] == 2 else None for payload in payloads]

    monkeypatch.setitem(outbox.TOGETHER, "test.many", (handle, 4))
    for number in range(6):
        outbox.announce("test.many", {"number": number})
    assert outbox.relay_once() == 6
    assert lots == [[0, 1, 2, 3], [4, 5]]
    rows = {row.payload["number"]: row for row in OutboxRow.objects.filter(kind="test.many")}
    assert [rows[number].state for number in range(4)] == ["done", "done", "waiting", "done"]
    assert "refused" in rows[2].last_trouble


@pytest.mark.django_db
def test_what_cannot_be_now_waits_without_losing_a_try(monkeypatch):
    def handle(payloads):
        raise outbox.NotNow("the engine is away", pause=7)

    monkeypatch.setitem(outbox.TOGETHER, "test.many", (handle, 4))
    outbox.announce("test.many", {})
    for _ in range(outbox.GIVE_UP_AFTER + 2):
        OutboxRow.objects.update(next_at=clock.now())
        assert outbox.relay_once() == 1
    row = OutboxRow.objects.get(kind="test.many")
    assert (row.state, row.attempts) == (OutboxRow.State.WAITING, 0)
    assert row.next_at > clock.now()


@pytest.mark.django_db
def test_the_relay_is_woken_for_the_province_whoever_wakes_it(wuchang, settings, monkeypatch):
    """Woken in a county's schema it would do the province's rows in that county."""
    from kernel import tasks
    from tenants.scope import county_scope

    settings.WAKE_RELAY = True
    woken = []
    monkeypatch.setattr(tasks.relay, "apply_async", lambda **told: woken.append(told["headers"]["_schema_name"]))
    with county_scope(wuchang):
        assert connection.schema_name == wuchang.schema_name
        tasks.wake_relay()
    assert woken == ["public"]
