"""What is done at the machine's own command line is in the trail under whoever was logged in there."""

import getpass

import pytest

from kernel import audit, outbox, terminal
from kernel.models import AuditEntry

pytestmark = pytest.mark.django_db


def names():
    return list(AuditEntry.objects.filter(action="sign_in").order_by("pk").values_list("by_name", flat=True))


def test_the_typist_is_named_and_whoever_signed_in_before_all(editor):
    audit.record("sign_in")
    with terminal.typed():
        audit.record("sign_in")
        audit.record("sign_in", by=editor)
    audit.record("sign_in")
    assert names() == ["", f"{getpass.getuser()}（命令行）", str(editor), ""]


def test_an_effect_that_runs_in_the_command_is_not_the_typists(monkeypatch):
    monkeypatch.setattr(outbox, "_run_next", lambda: audit.record("sign_in") or 0)
    with terminal.typed():
        outbox.relay_once()
        audit.record("sign_in")
    assert names() == ["", f"{getpass.getuser()}（命令行）"]


def test_a_number_without_a_name_stops_no_command(monkeypatch):
    def nameless():
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nameless)
    with terminal.typed():
        audit.record("sign_in")
    assert names() == ["?（命令行）"]
