"""A document entered by mistake is taken back: the case stands as before it, and the ladder says so."""

from datetime import date, datetime, timedelta

import pytest

from tests.branding import roads
from tests.branding.paper import jpeg, pdf
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers")]
FILED = date(2025, 1, 6)
WHY = "日期看错了一天"
# Every kind stands on one of these roads, each document with its days after the one before.
ROADS = {
    "smooth": (
        ("filing", 0), ("correction", 5), ("correction_answer", 3), ("acceptance", 10), ("examining", 20), ("opinion", 9),
        ("opinion_answer", 5), ("publication", 150), ("certificate", 95), ("use", 30), ("renewal", 3400), ("cancelled", 10),
    ),
    "opposed": (
        ("filing", 0), ("acceptance", 20), ("examining", 20), ("publication", 150), ("opposition", 40),
        ("opposition_answer", 9), ("opposition_lost", 90), ("review", 5), ("review_lost", 100),
    ),
    "not waited for": (
        ("filing", 0), ("acceptance", 20), ("examining", 20), ("opinion", 9), ("publication", 150), ("opposition", 40),
        ("certificate", 95), ("surrender", 400),
    ),
    "refused": (("filing", 0), ("acceptance", 20), ("examining", 20), ("refusal", 90), ("no_review", 5)),
    "turned away": (("filing", 0), ("not_accepted", 20)),
    "given up": (("filing", 0), ("acceptance", 20), ("withdrawal", 20)),
}  # fmt: skip


@pytest.fixture(autouse=True)
def later(monkeypatch):
    """Late enough for a renewal to be over."""
    from kernel import clock

    monkeypatch.setattr(clock, "now", lambda: datetime(2036, 2, 1, 10, 0, tzinfo=clock.SHANGHAI))


def stands(brand):
    """Everything that a document may change."""
    from branding.case_rules import obj_of
    from branding.models import Brand
    from branding.services import clocks, watching
    from branding.services.notices import MARKED
    from kernel.models import InboxItem

    watching.watch_certificates()
    row = Brand.objects.get(pk=brand.pk)
    kind, pk = obj_of(row)
    items = InboxItem.objects.filter(object_kind=kind, object_id=pk, done_at__isnull=True)
    return {
        "state": row.state,
        "marks": {name: getattr(row, name) for name in MARKED},
        "clocks": {one.code: (one.since, one.due) for one in clocks.running(row)},
        "to do": sorted(items.values_list("kind", "role", "person_id", "due")),
        "documents": list(row.notices.order_by("pk").values_list("kind", "dated")),
        "answers": list(row.answers.values_list("text", "sent_at")),
    }


def take_back(brand, by, why=WHY):
    from branding.models import Brand
    from branding.services import mistakes

    brand = Brand.objects.get(pk=brand.pk)
    return mistakes.take_back(brand, mistakes.can_be_taken_back(brand).pk, by=by, why=why)


def answered(brand, team):
    """The village writes what the next document sends off, where one was asked."""
    from branding.services import answers, notices

    asked = notices.open_question(brand)
    if asked and not answers.waiting_answer(brand):
        answers.answer_question(brand, by=team, text=f"答 {asked.kind}", upload=jpeg(f"{asked.kind}.jpg"))


@pytest.mark.parametrize("road", ROADS)
def test_taken_back_every_document_leaves_the_case_as_it_was(prepared, officer, team, road):
    from branding.models import Brand

    brand, day = prepared, FILED
    for code, days in ROADS[road]:
        day += timedelta(days=days)
        day = day.replace(day=13) if code == "publication" else day
        if code.endswith("_answer") or code == "review":
            answered(brand, team)
        before = stands(brand)
        roads.enter(brand, code, by=officer, dated=day)
        assert stands(brand) != before, "the canary: it changed something"
        take_back(brand, officer)
        assert stands(brand) == before, code
        brand = roads.enter(Brand.objects.get(pk=brand.pk), code, by=officer, dated=day)
    assert brand.mistakes.count() == len(ROADS[road])


def test_every_kind_is_on_a_road():
    from branding.notice_kinds import NOTICE_KINDS

    assert {code for road in ROADS.values() for code, _days in road} == set(NOTICE_KINDS)


