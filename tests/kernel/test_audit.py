"""The trail only grows, and a change to it shows."""

import pytest
from django.db import DatabaseError, connection, transaction

from kernel import audit
from kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


def three_sealed():
    for number in range(3):
        audit.record("test.act", title=f"第 {number} 件", number=number)
    assert audit.seal() >= 3


def test_sealed_entries_form_a_whole_chain():
    three_sealed()
    assert audit.verify() is None


def test_sealing_again_adds_only_what_is_new():
    three_sealed()
    assert audit.seal() == 0
    audit.record("test.act")
    assert audit.seal() == 1
    assert audit.verify() is None


@pytest.mark.parametrize("change", ["UPDATE kernel_auditentry SET title = '改过'", "DELETE FROM kernel_auditentry"])
def test_the_database_refuses_a_change(change):
    three_sealed()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert AuditEntry.objects.filter(action="test.act").count() == 3


def test_a_change_behind_the_trigger_is_named():
    three_sealed()
    second = AuditEntry.objects.filter(action="test.act").order_by("place")[1]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # what a superuser could do
        cursor.execute("UPDATE kernel_auditentry SET title = '改过' WHERE id = %s", [second.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert audit.verify() == second.place


def test_a_sealed_entry_cannot_be_sealed_anew():
    three_sealed()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(action="test.act").update(seal="0" * 64)
