"""``jieti county`` beside a running platform: it waits, prints the code first and says what went wrong."""

import pytest

from tests.prove.test_up import Platform


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    platform = Platform(tmp_path_factory.mktemp("var")).laid_out().start()
    try:
        platform.wait_ready(400)
        yield platform
    finally:
        platform.stop()


def test_counties_are_opened_listed_checked_suspended_and_archived(running):
    opened = running.command("county", "open", "230126", "230381", "--service-phone", "0451-55550000")
    assert opened.returncode == 0, opened.stderr
    assert {line.split()[0] for line in opened.stdout.splitlines()} == {"230126", "230381"}
    assert running.ask("/c/bayan/")[0] == 200
    listed = running.command("county", "list").stdout.splitlines()
    assert len(listed) == 121
    assert [line for line in listed if line.startswith("230126")] == ["230126 巴彦县 在营 bayan"]
    checked = running.command("county", "check")
    assert checked.returncode == 0
    assert [line.split()[0] for line in checked.stdout.splitlines()] == ["230126", "230184", "230381", "231086"]
    assert running.command("county", "suspend", "230126", "--notice", "检修").returncode == 0
    assert running.ask("/c/bayan/")[0] == 503
    assert running.command("county", "resume", "230126").returncode == 0
    assert running.ask("/c/bayan/")[0] == 200
    assert running.command("county", "archive", "230126", "--note", "并入邻县").returncode == 0
    assert running.ask("/c/bayan/")[0] == 404


def test_a_county_that_does_not_open_ends_in_one(running):
    stuck = running.command("county", "open", "230524")
    assert stuck.returncode == 1
    assert stuck.stdout.startswith("230524 饶河县 ")
    assert "客服电话" in stuck.stdout
    unknown = running.command("county", "open", "999999")
    assert unknown.returncode == 1
    assert "999999" in unknown.stderr


def test_the_trail_is_whole(running):
    assert "完整" in running.command("audit", "verify").stdout
