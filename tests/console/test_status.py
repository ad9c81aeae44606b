"""The status page: what is wrong in plain words, worst first, for those who look after the platform."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from console.checks import Facts, Level, judge, worst
from console.checks.facts import Certificate, Effects, Engine, Failing, Stuck, read_certificate
from kernel import audit, clock, outbox
from kernel.models import Heartbeat, OutboxRow
from tenants.models import Opening
from tenants.opening import Plan, plan_counties
from tenants.province_backups import BackupState
from tests.factories.people import make_person

NOW = timezone.now()
WELL = Facts(
    now=NOW,
    due_now=NOW,
    signs={"beat": NOW, "worker": NOW},
    backup=BackupState(now=NOW, configured=True, base_at=NOW, wal_at=NOW, media_at=NOW),
    certificate=Certificate(configured=True, until=NOW + timedelta(days=60)),
    disk_free=50,
    disk_size=100,
    connections=5,
    connections_most=100,
)
BEFORE = NOW - timedelta(hours=30)
BROKEN = {
    "beat": ({"signs": {"beat": BEFORE, "worker": NOW}}, Level.BAD),
    "worker": ({"signs": {"beat": NOW}}, Level.BAD),
    "outbox": ({"effects": [Effects("sms", waiting=4, due_since=NOW - timedelta(seconds=180))]}, Level.LOOK),
    "dead_letters": ({"effects": [Effects("sms", dead=2, dead_since=BEFORE)]}, Level.BAD),
    "search": ({"engine": Engine(configured=True, built=True, resting_since=BEFORE, trouble="away")}, Level.LOOK),
    "openings": (
        {"openings_stuck": 1, "openings_since": BEFORE, "stuck": [Stuck("230921", "doors", BEFORE, "还缺客服电话。")]},
        Level.BAD,
    ),
    "schemas": ({"counties_troubled": 3}, Level.BAD),
    "failures": ({"failing": [Failing("230184", "page", 80, BEFORE)]}, Level.BAD),
    "deadlines": ({"deadlines_late": 2, "deadlines_since": BEFORE.date()}, Level.LOOK),
    "sign_ins": ({"sign_ins_failed": 40}, Level.LOOK),
    "trail": ({"unsealed_since": BEFORE}, Level.LOOK),
    "backup": ({"backup": BackupState(now=NOW, configured=True, base_at=BEFORE, wal_at=NOW, media_at=NOW)}, Level.BAD),
    "wal": ({"backup": BackupState(now=NOW, configured=True, base_at=NOW, wal_at=BEFORE, media_at=NOW)}, Level.BAD),
    "media_backup": (
        {"backup": BackupState(now=NOW, configured=True, base_at=NOW, wal_at=NOW, media_at=BEFORE)},
        Level.BAD,
    ),
    "certificate": ({"certificate": Certificate(configured=True, until=NOW + timedelta(days=3))}, Level.BAD),
    "disk": ({"disk_free": 2}, Level.BAD),
    "connections": ({"connections": 85}, Level.LOOK),
}


def test_a_well_platform_has_nothing_to_mend():
    assert {one.code: one.level for one in judge(WELL) if one.level is not Level.GOOD} == {}


def test_an_archive_that_has_just_begun_is_to_be_looked_at_again():
    backup = replace(WELL.backup, wal_at=None)
    (found,) = [one for one in judge(replace(WELL, backup=backup)) if one.code == "wal"]
    assert (found.level, found.says) == (Level.LOOK, "日志存档刚开始，还没有第一份。")


def test_why_photos_are_not_backed_up_is_said_before_they_are_late():
    backup = replace(WELL.backup, media_trouble="照片的盘没有挂上")
    (found,) = [one for one in judge(replace(WELL, backup=backup)) if one.code == "media_backup"]
    assert (found.level, found.says) == (Level.BAD, "照片的盘没有挂上")


@pytest.mark.parametrize("code", BROKEN)
def test_each_broken_part_is_found_alone_and_says_what_to_do(code):
    change, level = BROKEN[code]
    wrong = [one for one in judge(replace(WELL, **change)) if one.level is not Level.GOOD]
    assert [(one.code, one.level) for one in wrong] == [(code, level)]
    assert wrong[0].says.endswith(("。", "away"))
    assert wrong[0].do.endswith("。")


def test_every_check_can_be_found_wrong():
    """A new check gets a row above."""
    assert {one.code for one in judge(WELL)} == set(BROKEN)


def test_what_must_be_mended_first_stands_first_and_the_oldest_of_it():
    facts = replace(WELL, **BROKEN["deadlines"][0], **BROKEN["beat"][0], **BROKEN["openings"][0])
    facts = replace(facts, openings_since=BEFORE - timedelta(days=1))
    assert [one.code for one in worst(judge(facts))][:3] == ["openings", "beat", "deadlines"]


def test_a_certificate_that_cannot_be_read_is_trouble_and_not_a_broken_page(tmp_path):
    torn = tmp_path / "torn.pem"
    torn.write_text("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n")
    for file in (torn, tmp_path / "none.pem"):
        found = read_certificate(str(file))
        assert found.configured
        assert found.until is None
        assert file.name in found.trouble


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["coordinator", "system_admin", "auditor"])
def test_the_page_names_the_trouble_and_links_to_where_it_is_mended(client_for, role):
    now = timezone.now()
    OutboxRow.objects.create(kind="sms", state="dead", next_at=now - timedelta(hours=2), written_at=now)
    Heartbeat.objects.all().delete()
    body = client_for(make_person(role)).get("/desk/status/").content.decode()
    assert "已经放弃" in body
    assert "/desk/jobs/?state=dead" in body
    assert "定时器没有动静" in body
    assert body.index("已经放弃") < body.index("项都好")
    assert "http-equiv" not in body


@pytest.fixture
def stuck(coordinator):
    """Two counties that stopped at the door for want of the service phone; the first stands longer."""
    for code in ("230524", "230921"):
        plan_counties([Plan(code)])
        while outbox.relay_once():
            pass
    Opening.objects.filter(county__code="230524").update(moved_at=datetime(2026, 3, 1, 8, 10, tzinfo=clock.SHANGHAI))
    return Opening.objects.get(county__code="230921")


@pytest.mark.django_db
def test_each_county_whose_opening_stands_still_is_named_with_step_time_and_what_to_do(stuck, client_for):
    body = client_for(make_person("system_admin")).get("/desk/status/").content.decode()
    longest = "饶河县（230524）停在“开门”，03-01 08:10 起，还缺客服电话：补上以后从这一步接着做；"
    assert f"有 2 个县开馆停住了：{longest}" in body
    at = stuck.moved_at.astimezone(clock.SHANGHAI)
    assert f"勃利县（230921）停在“开门”，{at:%m-%d %H:%M} 起，还缺客服电话" in body[body.index(longest) :]
    assert "再点“重做这一步”" in body


@pytest.mark.django_db
def test_the_doctor_names_them_in_both_languages(stuck):
    from config.doctor import province

    (line,) = [one for one in province.findings() if one.code == "status.openings"]
    for said in (line.chinese, line.english):
        assert "230524" in said
        assert "03-01 08:10" in said
        assert "230921" in said
    assert "还缺客服电话" in line.chinese
    assert "还缺客服电话" not in line.english
    assert "重做这一步" in line.do_chinese


@pytest.mark.django_db
def test_beyond_the_first_five_it_is_said_how_many_more():
    stands = [Stuck(code, "doors", BEFORE, "") for code in ("230524", "230921")]
    facts = replace(WELL, openings_stuck=9, openings_since=BEFORE, stuck=stands)
    (found,) = [one for one in judge(facts) if one.code == "openings"]
    assert found.says.endswith("；另外 7 个。")


@pytest.mark.django_db
def test_a_link_is_only_for_whoever_may_go_there(client_for):
    for _ in range(40):
        audit.record("sign_in.failed")
    assert (
        "/desk/audit/?action=sign_in.failed"
        in client_for(make_person("coordinator")).get("/desk/status/").content.decode()
    )
    body = client_for(make_person("system_admin")).get("/desk/status/").content.decode()
    assert "登录失败 40 次" in body
    assert "/desk/audit/?action" not in body


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "status"), [("security_admin", 403), ("brand_officer", 403), ("shopper", 403)])
def test_others_do_not_see_it(client_for, role, status):
    assert client_for(make_person(role)).get("/desk/status/").status_code == status


@pytest.mark.django_db
def test_what_went_wrong_again_and_again_is_counted_once_for_each_failure(client_for):
    from kernel import failures

    for _ in range(7):
        failures.note(failures.PAGE, "web:home", "230184")
    failures.write()
    failures.write()
    outbox.announce("x", {})
    body = client_for(make_person("coordinator")).get("/desk/status/").content.decode()
    assert "最多的 7 次" in body
    assert "五常市（230184）" in body
