"""What the status page knows of the last good backup."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tenants.models import SafeCopy
from tenants.province_backups import backup_state, note_copy, note_trouble

pytestmark = pytest.mark.django_db


def test_without_any_backup_everything_is_late_and_no_age_is_made_up():
    state = backup_state()
    assert not state.configured
    assert (state.base_age, state.wal_lag) == (None, None)
    assert (state.base_is_late, state.wal_is_late) == (True, True)


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
    assert (state.base_is_late, state.wal_is_late) == (False, False)


@pytest.mark.parametrize(("base", "wal", "late"), [(27, 0, (True, False)), (25, 6, (False, True))])
def test_what_is_too_old_is_late(base, wal, late):
    now = timezone.now()
    note_copy("base", now - timedelta(hours=base))
    note_copy("wal", now - timedelta(minutes=wal))
    assert (backup_state().base_is_late, backup_state().wal_is_late) == late


def test_a_trouble_is_said_and_the_last_good_time_stays():
    at = timezone.now() - timedelta(minutes=2)
    note_copy("wal", at, behind=0)
    note_trouble("日志存档停着")
    assert (backup_state().wal_at, backup_state().trouble) == (at, "日志存档停着")
    note_copy("wal", timezone.now(), behind=0)
    assert backup_state().trouble == ""


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
