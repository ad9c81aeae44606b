"""What one person read in a standard is compared by another: who may, when, and what becomes of it."""

import pytest

from branding import packaging_rules as rules
from branding.packaging_errors import NotYoursToSign, OtherFiles, PackageLocked
from branding.print_pack import _told
from branding.services import packaging
from kernel import clock
from kernel.errors import NoteMissing
from kernel.models import AuditEntry, Deadline, InboxItem
from tests.branding import packages
from tests.factories.people import client_for, make_person

pytestmark = pytest.mark.django_db
LINE = {"code": "void", "verdict": "ask", "title": "包装空隙率", "read": "3.36 · 附录 A 表 A.1", "words": ""}
WORDS = "对照附录 A 表 A.1，一致"


@pytest.fixture
def who(wuchang):
    return packages.cast(wuchang)


def waiting(who, *, by=None):
    """A case whose check was answered by one person."""
    case = packages.until(who, "chosen")
    if not case.runs.exists():
        packaging.add_print_file(case, packages.pdf(), by=who.designer)
    run = packaging.record_compliance(
        case,
        by=by or who.designer,
        passed=True,
        printed_on=clock.today().replace(year=clock.today().year + 1),
        facts={"looked_up": True},
        findings=[LINE],
    )
    case.refresh_from_db()
    return case, run


def asked():
    return {(one.kind, one.role) for one in InboxItem.objects.filter(done_at=None, object_kind="package")}


def test_it_waits_for_the_desk_and_nothing_is_frozen(who):
    case, run = waiting(who)
    assert (case.state, case.frozen_sha256, run.outcome) == ("chosen", "", "waits")
    assert asked() == {("packaging.second", "packaging_officer")}
    assert InboxItem.objects.get(kind="packaging.second", done_at=None).due is not None
    assert Deadline.objects.filter(object_id=str(case.pk), stopped_at=None).count() == 1


def test_what_the_desk_checked_itself_the_county_compares(who):
    case, run = waiting(who, by=who.officer)
    assert asked() == {("packaging.second", "market_supervision")}
    page = client_for(who.supervisor).get(f"/c/wuchang/desk/packages/{case.pk}/compliance/{run.pk}/").content.decode()
    assert "和原文一致，通过" in page
    client_for(who.supervisor).post(
        f"/c/wuchang/desk/packages/{case.pk}/compliance/{run.pk}/second/", {"answer": "yes", "words": WORDS}
    )
    case.refresh_from_db()
    assert case.state == "compliance"


@pytest.mark.parametrize("name", ["designer", "team", "manager", "owner"])
def test_nobody_else_may(who, name):
    case, run = waiting(who)
    with pytest.raises(NotYoursToSign, match="要另一个人"):
        packaging.confirm_reading(case, run.pk, by=getattr(who, name), words=WORDS)
    case.refresh_from_db()
    assert case.state == "chosen"


def test_nor_the_officer_who_checked(who):
    case, run = waiting(who, by=who.officer)
    assert (
        "和原文一致"
        not in client_for(who.officer).get(f"/desk/packages/{case.pk}/compliance/{run.pk}/").content.decode()
    )
    with pytest.raises(NotYoursToSign):
        packaging.confirm_reading(case, run.pk, by=who.officer, words=WORDS)
    packaging.confirm_reading(case, run.pk, by=make_person("packaging_officer", name="另一位"), words=WORDS)


def test_the_supervision_of_another_county_finds_nothing(who, dongning):
    case, run = waiting(who)
    stranger = make_person("market_supervision", dongning)
    path = f"/c/wuchang/desk/packages/{case.pk}/compliance/{run.pk}/second/"
    assert client_for(stranger).post(path, {"answer": "yes", "words": WORDS}).status_code == 404
    case.refresh_from_db()
    assert case.state == "chosen"


@pytest.mark.parametrize("words", ["", "  ", "。"])
def test_without_a_word_where_it_stands_nothing_passes_and_what_was_typed_stays(who, words):
    case, run = waiting(who)
    with pytest.raises(NoteMissing):
        packaging.confirm_reading(case, run.pk, by=who.officer, words=words)
    answer = client_for(who.officer).post(
        f"/desk/packages/{case.pk}/compliance/{run.pk}/second/", {"answer": "no", "words": "不对"}
    )
    assert answer.status_code == 400
    assert "哪里和原文对不上" in answer.content.decode()
    assert ">不对</textarea>" in answer.content.decode()


def test_refused_it_is_the_designers_again_with_the_reason(who):
    case, run = waiting(who)
    packaging.refuse_reading(case, run.pk, by=who.officer, words="表里没有这一类，不是 3.36")
    run.refresh_from_db()
    assert (run.outcome, run.passed) == ("refused", False)
    assert asked() == {("packaging.check", "packaging_officer")}  # the role behind a designer who leaves
    assert InboxItem.objects.get(kind="packaging.check", done_at=None).person == who.designer
    page = client_for(who.designer).get(f"/studio/{case.pk}/").content.decode()
    assert "复核没同意：表里没有这一类，不是 3.36" in page
    with pytest.raises(OtherFiles):
        packaging.confirm_reading(case, run.pk, by=who.officer, words=WORDS)


def test_files_that_changed_meanwhile_are_not_passed(who):
    case, run = waiting(who)
    packaging.add_print_file(case, packages.pdf("another.pdf", (100, 100)), by=who.designer)
    assert asked() == {("packaging.check", "packaging_officer")}
    assert rules.waiting_run(case) is None
    with pytest.raises(OtherFiles, match="不是最新的"):
        packaging.confirm_reading(case, run.pk, by=who.officer, words=WORDS)


def test_an_older_check_is_not_confirmed_in_place_of_the_newest(who):
    case, first = waiting(who)
    second = packaging.record_compliance(
        case, by=who.designer, passed=False, printed_on=first.printed_on, facts={}, findings=[]
    )
    assert asked() == {("packaging.check", "packaging_officer")}
    for run in (first, second):
        with pytest.raises(OtherFiles):
            packaging.confirm_reading(case, run.pk, by=who.officer, words=WORDS)


def test_twice_is_once(who):
    case, run = waiting(who)
    packaging.confirm_reading(case, run.pk, by=who.officer, words=WORDS)
    with pytest.raises(PackageLocked):
        packaging.confirm_reading(case, run.pk, by=make_person("packaging_officer"), words=WORDS)
    assert AuditEntry.objects.filter(action="packaging.second").count() == 1


def test_the_sheet_for_the_printer_has_each_line_and_both_names(who):
    case, run = waiting(who)
    packaging.confirm_reading(case, run.pk, by=who.officer, words=WORDS)
    case.refresh_from_db()
    told = dict(_told(case)["check"])
    assert told["结论"] == "过了，1 条两个人核过"
    assert told["包装空隙率"] == "3.36 · 附录 A 表 A.1（何设计）"
    assert told["复核"].startswith("包装专员，")
    assert told["复核"].endswith(WORDS)
