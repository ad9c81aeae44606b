"""Which backups stay, with dates."""

from datetime import UTC, datetime, timedelta

from config.backup.rule import Rule

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # noon in China


def daily(days, since=NOON):
    return [since - timedelta(days=day) for day in range(days)]


def test_seven_days_four_weeks_and_twelve_months_of_a_year_and_a_half():
    kept = sorted(Rule().kept(daily(550)), reverse=True)
    assert kept[:7] == daily(7)
    days = [moment.date().isoformat() for moment in kept[7:]]
    # Sundays end a week in China; the last day of each month ends it.
    assert days == [
        "2026-11-15", "2026-11-08", "2026-11-01",
        "2026-10-31", "2026-09-30", "2026-08-31", "2026-07-31", "2026-06-30", "2026-05-31",
        "2026-04-30", "2026-03-31", "2026-02-28", "2026-01-31", "2025-12-31",
    ]  # fmt: skip


def test_a_day_is_one_in_china():
    late, early = datetime(2026, 11, 10, 15, 30, tzinfo=UTC), datetime(2026, 11, 10, 16, 30, tzinfo=UTC)
    others = daily(2)
    assert {late, early} <= Rule(daily=9, weekly=0, monthly=0).kept([late, early, *others])  # the 10th and the 11th
    same_day = datetime(2026, 11, 10, 14, 0, tzinfo=UTC)
    assert same_day not in Rule(daily=9, weekly=0, monthly=0).kept([late, same_day, *others])


def test_a_backup_made_in_fright_does_not_push_out_the_one_before():
    nightly = NOON - timedelta(hours=9)
    frightened = [NOON, NOON + timedelta(minutes=5)]
    assert {nightly, *frightened} <= Rule(daily=1, weekly=0, monthly=0).kept([nightly, *frightened])


def test_the_newest_always_stays_and_nothing_is_kept_of_nothing():
    old = NOON - timedelta(days=900)
    assert Rule(daily=1, weekly=0, monthly=0).kept([old]) == {old}
    assert Rule(0, 0, 0).kept([old, old - timedelta(days=30)]) == {old}


def test_days_without_a_backup_do_not_use_up_the_rule():
    moments = [NOON - timedelta(days=10 * place) for place in range(12)]
    assert Rule(daily=7, weekly=0, monthly=0).kept(moments) == set(moments[:7])


def test_every_moment_can_be_gone_back_to_within_the_daily_ones():
    assert min(Rule().daily_kept(daily(60))) == NOON - timedelta(days=6)


def test_the_files_of_counties_are_told_by_county_the_latest_last(tmp_path):
    from config.backup.counties import files_in

    assert files_in(tmp_path / "none") == {}
    for name in ("county-230184-20261124-015458.zip", "county-230184-20261101-020000.zip.gz.age", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "county-231086-20261101-020000.zip").touch()
    found = files_in(tmp_path)
    assert {code: [f"{day:%m-%d %H:%M}" for day in days] for code, days in found.items()} == {
        "230184": ["11-01 02:00", "11-24 01:54"],
        "231086": ["11-01 02:00"],
    }