def test_only_the_last_with_a_reason_and_not_twice(filed, officer):
    from branding.errors import FactMissing, NotNow
    from branding.services import mistakes

    first = filed.notices.get()
    accepted = roads.enter(filed, "acceptance", by=officer, dated=date(2026, 6, 20))
    last = accepted.notices.exclude(pk=first.pk).get()
    before = stands(accepted)
    with pytest.raises(NotNow, match="最后记的"):
        mistakes.take_back(accepted, first.pk, by=officer, why=WHY)
    with pytest.raises(FactMissing, match="哪里记错"):
        mistakes.take_back(accepted, last.pk, by=officer, why="  ")
    assert stands(accepted) == before
    mistakes.take_back(accepted, last.pk, by=officer, why=WHY)
    with pytest.raises(NotNow):
        mistakes.take_back(accepted, last.pk, by=officer, why=WHY)
    assert accepted.mistakes.count() == 1


def test_one_from_before_this_was_written_down_stays(filed, officer):
    from branding.services import mistakes

    filed.notices.update(before=None)
    assert mistakes.can_be_taken_back(filed) is None


def test_the_same_number_and_file_are_entered_again_and_nothing_of_the_first_is_lost(filed, officer, team):
    from branding.services import answers
    from kernel.models import AuditEntry, Paper

    told = {"dated": date(2026, 6, 14), "number": "TMZC20260614BZ", "upload": pdf("bz.pdf")}
    held = roads.enter(filed, "correction", by=officer, **told)
    answers.answer_question(held, by=team, text="改为“蜂蜜”", upload=jpeg("answer.jpg"))
    mistake = take_back(held, officer)
    assert mistake.said["number"] == told["number"]
    assert mistake.said["answers"][0]["text"] == "改为“蜂蜜”"
    assert Paper.objects.filter(pk=mistake.paper_id, removed_at=None).exists()
    again = roads.enter(
        filed, "correction", by=officer, **{**told, "upload": pdf("bz.pdf"), "dated": date(2026, 6, 15)}
    )
    assert again.state == "correction"
    assert AuditEntry.objects.get(action="brand.notice_back").facts["reason"] == WHY


def test_a_missed_clock_that_goes_on_speaks_anew(filed, officer):
    from branding.services import clocks
    from kernel import deadlines
    from kernel.models import InboxItem

    deadlines.sweep()
    assert InboxItem.objects.filter(kind="deadline.missed", done_at__isnull=True).exists()
    roads.enter(filed, "acceptance", by=officer, dated=date(2026, 6, 20))
    take_back(filed, officer)
    assert {one.code for one in clocks.running(filed)} == {"brand.receipt"}
    deadlines.sweep()
    assert InboxItem.objects.filter(kind="deadline.missed", done_at__isnull=True).count() == 1


def test_the_r_goes_with_a_certificate_that_was_none(prepared, officer):
    from branding.models import Brand
    from branding.rules import mark_for_all
    from kernel.models import OutboxRow

    brand = roads.registered(prepared, by=officer)
    day = date(2026, 1, 1)
    assert mark_for_all(brand, [30], day) == "®"
    OutboxRow.objects.filter(kind="brand.changed").delete()
    take_back(brand, officer)
    assert mark_for_all(Brand.objects.get(pk=brand.pk), [30], day) == "™"
    assert OutboxRow.objects.filter(kind="brand.changed").exists(), "the shop windows hear of it"


def test_the_officer_does_it_on_the_page_and_the_ladder_says_so(filed, officer, team):
    from branding import case_ladder
    from branding.models import Brand

    page = f"/desk/brands/{filed.pk}/"
    office = client_for(officer)
    notice = filed.notices.get()
    assert "最后一份（2026-06-11，何青记的）记错了？" in office.get(page).content.decode()
    back = f"{page}notice/{notice.pk}/back/"
    assert client_for(team).post(back, {"why": WHY}).status_code in {403, 404}
    assert "写一句哪里记错了" in office.post(back, {"why": ""}, follow=True).content.decode()
    shown = office.post(back, {"why": WHY}, follow=True).content.decode()
    assert "收回了，案子回到记它以前" in shown
    assert "递交回执，记错了，已收回" in shown
    assert f"何青 2036-02-01 收回：{WHY}" in shown
    assert "最后一份" not in shown
    rungs = [(rung.title, rung.marks) for rung in case_ladder.ladder_of(Brand.objects.get(pk=filed.pk))]
    assert ("材料备齐", {"now"}) in rungs, "it stands where it stood before"
    assert shown.count("材料备齐") == 1 + shown.count("材料备齐</h")
    assert office.post(back, {"why": WHY}).status_code == 404 or filed.mistakes.count() == 1
