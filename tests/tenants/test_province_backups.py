"""What the status page knows of the last good backup."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from tenants.models import SafeCopy
from tenants.province_backups import backup_state, note_copy, note_trouble

pytestmark = pytest.mark.django_db


def test_without_any_backup_everything_is_late_and_no_age_is_made_up():
    state = backup_state()
    assert not state.configured
    assert (state.base_age, state.wal_lag, state.media_age) == (None, None, None)
    assert (state.base_is_late, state.wal_is_late, state.media_is_late) == (True, True, True)


def test_a_good_backup_is_told_in_one_query(settings, django_assert_num_queries):
    settings.JIETI_BACKUP = "/backup"
    now = timezone.now()
    note_copy("base", now - timedelta(hours=3), name="20261122-030000", bytes=5, seconds=2.5, encrypted=True)
    note_copy("wal", now - timedelta(seconds=4), behind=80)
    note_copy("media", now - timedelta(seconds=50), files=7)
    with django_assert_num_queries(1):
        state = backup_state()
    assert state.configured
    assert (state.base_name, state.base_bytes, state.base_encrypted) == ("20261122-030000", 5, True)
    assert (state.wal_bytes, state.media_files, state.trouble) == (80, 7, "")
    assert timedelta(hours=3) <= state.base_age < timedelta(hours=3, minutes=1)
    assert timedelta(seconds=4) <= state.wal_lag < timedelta(minutes=1)
    assert (state.base_is_late, state.wal_is_late, state.media_is_late) == (False, False, False)


@pytest.mark.parametrize(
    ("base", "wal", "media", "late"),
    [(27, 0, 0, (True, False, False)), (25, 6, 0, (False, True, False)), (0, 0, 27, (False, False, True))],
)
def test_what_is_too_old_is_late(base, wal, media, late):
    now = timezone.now()
    note_copy("base", now - timedelta(hours=base))
    note_copy("wal", now - timedelta(minutes=wal))
    note_copy("media", now - timedelta(hours=media))
    state = backup_state()
    assert (state.base_is_late, state.wal_is_late, state.media_is_late) == late


def test_an_archive_that_has_just_begun_is_no_alarm_for_five_minutes():
    note_copy("base", timezone.now() - timedelta(minutes=4))
    assert (backup_state().wal_is_to_come, backup_state().wal_is_late) == (True, False)
    note_copy("base", timezone.now() - timedelta(minutes=6))
    assert (backup_state().wal_is_to_come, backup_state().wal_is_late) == (False, True)


def test_a_trouble_is_said_and_the_last_good_time_stays():
    at = timezone.now() - timedelta(minutes=2)
    note_copy("wal", at, behind=0)
    note_trouble("日志存档停着")
    assert (backup_state().wal_at, backup_state().trouble) == (at, "日志存档停着")
    note_copy("wal", timezone.now(), behind=0)
    assert backup_state().trouble == ""


def test_files_that_could_not_be_copied_are_said_at_once_and_until_they_are():
    at = timezone.now()
    note_copy("media", at, files=7)
    note_trouble("照片和文件没有拷成", SafeCopy.Kind.MEDIA)
    assert (backup_state().media_at, backup_state().media_trouble, backup_state().trouble) == (
        at,
        "照片和文件没有拷成",
        "",
    )
    note_copy("media", timezone.now(), files=7)
    assert backup_state().media_trouble == ""


def test_the_keeper_notes_a_disk_that_is_not_there(tmp_path, capsys):
    from config.backup.province import plan_of
    from config.commands.backup import Rounds
    from config.environment import read_environment

    plan = plan_of(read_environment({"JIETI_VAR": str(tmp_path / "var"), "JIETI_BACKUP": str(tmp_path / "disk")}))
    photo = plan.roots["media"] / "a.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"a")
    Rounds(plan).look(None)
    assert (backup_state().media_files, backup_state().media_trouble) == (1, "")
    photo.unlink()
    Rounds(plan).look(None)
    assert "空了" in backup_state().media_trouble
    assert "空了" in capsys.readouterr().out


def test_the_keeper_makes_the_counties_files_once_a_night_and_anew_after_a_failure(tmp_path, monkeypatch):
    from config.backup.province import plan_of
    from config.commands import backup
    from config.environment import read_environment

    class Ended:
        code = 1

        def poll(self):
            return self.code

    begun = []
    monkeypatch.setattr(backup.processes, "start", lambda words, **_: begun.append(words[3:]) or Ended())
    monkeypatch.setattr(backup, "copy_media", lambda plan: type("Copied", (), {"files": 0}))
    plan = plan_of(read_environment({"JIETI_VAR": str(tmp_path / "var"), "JIETI_BACKUP": str(tmp_path / "disk")}))
    rounds = backup.Rounds(plan, counties_every=24 * 3600)
    rounds.look(None)
    assert begun == [], "what has just started has other things to do"
    for code, said in ((1, 1), (1, 2), (0, 2), (0, 2)):
        Ended.code = code
        rounds._counties_tried -= backup.COUNTIES_AGAIN + 1
        rounds.look(None)
        assert begun == [["backup", "--all", "--to", str(tmp_path / "disk" / "counties")]] * said
    os.utime(tmp_path / "disk" / "counties" / ".last-round", (0, 0))
    rounds._counties_tried -= backup.COUNTIES_AGAIN + 1
    rounds.look(None)
    assert len(begun) == 3
    begun.clear()
    quiet = backup.Rounds(plan)
    quiet._counties_tried -= backup.COUNTIES_AGAIN + 1
    quiet.look(None)
    assert begun == [], "only where it was asked for"


def test_a_trouble_before_the_first_copy_is_said_too():
    note_trouble("没有复制权限")
    assert (backup_state().wal_at, backup_state().trouble) == (None, "没有复制权限")
    assert SafeCopy.objects.count() == 1


def test_a_shifted_clock_makes_no_backup_older(settings):
    from kernel import clock

    settings.CLOCK_MAY_SHIFT = True
    note_copy("wal", timezone.now())
    clock.shift(timedelta(days=9))
    assert not backup_state().wal_is_late
