"""S7: the security log is kept, and what is exported of it proves itself."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from kernel import audit, audit_export, clock, terms
from kernel.models import AuditEntry
from tests.factories.people import client_for, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def signing(settings):
    settings.AUDIT_SIGNING_KEY = audit_export.new_key()


@pytest.fixture
def written(signing):
    for number in range(6):
        audit.record("sign_in", by=None, title=f"第 {number} 次", number=number)


def exported(**more):
    """Everything: the database was made before the tests began, and that may have been yesterday."""
    file = io.BytesIO()
    audit_export.export(first_day(), clock.today(), file, **more)
    return file.getvalue()


def first_day():
    return clock.day_of(AuditEntry.objects.order_by("pk").first().at)


def verified(data, **more):
    return audit_export.verify(io.BytesIO(data), **more)


def test_what_was_exported_is_found_true(written):
    done = verified(exported())
    assert done.last - done.first + 1 == AuditEntry.objects.filter(place__isnull=False).count() >= 6


def test_the_export_is_written_down_itself(written, auditor):
    exported(by=auditor)
    entry = AuditEntry.objects.get(action="audit.export")
    assert entry.by == auditor
    assert entry.facts["first"] == 1


def test_no_changed_byte_goes_unseen(written):
    """Every byte of the file in turn: none may be another."""
    data = exported()
    unseen = []
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            verified(changed)
        except audit_export.BadExport:
            continue
        unseen.append(place)
    assert unseen == []


def test_the_mutant_that_only_counts_lines_sees_nothing(written, monkeypatch):
    monkeypatch.setattr(audit_export, "_check_signature", lambda *_: None)
    monkeypatch.setattr(audit_export, "_link", lambda told, expected, previous: "")
    assert verified(exported().replace("第 2 次".encode(), "第 9 次".encode()))


def test_a_forger_who_changes_the_trail_and_signs_with_another_key_is_found(written, settings):
    true = audit_export.public_key()
    settings.AUDIT_SIGNING_KEY = audit_export.new_key()
    with pytest.raises(audit_export.BadExport, match="签名"):
        verified(exported(), trusted=true)


def test_a_broken_link_is_found_even_under_a_true_signature(written):
    """Somebody changed a row behind the trigger, and then the province itself signed what stood there."""
    audit.seal()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE kernel_auditentry SET title = 'another' WHERE place = 3")
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(audit_export.BadExport, match="第 3 条"):
        verified(exported())


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_missing_lines_are_missed(written, cut):
    lines = exported().splitlines(keepends=True)
    with pytest.raises(audit_export.BadExport):
        verified(b"".join([*lines[:-1][:-cut], lines[-1]]))


@pytest.mark.parametrize("nonsense", [b"", b"{}\n", b"x\n", b"[1]\n[2]\n", b"\xff\xfe\n\n"])
def test_nonsense_is_refused_with_a_sentence(signing, nonsense):
    with pytest.raises(audit_export.BadExport):
        verified(nonsense)


def test_a_part_hangs_on_what_was_before_it(written, settings):
    audit.seal()
    settings.CLOCK_MAY_SHIFT = True
    clock.shift(timedelta(days=3))
    audit.record("sign_in", by=None, title="三天以后")
    file = io.BytesIO()
    audit_export.export(clock.today(), clock.today(), file)
    done = verified(file.getvalue())
    newest = AuditEntry.objects.get(title="三天以后").place
    assert (done.first, done.last) == (newest, newest)


def test_without_a_key_it_says_how_to_get_one(db, settings):
    settings.AUDIT_SIGNING_KEY = ""
    audit.record("sign_in", by=None)
    with pytest.raises(audit_export.NoSigningKey, match="jieti audit new-key"):
        exported()


def test_no_phone_leaves_with_the_log(signing, editor):
    client_for().post("/sign-in/", {"phone": editor.phone, "password": "wrong-but-long"})
    assert editor.phone.encode() not in exported()


# --- the command and the page -----------------------------------------------------------------------
def test_the_command_exports_and_verifies(written, tmp_path, capsys):
    path, day = tmp_path / "log.jsonl", clock.today().isoformat()
    call_command("audit", "export", "--from", day, "--to", day, str(path))
    call_command("audit", "verify-export", str(path))
    assert "每一环都对" in capsys.readouterr().out
    with pytest.raises(CommandError, match="已经有了"):
        call_command("audit", "export", "--from", day, "--to", day, str(path))
    path.write_bytes(path.read_bytes().replace("第 2 次".encode(), "第 9 次".encode()))
    with pytest.raises(CommandError, match="对不上"):
        call_command("audit", "verify-export", str(path))


def test_the_auditor_takes_a_signed_copy_from_the_page(written, auditor):
    first, last = first_day().isoformat(), clock.today().isoformat()
    answer = client_for(auditor).get("/desk/audit/export/", {"first": first, "last": last})
    assert answer["Content-Disposition"] == f'attachment; filename="jieti-audit-{first}-{last}.jsonl"'
    assert verified(b"".join(answer.streaming_content)).first == 1


@pytest.mark.parametrize("who", ["coordinator", "security_admin", "system_admin"])
def test_nobody_else_takes_one(written, who):
    day = clock.today().isoformat()
    answer = client_for(make_person(who)).get("/desk/audit/export/", {"first": day, "last": day})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "days",
    [{}, {"first": "x"}, {"first": "2026-02-02", "last": "2026-01-01"}, {"first": "1999-01-01", "last": "1999-01-02"}],
)
def test_days_that_are_none_are_answered_with_a_sentence(signing, auditor, days):
    browser = client_for(auditor)
    assert browser.get("/desk/audit/export/", days).status_code == 302
    assert "notice-error" in browser.get("/desk/audit/").content.decode()


def test_exports_are_few_an_hour(written, auditor):
    browser, day = client_for(auditor), clock.today().isoformat()
    told = []
    for _time in range(21):
        answer = browser.get("/desk/audit/export/", {"first": day, "last": day})
        told.append(answer.status_code)
        if answer.streaming:
            assert b"".join(answer.streaming_content)
    assert told == [200] * 20 + [429]


# --- kept -------------------------------------------------------------------------------------------
def test_the_law_asks_for_six_months_and_the_console_says_so():
    assert (term := terms.term("security.log", clock.today())).length == 6
    assert term.unit == "months"
    assert "网络安全法" in term.source


@pytest.mark.parametrize("wipe", ["DELETE FROM kernel_auditentry", "TRUNCATE kernel_auditentry"])
def test_an_entry_a_year_old_is_still_there_and_nothing_takes_it_away(written, settings, wipe):
    settings.CLOCK_MAY_SHIFT = True
    clock.shift(timedelta(days=365))
    with pytest.raises(DatabaseError), transaction.atomic():
        connection.cursor().execute(wipe)
    assert AuditEntry.objects.filter(action="sign_in").count() == 6


def test_nothing_that_runs_by_itself_takes_an_entry_away(written, settings):
    """A year later every task of the beat has run once."""
    from config.celery import app

    settings.CLOCK_MAY_SHIFT = True
    clock.shift(timedelta(days=365))
    app.loader.import_default_modules()
    ran = 0
    for planned in settings.CELERY_BEAT_SCHEDULE.values():
        task = app.tasks.get(planned["task"])
        if task is not None and planned["task"] not in {"search.tend", "search.keep_up"}:
            task.apply(throw=False)
            ran += 1
    assert ran > 8
    assert AuditEntry.objects.filter(action="sign_in").count() == 6


def test_the_file_is_one_value_a_line_and_says_whose_it_is(written):
    head, *_entries, foot = [json.loads(line) for line in exported().splitlines()]
    assert head["format"] == audit_export.FORMAT
    assert head["public_key"] == audit_export.public_key()
    assert set(foot) == {"sha256", "signature"}
