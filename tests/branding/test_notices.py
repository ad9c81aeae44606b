"""An official document moves a case, starts its clock, and is refused whole when something is wrong with it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kernel import clock
from tests.branding import roads
from tests.branding.paper import jpeg, pdf
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers")]
FILED = date(2026, 6, 11)


@pytest.fixture(autouse=True)
def november(monkeypatch):
    """Today is 2026-11-20 in every test here."""
    from datetime import datetime

    from kernel import clock

    at = datetime(2026, 11, 20, 10, 0, tzinfo=clock.SHANGHAI)
    monkeypatch.setattr(clock, "now", lambda: at)


def stands(brand):
    """Everything a refusal must leave alone."""
    from branding.case_rules import obj_of
    from branding.models import Brand
    from kernel import deadlines
    from kernel.models import InboxItem, Paper

    row = Brand.objects.get(pk=brand.pk)
    clocks = [(one.code, one.due, one.stopped_at) for one in deadlines.of(obj_of(row), row.county_code)]
    return (
        row.state,
        row.filed_on,
        row.application_no,
        row.registration_no,
        sorted(row.notices.values_list("pk", flat=True)),
        row.history_moves.count(),
        clocks,
        Paper.objects.filter(object_id=str(row.pk)).count(),
        InboxItem.objects.filter(done_at__isnull=True).count(),
    )


def running(brand):
    from branding.services import clocks

    return {one.code: one.due for one in clocks.running(brand)}


def test_the_whole_road_to_a_certificate(filed, officer):
    assert (filed.state, filed.filed_on, running(filed)) == ("filed", FILED, {"brand.receipt": date(2026, 7, 11)})
    accepted = roads.enter(filed, "acceptance", by=officer, dated=date(2026, 6, 20), application_no="83012345")
    assert (accepted.state, accepted.application_no) == ("accepted", "83012345")
    assert running(accepted) == {"brand.examination": date(2027, 3, 11)}
    examined = roads.enter(accepted, "examining", by=officer, dated=date(2026, 7, 1))
    assert running(examined) == {"brand.examination": date(2027, 3, 11)}
    published = roads.enter(examined, "publication", by=officer, dated=date(2026, 7, 13))
    assert running(published) == {"brand.opposition": date(2026, 10, 13)}
    done = roads.enter(published, "certificate", by=officer, dated=date(2026, 11, 2), registered_on=date(2026, 10, 14))
    assert (done.state, done.registration_no) == ("registered", "83012345")
    assert (done.registered_on, done.valid_until) == (date(2026, 10, 14), date(2036, 10, 13))
    assert running(done) == {
        "brand.use": date(2029, 10, 14),
        "brand.renewal": date(2036, 10, 13),
        "brand.grace": date(2037, 4, 13),
    }
    renewal = next(one for one in _clocks(done) if one.code == "brand.renewal")
    assert renewal.since == date(2035, 10, 13)


def _clocks(brand):
    from branding.services import clocks

    return clocks.running(brand)


def test_the_fee_is_written_beside_the_filing(filed):
    assert filed.notices.get(kind="filing").facts == {"online": True, "old_case": True, "fee_fen": 27000}


def test_an_electronic_notice_counts_as_received_15_days_after_sending(filed, officer):
    held = roads.enter(filed, "correction", by=officer, dated=date(2026, 11, 10), sent_on=date(2026, 11, 12))
    notice = held.notices.get(kind="correction")
    assert (notice.sent_on, notice.received_on) == (date(2026, 11, 12), date(2026, 11, 27))
    # the thirtieth day, 2026-12-27, is a Sunday (商标法实施条例 §12)
    assert running(held) == {"brand.correction": date(2026, 12, 28)}


def test_a_paper_notice_counts_from_the_day_it_came(filed, officer):
    from branding.errors import FactMissing, WrongDate

    told = {"by": officer, "dated": date(2026, 11, 10), "electronic": False}
    with pytest.raises(FactMissing):
        roads.enter(filed, "correction", **told)
    with pytest.raises(WrongDate):
        roads.enter(filed, "correction", **told, received_on=date(2026, 11, 9))
    held = roads.enter(filed, "correction", **told, received_on=date(2026, 11, 14))
    assert running(held) == {"brand.correction": date(2026, 12, 14)}


def test_a_correction_is_answered_by_the_village_and_sent_by_the_officer(filed, officer, team):
    from branding.errors import NothingAsked, NotNow
    from branding.services import answers
    from kernel.models import InboxItem

    with pytest.raises(NothingAsked):
        answers.answer_question(filed, by=team, text="改好了")
    held = roads.enter(filed, "correction", by=officer, dated=date(2026, 6, 14), sent_on=date(2026, 6, 14))
    asked = InboxItem.objects.get(kind="brand.answer", done_at__isnull=True)
    assert asked.person == team
    assert asked.due.date() == date(2026, 7, 29)
    with pytest.raises(NotNow, match="补正答复"):
        roads.enter(held, "acceptance", by=officer, dated=date(2026, 6, 20))
    answers.answer_question(held, by=team, text="改为“蜂蜜”", upload=jpeg("answer.jpg"))
    assert InboxItem.objects.get(kind="brand.send", done_at__isnull=True).role == "brand_officer"
    answers.return_answer(held, by=officer, note="签字看不清")
    assert answers.waiting_answer(held) is None
    assert InboxItem.objects.get(kind="brand.answer", done_at__isnull=True).returned_by == officer
    answers.answer_question(held, by=team, text="重新签了", upload=jpeg("answer2.jpg"))
    sent = roads.enter(held, "correction_answer", by=officer, dated=date(2026, 6, 18), upload=None)
    assert sent.state == "correction"
    assert running(sent) == {"brand.receipt": date(2026, 7, 18)}
    assert sent.answers.first().sent_at is not None
    assert not InboxItem.objects.filter(kind__in=("brand.answer", "brand.send"), done_at__isnull=True).exists()
    with pytest.raises(NothingAsked):
        answers.answer_question(sent, by=team, text="再改")
    accepted = roads.enter(sent, "acceptance", by=officer, dated=date(2026, 6, 20))
    assert accepted.state == "accepted"


def test_the_days_an_answer_took_are_not_counted_into_the_examination(filed, officer):
    held = roads.enter(
        filed, "correction", by=officer, dated=date(2026, 6, 14), electronic=False, received_on=date(2026, 6, 16)
    )
    sent = roads.enter(held, "correction_answer", by=officer, dated=date(2026, 6, 26))
    accepted = roads.enter(sent, "acceptance", by=officer, dated=date(2026, 6, 30))
    assert running(accepted) == {"brand.examination": date(2027, 3, 21)}


def test_the_same_notice_twice_is_told_so_and_changes_nothing(filed, officer):
    from branding.errors import EnteredAlready

    held = roads.enter(filed, "correction", by=officer, dated=date(2026, 6, 14), number="TMZC83012345BZ01")
    before = stands(held)
    with pytest.raises(EnteredAlready, match=r"补正通知书（TMZC83012345BZ01）何青已经在 2026-11-20 记过了"):
        roads.enter(held, "correction", by=officer, dated=date(2026, 6, 14), number=" TMZC83012345BZ01 ")
    assert stands(held) == before


def test_a_number_of_another_case_is_a_wrong_file(filed, officer, wuchang, team):
    from branding.errors import EnteredAlready
    from branding.services import cases

    roads.enter(filed, "correction", by=officer, dated=date(2026, 6, 14), number="TMZC83012345BZ01")
    other = cases.submit_case(roads.draft(wuchang, None, by=team, name="北坡椴"), by=team)
    other = roads.enter(roads.prepare(other, by=officer), "filing", by=officer, dated=FILED)
    before = stands(other)
    with pytest.raises(EnteredAlready, match=filed.number):
        roads.enter(other, "correction", by=officer, dated=date(2026, 6, 14), number="TMZC83012345BZ01")
    assert stands(other) == before


def test_the_same_file_twice_is_a_wrong_file(filed, officer):
    from branding.errors import EnteredAlready

    upload = pdf()
    held = roads.enter(filed, "correction", by=officer, dated=date(2026, 6, 14), upload=upload)
    upload.seek(0)
    before = stands(held)
    with pytest.raises(EnteredAlready, match="补正通知书"):
        roads.enter(held, "correction_answer", by=officer, dated=date(2026, 6, 15), upload=upload)
    assert stands(held) == before


def test_the_same_file_twice_is_said_beside_the_file_and_not_the_number(filed, officer):
    upload = pdf()
    held = roads.enter(filed, "correction", by=officer, dated=date(2026, 6, 14), upload=upload)
    held = roads.enter(held, "correction_answer", by=officer, dated=date(2026, 6, 15))
    upload.seek(0)
    typed = {
        "number": "TMZC83012345SL01", "dated": "2026-06-20", "electronic": "1", "application_no": "83012345", "file": upload
    }  # fmt: skip
    answer = client_for(officer).post(f"/desk/brands/{held.pk}/notice/acceptance/", typed)
    assert answer.status_code == 400
    (said,) = answer.context["form"].errors["file"]
    assert said.startswith("这份文件已经作为补正通知书（2026-06-14）记过了")
    assert set(answer.context["form"].errors) == {"file"}
    assert 'value="TMZC83012345SL01"' in answer.content.decode()


@pytest.mark.parametrize(
    ("dated", "words"),
    [
        (FILED - timedelta(days=1), "早于递交日 2026-06-11"),
        (date(2026, 11, 21), "还没有到"),
    ],
)
def test_a_date_that_cannot_be_is_refused(filed, officer, dated, words):
    from branding.errors import WrongDate

    before = stands(filed)
    with pytest.raises(WrongDate, match=words):
        roads.enter(filed, "acceptance", by=officer, dated=dated)
    assert stands(filed) == before


def test_a_date_before_the_document_before_it_is_refused(filed, officer):
    from branding.errors import WrongDate

    accepted = roads.enter(filed, "acceptance", by=officer, dated=date(2026, 6, 20))
    before = stands(accepted)
    with pytest.raises(WrongDate, match="受理通知书，2026-06-20"):
        roads.enter(accepted, "examining", by=officer, dated=date(2026, 6, 19))
    assert stands(accepted) == before


def test_without_its_file_a_document_moves_nothing(filed, officer):
    from branding.errors import PaperMissing

    before = stands(filed)
    with pytest.raises(PaperMissing, match="受理通知书"):
        roads.enter(filed, "acceptance", by=officer, dated=date(2026, 6, 20), upload=None)
    assert stands(filed) == before


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("acceptance", {"application_no": ""}),
        ("acceptance", {"application_no": "八三"}),
        ("acceptance", {"number": ""}),
    ],
)
def test_without_its_particulars_a_document_moves_nothing(filed, officer, code, facts):
    from branding.errors import FactMissing

    before = stands(filed)
    with pytest.raises(FactMissing):
        roads.enter(filed, code, by=officer, dated=date(2026, 6, 20), **facts)
    assert stands(filed) == before


def test_the_gazette_appears_on_its_own_days(filed, officer):
    from branding.errors import WrongDate

    case = roads.enter(filed, "acceptance", by=officer, dated=date(2026, 6, 20))
    case = roads.enter(case, "examining", by=officer, dated=date(2026, 7, 1))
    with pytest.raises(WrongDate, match="6、13、20、27"):
        roads.enter(case, "publication", by=officer, dated=date(2026, 7, 14))


def published(filed, officer):
    case = roads.enter(filed, "acceptance", by=officer, dated=date(2026, 6, 20))
    case = roads.enter(case, "examining", by=officer, dated=date(2026, 7, 1))
    return roads.enter(case, "publication", by=officer, dated=date(2026, 7, 13))


@pytest.mark.parametrize(
    "facts",
    [
        {"registered_on": date(2026, 10, 13)},
        {"registered_on": date(2026, 11, 3)},
        {"registered_on": ""},
        {"nice_classes": []},
        {"nice_classes": [30, 31]},
        {"registration_no": "x"},
    ],
)
def test_a_certificate_that_cannot_be_is_refused(filed, officer, facts):
    from kernel.errors import DomainError

    case = published(filed, officer)
    before = stands(case)
    with pytest.raises(DomainError):
        roads.enter(
            case, "certificate", by=officer, dated=date(2026, 11, 2), **{"registered_on": date(2026, 10, 14), **facts}
        )
    assert stands(case) == before


def test_a_refusal_runs_fifteen_days_to_the_review_and_the_review_to_its_ruling(filed, officer, team):
    from branding.services import answers

    case = roads.enter(filed, "acceptance", by=officer, dated=date(2026, 6, 20))
    case = roads.enter(case, "examining", by=officer, dated=date(2026, 7, 1))
    case = roads.enter(
        case, "refusal", by=officer, dated=date(2026, 10, 8), electronic=False, received_on=date(2026, 10, 10)
    )
    assert (case.state, running(case)) == ("refused", {"brand.review": date(2026, 10, 26)})  # the 25th is a Sunday
    answers.answer_question(case, by=team, text="名字有来历", upload=jpeg("grounds.jpg"))
    case = roads.enter(case, "review", by=officer, dated=date(2026, 10, 20), upload=None)
    assert (case.state, running(case)) == ("review", {"brand.review_ruling": date(2027, 7, 20)})
    lost = roads.enter(case, "review_lost", by=officer, dated=date(2026, 11, 18))
    assert (lost.state, running(lost)) == ("lapsed", {})


def test_a_review_after_an_opposition_has_twelve_months(prepared, officer):
    """商标法 §34: nine months after a refusal; §35 (3): twelve after 不予注册, and its own fifteen days before."""
    from branding.case_story import line_of

    case = roads.enter(prepared, "filing", by=officer, dated=date(2024, 6, 11))
    case = roads.enter(case, "acceptance", by=officer, dated=date(2024, 7, 1))
    case = roads.enter(case, "examining", by=officer, dated=date(2024, 8, 1))
    case = roads.enter(case, "publication", by=officer, dated=date(2024, 10, 13))
    case = roads.enter(case, "opposition", by=officer, dated=date(2024, 11, 13))
    case = roads.enter(case, "opposition_lost", by=officer, dated=date(2026, 1, 13))
    (asking,) = _clocks(case)
    assert asking.source.startswith("《商标法》第三十五条第三款")
    case = roads.enter(case, "review", by=officer, dated=date(2026, 1, 20))
    assert (case.state, running(case)) == ("review", {"brand.review_opposed": date(2027, 1, 20)})
    (ruling,) = _clocks(case)
    assert "第三十五条第三款" in ruling.source
    assert "2027-01-20" in line_of(case).whole
    won = roads.enter(case, "certificate", by=officer, dated=date(2026, 11, 2), registered_on=date(2026, 10, 14))
    assert running(won).keys() == {"brand.use", "brand.renewal", "brand.grace"}


def test_a_registered_mark_given_up_is_cancelled_and_an_application_withdrawn(prepared, officer, client_for):
    """商标法实施条例 §73: an owner who wants a registered mark no more applies for 注销; 撤回 ends an application."""
    from branding.case_ladder import ladder_of
    from branding.case_story import line_of
    from branding.notice_kinds import kinds_from

    assert [kind.code for kind in kinds_from("registered") if kind.moves["registered"] == "withdrawn"] == ["surrender"]
    case = roads.registered(prepared, by=officer)
    case = roads.enter(case, "surrender", by=officer, dated=date(2026, 10, 12))
    assert (case.state, case.state_word, running(case)) == ("withdrawn", "已注销", {})
    assert "注销" in line_of(case).whole
    page = client_for(officer).get(f"/desk/brands/{case.pk}/").content.decode()
    assert "商标注销申请书" in page
    assert "撤回" not in page.split("<main", 1)[1].split("收回", 1)[0]
    case.notices.filter(kind="surrender").update(kind="withdrawal")  # as it was entered before it had its own name
    assert ladder_of(case)[0].title == "自己注销，不要了"


def test_an_application_given_up_is_withdrawn(filed, officer):
    case = roads.enter(filed, "withdrawal", by=officer, dated=date(2026, 6, 20))
    assert (case.state, case.state_word) == ("withdrawn", "撤回")


def to_do(brand):
    """What the village and the officer have on their lists about an official question."""
    from kernel.models import InboxItem

    waiting = InboxItem.objects.filter(object_kind="brand", object_id=str(brand.pk), done_at__isnull=True)
    return {
        one.kind: timezone.localtime(one.due, clock.SHANGHAI).date()
        for one in waiting.filter(kind__in=("brand.answer", "brand.send"))
    }


def doubted(filed, officer):
    """An opinion came, and its day to answer is 2026-08-06."""
    case = roads.enter(filed, "acceptance", by=officer, dated=date(2026, 6, 20))
    case = roads.enter(case, "examining", by=officer, dated=date(2026, 7, 1))
    case = roads.enter(case, "opinion", by=officer, dated=date(2026, 7, 7))
    assert to_do(case) == {"brand.answer": date(2026, 8, 6)}
    return case


def test_a_question_the_office_did_not_wait_for_leaves_the_lists(filed, officer, team):
    from branding.services import answers

    case = doubted(filed, officer)
    answers.answer_question(case, by=team, text="名字有来历", upload=jpeg("grounds.jpg"))
    assert to_do(case) == {"brand.send": date(2026, 8, 6)}
    case = roads.enter(case, "publication", by=officer, dated=date(2026, 8, 13))
    assert to_do(case) == {}
    case = roads.enter(case, "opposition", by=officer, dated=date(2026, 9, 1))
    assert to_do(case) == {"brand.answer": running(case)["brand.opposition_answer"]}
    case = roads.enter(case, "certificate", by=officer, dated=date(2026, 11, 16), registered_on=date(2026, 11, 14))
    assert (case.state, to_do(case)) == ("registered", {})


def test_a_refusal_over_an_unanswered_opinion_asks_by_its_own_day(filed, officer):
    case = roads.enter(doubted(filed, officer), "refusal", by=officer, dated=date(2026, 10, 13))
    assert running(case) == {"brand.review": date(2026, 11, 12)}
    assert to_do(case) == {"brand.answer": date(2026, 11, 12)}


def test_an_opposition_is_answered_while_its_ruling_runs(filed, officer):
    case = published(filed, officer)
    case = roads.enter(
        case, "opposition", by=officer, dated=date(2026, 9, 1), electronic=False, received_on=date(2026, 9, 3)
    )
    assert running(case) == {
        "brand.opposition_answer": date(2026, 10, 8),  # the 3rd is in the National Day holiday
        "brand.opposition_ruling": date(2027, 10, 13),
    }
    case = roads.enter(case, "opposition_answer", by=officer, dated=date(2026, 9, 20))
    assert running(case) == {"brand.opposition_ruling": date(2027, 10, 13)}
    won = roads.enter(case, "certificate", by=officer, dated=date(2026, 11, 2), registered_on=date(2026, 10, 14))
    assert "brand.opposition_ruling" not in running(won)


def test_a_renewal_is_applied_for_in_its_months_and_no_others(prepared, officer):
    from branding.errors import WrongDate
    from branding.models import Brand

    case = roads.registered(prepared, by=officer)
    Brand.objects.filter(pk=case.pk).update(valid_until=date(2026, 6, 20))
    before = stands(case)
    for applied in (date(2025, 6, 19), date(2026, 12, 21)):
        with pytest.raises(WrongDate, match="2025-06-20 到 2026-12-20"):
            roads.enter(case, "renewal", by=officer, dated=date(2026, 11, 1), applied_on=applied)
    assert stands(case) == before
    renewed = roads.enter(case, "renewal", by=officer, dated=date(2026, 11, 1), applied_on=date(2026, 10, 1))
    assert (renewed.state, renewed.valid_until) == ("renewed", date(2036, 6, 20))
    assert running(renewed)["brand.renewal"] == date(2036, 6, 20)


def test_proof_of_use_turns_the_three_years_back(prepared, officer):
    case = roads.registered(prepared, by=officer)
    case = roads.enter(case, "use", by=officer, dated=date(2026, 11, 1))
    assert running(case)["brand.use"] == date(2029, 11, 1)
    assert case.state == "registered"


def test_a_certificate_is_announced_to_the_shop_windows(prepared, officer):
    from branding.models import Brand
    from kernel.models import OutboxRow

    Brand.objects.filter(pk=prepared.pk).update(producer_id=41)
    roads.registered(Brand.objects.get(pk=prepared.pk), by=officer)
    told = OutboxRow.objects.filter(kind="brand.changed").latest("pk")
    assert (told.payload, told.county_code) == ({"producer_id": 41}, "230184")


def test_the_lengths_and_the_fees_name_their_source():
    import csv
    from pathlib import Path

    import branding
    from branding.services.clocks import SPANS
    from kernel import terms

    folder = Path(branding.__file__).parent / "data"
    for name in ("terms.csv", "fees.csv", "gazette_days.csv"):
        rows = list(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))
        assert rows
        assert all(row["source"] and row["valid_from"] for row in rows), name
    for code in SPANS:
        assert terms.term(code, date(2026, 11, 20)).source


def test_every_move_after_the_preparation_has_its_document():
    from branding.notice_kinds import NOTICE_KINDS
    from branding.states import BRAND_MOVES, BrandState

    before_filing = {(BrandState.IDEA, BrandState.CHECKED), (BrandState.CHECKED, BrandState.PREPARED)}
    given_up = {(state, BrandState.WITHDRAWN) for state in (BrandState.IDEA, BrandState.CHECKED, BrandState.PREPARED)}
    table = {(here, there) for here, others in BRAND_MOVES.items() for there in others}
    documents = {pair for kind in NOTICE_KINDS.values() for pair in kind.moves.items() if pair[0] != pair[1]}
    renewals = {(BrandState.RENEWED, BrandState.RENEWED)}
    assert table - before_filing - given_up - renewals == documents


def test_a_certificate_that_ended_is_told_once_and_a_renewal_lands_on_the_desk(prepared, officer):
    from branding.models import Brand
    from branding.services.watching import watch_certificates
    from kernel.models import InboxItem, OutboxRow

    case = roads.registered(prepared, by=officer)
    assert watch_certificates() == 0
    Brand.objects.filter(pk=case.pk).update(valid_until=date(2027, 11, 20), producer_id=41)
    assert (watch_certificates(), watch_certificates()) == (1, 1)
    assert InboxItem.objects.filter(kind="brand.renew", role="brand_officer").count() == 1
    before = OutboxRow.objects.filter(kind="brand.changed").count()
    Brand.objects.filter(pk=case.pk).update(valid_until=date(2026, 11, 19))
    watch_certificates()
    watch_certificates()
    assert OutboxRow.objects.filter(kind="brand.changed").count() == before + 1
    renewed = roads.enter(case, "renewal", by=officer, dated=date(2026, 11, 20), applied_on=date(2026, 11, 18))
    assert renewed.valid_until == date(2036, 11, 19)
    assert not InboxItem.objects.filter(kind="brand.renew", done_at__isnull=True).exists()


def test_an_answer_entered_late_was_in_time_by_its_own_day(filed, officer):
    from branding.case_rules import obj_of
    from kernel import deadlines

    held = roads.enter(
        filed, "correction", by=officer, dated=date(2026, 6, 14), electronic=False, received_on=date(2026, 6, 16)
    )
    sent = roads.enter(held, "correction_answer", by=officer, dated=date(2026, 7, 16))
    done = deadlines.of(obj_of(sent), sent.county_code).get(code="brand.correction")
    assert (done.due, done.state) == (date(2026, 7, 16), "met")


def test_a_receipt_older_than_the_case_is_refused_unless_it_is_said_to_be(prepared, officer):
    """2020 is a slip of the pen on a case of this year; one that was filed before the platform is said to be so."""
    from branding.errors import WrongDate

    with pytest.raises(WrongDate, match="早于这件案子在平台上建起来的那天"):
        roads.enter(prepared, "filing", by=officer, dated=date(2020, 1, 1), old_case=False)
    prepared.refresh_from_db()
    assert (prepared.state, prepared.filed_on, prepared.notices.count()) == ("prepared", None, 0)
    answer = client_for(officer).post(
        f"/desk/brands/{prepared.pk}/notice/filing/",
        {"dated": "2020-01-01", "online": "1", "file": pdf("回执.pdf")},
    )
    assert "勾上“以前递的旧案”" in answer.content.decode()
    assert 'value="2020-01-01"' in answer.content.decode()
    filed = roads.enter(prepared, "filing", by=officer, dated=date(2026, 6, 11))
    assert filed.notices.get().facts["old_case"] is True
    assert filed.filed_on == date(2026, 6, 11)


def test_on_the_day_it_was_opened_or_later_nothing_has_to_be_said(prepared, officer):
    filed = roads.enter(prepared, "filing", by=officer, dated=clock.today(), old_case=False)
    assert filed.notices.get().facts["old_case"] is False
