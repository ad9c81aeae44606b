"""``jieti county``: each line begins with the code, a second run goes on where the first was killed."""

import io

import pytest
from django.core.management import CommandError, call_command

from kernel import outbox
from tenants.management.commands import county as command
from tenants.models import County, Opening, OpeningBatch
from tenants.opening import Plan, plan_counties
from tenants.states import CountyState, OpeningState
from tests.tenants.test_opening import run_all

pytestmark = pytest.mark.django_db
PHONE = ("--service-phone", "0451-55550000")


def run(*words):
    """What it printed, line by line, and the sentence it ended with."""
    out = io.StringIO()
    try:
        call_command("county", *words, stdout=out)
    except CommandError as refusal:
        return out.getvalue().splitlines(), str(refusal)
    return out.getvalue().splitlines(), ""


@pytest.fixture
def _no_patience(monkeypatch):
    monkeypatch.setattr(command, "PATIENCE", 0)


def test_a_second_run_waits_for_what_the_first_began(wuchang):
    """The first was killed: one of three is open, one stands at its second step, one has not begun its first."""
    plan_counties([Plan("230110", service_phone="0451-55550110")])
    run_all()
    plan_counties([Plan(code, service_phone="0451-55550000") for code in ("230111", "230112")])
    outbox.relay_once(limit=1)
    batches = OpeningBatch.objects.count()
    lines, refusal = run("open", "230184", "230110", "230111", "230112", *PHONE)
    assert refusal == ""
    assert lines[:2] == ["230110 香坊区 已经开馆", "230184 五常市 已经开馆"]
    assert sorted(line.rsplit(" ", 1)[0] for line in lines[2:]) == ["230111 呼兰区 开好了", "230112 阿城区 开好了"]
    assert lines[-1].endswith("(2/2)")
    assert OpeningBatch.objects.count() == batches
    assert Opening.objects.exclude(state=OpeningState.DONE).count() == 0


def test_what_an_earlier_run_left_and_what_is_new_open_together():
    plan_counties([Plan("230111", service_phone="0451-55550000")])
    lines, refusal = run("open", "230112", "230111", "230112", *PHONE)
    assert refusal == ""
    assert sorted(line.split()[0] for line in lines) == ["230111", "230112"]


def test_what_stands_open_is_said_and_is_no_failure(wuchang):
    assert run("open", "230184", *PHONE) == (["230184 五常市 已经开馆"], "")


def test_one_that_stopped_ends_in_one_again_and_again():
    first = run("open", "230524")
    assert first[0][0].startswith("230524 饶河县 ")
    assert first[1] == "0 个开好，1 个没有开好。"
    assert run("open", "230524") == first


def test_the_whole_province_counts_those_under_way(monkeypatch, wuchang, dongning):
    rows = [row for row in command.selectors.province_rows() if row.division.code in {"230184", "230110", "230111"}]
    assert len(rows) == 3
    plan_counties([Plan("230110", service_phone="0451-55550110")])
    monkeypatch.setattr(
        command.selectors,
        "province_rows",
        lambda: [type(row)(row.division, County.objects.filter(code=row.division.code).first()) for row in rows],
    )
    lines, refusal = run("open", "--all", *PHONE)
    assert refusal == ""
    assert sorted(line.split()[0] for line in lines) == ["230110", "230111"]
    assert run("open", "--all", *PHONE) == (["全省的县都开了。"], "")


@pytest.mark.usefixtures("_no_patience")
def test_what_takes_too_long_is_not_called_open():
    assert run("open", "230110", *PHONE) == ([], "0 个开好，1 个没有开好。")
    assert County.objects.get(code="230110").state == CountyState.OPENING


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["open"], "没有要开的县"),
        (["open", "999999"], "没有代码为 999999 的县。"),
        (["open", "110101"], "东城区（110101）不在黑龙江省"),
        (["open", "230110", "--service-phone", "0" * 31], "客服电话最多 30 个字，现在有 31 个"),
        (["check", "999999"], "没有代码为 999999 的县。"),
        (["check", "230184", "999999"], "没有代码为 999999 的县。"),
        (["check", "230524"], "饶河县还没有开馆。"),
        (["suspend", "230184", "--notice", "长" * 301], "公告最多 300 个字，现在有 301 个"),
        (["suspend", "999999", "--notice", "检修"], "没有代码为 999999 的县。"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(wuchang, words, sentence):
    before = list(County.objects.values_list("code", "state"))
    lines, refusal = run(*words)
    assert lines == []
    assert refusal.startswith(sentence)
    assert list(County.objects.values_list("code", "state")) == before


def test_a_county_planned_but_without_tables_has_nothing_to_check():
    plan_counties([Plan("230524")])
    assert run("check", "230524") == ([], "饶河县还没有开馆。")


def test_check_names_the_counties_it_looked_at(wuchang, dongning):
    assert run("check", "230184") == (["230184 五常市 一致"], "")
    assert run("check")[0] == ["230184 五常市 一致", "231086 东宁市 一致"]


def test_a_public_number_that_is_none_opens_nothing():
    assert run("open", "230111", "230112", "--service-phone", "abc")[1].startswith("这不是电话：abc")
    assert not County.objects.filter(code__in=["230111", "230112"]).exclude(state=CountyState.PLANNED).exists()


@pytest.mark.parametrize(("answer", "state"), [("n", CountyState.OPEN), ("", CountyState.OPEN), ("y", "archived")])
def test_on_a_terminal_what_cannot_be_undone_is_asked_once_more(wuchang, monkeypatch, answer, state):
    asked = []
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or answer)
    run("archive", "230184", "--note", "并了")
    assert County.objects.get(code="230184").state == state
    assert "不能撤回" in asked[0]
    run("open", "--all", *PHONE) if answer != "y" else None
    assert County.objects.filter(state=CountyState.OPENING).count() == 0
