"""Two sealers at once: the second leaves the rows to the first."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from kernel import audit

pytestmark = pytest.mark.django_db(transaction=True)


def sealed_beside(monkeypatch=None):
    """What a second sealer answers while the first has sealed and not yet committed."""
    for number in range(3):
        audit.record("test.act", number=number)
    answers = []

    def second():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '1s'")
                answers.append(audit.seal())
        except DatabaseError as trouble:
            answers.append(type(trouble).__name__)
        finally:
            connection.close()

    with transaction.atomic():
        assert audit.seal() >= 3
        if monkeypatch:
            monkeypatch.setattr(audit, "SEALER_LOCK", audit.SEALER_LOCK + 1_000)
        beside = threading.Thread(target=second)
        beside.start()
        beside.join(20)
    return answers


def test_a_second_sealer_leaves_the_rows_to_the_first():
    assert sealed_beside() == [0]
    assert audit.verify() is None


def test_the_mutant_with_a_lock_of_its_own_wants_the_same_rows(monkeypatch):
    assert sealed_beside(monkeypatch) == ["OperationalError"]
