"""A package from the request to the printer, step by step, and what each refusal leaves untouched."""

from datetime import timedelta

import pytest

from tests.branding import packages

pytestmark = pytest.mark.django_db


def test_the_whole_road(who):
    case = packages.until(who, "delivered")
    states = list(case.history_moves.order_by("pk").values_list("to_state", flat=True))
    assert states == ["request", "assigned", "working", "handed_in", "chosen", "compliance", "signed_off", "delivered"]
    assert case.variant_name == "2.5 kg"
    assert case.packs.get().variant_id == case.variant_id


def test_the_product_fills_the_brief(who):
    case = packages.draft(who)
    assert case.product_name == who.product.name
    assert case.place == "龙凤山镇兴源村"
    assert case.net_grams == 2500
    assert "净含量 2.5 kg" in case.must_have
    assert packages.draft(who).pk == case.pk, "a second press finds the first draft"


def test_an_unfinished_brief_says_what_is_missing(who):
    from branding.packaging_errors import BriefUnfinished
    from branding.services import packaging

    case = packages.draft(who)
    with pytest.raises(BriefUnfinished) as refusal:
        packaging.submit_package(case, by=who.team)
    assert set(refusal.value.facts["missing"]) == {"kind", "material", "run"}


def test_a_brief_handed_in_again_takes_no_designer_off_the_case(who):
    from branding.packaging_errors import PackageLocked
    from branding.services import packaging
    from kernel.models import Deadline

    case = packages.until(who, "assigned")
    with pytest.raises(PackageLocked):
        packaging.submit_package(case, by=who.team)
    case.refresh_from_db()
    assert case.state == "assigned"
    clocks = Deadline.objects.filter(object_kind="package", object_id=str(case.pk), stopped_at__isnull=True)
    assert clocks.count() == 1


def test_the_same_pack_is_not_designed_twice_at_once(who):
    from branding.models import PackageRequest
    from branding.packaging_errors import AlreadyAsked
    from branding.services import packaging

    packages.until(who, "request")
    second = packages.filled(who)
    with pytest.raises(AlreadyAsked):
        packaging.submit_package(second, by=who.team)
    assert PackageRequest.objects.get(pk=second.pk).state == "draft"


def test_a_returned_brief_is_a_draft_with_remarks_and_comes_again(who):
    from branding.services import packaging
    from kernel import inbox

    case = packages.until(who, "request")
    case = packaging.return_package(case, by=who.officer, remarks={"run": "太少了，印刷厂 3000 起印"})
    assert case.is_returned
    assert case.remarks == {"run": "太少了，印刷厂 3000 起印"}
    assert inbox.returned_by(who.officer).get().kind == "packaging.mend"
    packaging.save_brief(case, by=who.team, run=3000)
    packaging.submit_package(case, by=who.team)
    assert not inbox.returned_by(who.officer).exists()


def test_a_return_needs_a_word(who):
    from branding.services import packaging
    from kernel.errors import NoteMissing

    case = packages.until(who, "request")
    with pytest.raises(NoteMissing):
        packaging.return_package(case, by=who.officer, remarks={"run": "  "})


def test_the_first_invited_designer_who_says_yes_has_it(who):
    from branding.services import packaging
    from kernel.models import InboxItem
    from tests.factories.people import make_person

    other = make_person("designer", name="另一位")
    case = packages.until(who, "request")
    mine, others = packaging.invite_designers(case, [who.designer, other], by=who.officer)
    assert InboxItem.objects.filter(kind="packaging.invited", done_at=None).count() == 2
    case = packaging.answer_invitation(others, by=other, yes=True)
    assert case.designer == other
    assert InboxItem.objects.filter(kind="packaging.invited", done_at=None).count() == 0
    from kernel.errors import DomainError

    with pytest.raises(DomainError):
        packaging.answer_invitation(mine, by=who.designer, yes=True)


def test_designers_offer_while_a_call_is_open(who):
    from branding.packaging_errors import NotADesigner
    from branding.services import packaging
    from kernel import clock

    case = packages.until(who, "request")
    with pytest.raises(NotADesigner):
        packaging.offer_design(case, by=who.designer)
    packaging.call_designers(case, clock.today() + timedelta(days=3), by=who.officer)
    packaging.offer_design(case, by=who.designer, words="做过稻米")
    case = packaging.assign_designer(case, who.designer, by=who.officer)
    assert case.offers.get().answer == "accepted"


def test_only_a_designer_can_be_assigned(who):
    from branding.packaging_errors import NotADesigner
    from branding.services import packaging

    case = packages.until(who, "request")
    with pytest.raises(NotADesigner):
        packaging.assign_designer(case, who.team, by=who.officer)


def test_remarks_are_pinned_answered_one_by_one_and_then_the_next_round_comes(who):
    from branding.packaging_errors import PinsOpen
    from branding.packaging_rules import latest_round
    from branding.services import packaging

    case = packages.until(who, "handed_in")
    first = latest_round(case)
    file = first.files.get()
    pin = packaging.pin_remark(first, file.pk, 120, 340, "字大一点", by=who.team)
    packaging.pin_remark(first, file.pk, 500, 900, "别画熊", by=who.team)
    with pytest.raises(PinsOpen):
        packaging.choose_round(case, first, by=who.team)
    packaging.ask_for_round(case, by=who.team)
    second = packaging.begin_round(case, by=who.designer)
    packaging.add_round_file(second, packages.png(colour="#1D5B48"), by=who.designer)
    with pytest.raises(PinsOpen):
        packaging.hand_in_round(second, by=who.designer)
    for one in (pin, first.pins.get(number=2)):
        packaging.resolve_pin(one, by=who.designer, answer="改了")
    packaging.hand_in_round(second, by=who.designer)
    case = packaging.choose_round(case, second, by=who.team)
    assert (case.state, case.chosen.number) == ("chosen", 2)


def test_a_designer_answers_a_remark_in_words(who):
    from branding.packaging_rules import latest_round
    from branding.services import packaging
    from kernel.errors import NoteMissing

    case = packages.until(who, "handed_in")
    pin = packaging.pin_remark(latest_round(case), latest_round(case).files.get().pk, 1, 1, "字大一点", by=who.team)
    with pytest.raises(NoteMissing):
        packaging.resolve_pin(pin, by=who.designer)


@pytest.mark.parametrize("spot", [(-1, 5), (5, 1001)])
def test_a_pin_is_on_the_picture(who, spot):
    from branding.packaging_rules import latest_round
    from branding.services import packaging
    from kernel.errors import DomainError

    case = packages.until(who, "handed_in")
    seen = latest_round(case)
    with pytest.raises(DomainError):
        packaging.pin_remark(seen, seen.files.get().pk, *spot, "字大一点", by=who.team)
    assert not seen.pins.exists()


def test_a_round_is_not_seen_before_it_is_handed_in(who):
    from branding.packaging_rules import may_open_paper
    from branding.services import packaging
    from kernel.models import Paper

    case = packages.until(who, "working")
    round_ = packaging.begin_round(case, by=who.designer)
    file = packaging.add_round_file(round_, packages.png(), by=who.designer)
    paper = Paper.objects.get(pk=file.paper_id)
    assert may_open_paper(who.designer, paper)
    assert not may_open_paper(who.team, paper)
    assert not may_open_paper(who.officer, paper)
    packaging.hand_in_round(round_, by=who.designer)
    assert may_open_paper(who.team, paper)
    assert may_open_paper(who.officer, paper)


def test_a_round_without_a_picture_is_no_round(who):
    from branding.packaging_errors import NothingToShow
    from branding.services import packaging

    case = packages.until(who, "working")
    with pytest.raises(NothingToShow):
        packaging.hand_in_round(packaging.begin_round(case, by=who.designer), by=who.designer)


def test_the_check_needs_the_printers_file(who):
    from branding.packaging_errors import NothingToShow
    from branding.services import packaging
    from kernel import clock

    case = packages.until(who, "chosen")
    with pytest.raises(NothingToShow):
        packaging.record_compliance(case, by=who.designer, passed=True, printed_on=clock.today(), facts={}, findings=[])
    assert not case.runs.exists()


def test_a_check_that_fails_asks_for_no_name(who):
    case = packages.until(who, "chosen")
    packages.check(who, case, passed=False)
    case.refresh_from_db()
    assert case.state == "chosen"
    assert case.frozen_sha256 == ""
    packages.check(who, case, passed=True)
    case.refresh_from_db()
    assert case.state == "compliance"
    assert len(case.frozen_sha256) == 64


def test_a_printers_file_that_changes_after_two_names_makes_both_void(who):
    from branding.services import packaging

    case = packages.until(who, "compliance")
    packages.sign(who, case, sides=("village", "supervision"))
    before = case.frozen_sha256
    packaging.add_print_file(case, packages.pdf("better.pdf", (300, 300)), by=who.designer)
    case.refresh_from_db()
    assert case.state == "chosen"
    assert [bool(one.void_at) for one in case.sign_offs.all()] == [True, True]
    packages.check(who, case)
    case.refresh_from_db()
    assert case.frozen_sha256 != before
    packages.sign(who, case)
    case.refresh_from_db()
    assert case.state == "signed_off"
    assert case.sign_offs.filter(void_at=None).count() == 3


def test_a_change_after_all_three_names_needs_all_three_again(who):
    from branding.services import packaging
    from kernel import outbox

    case = packages.until(who, "signed_off")
    while outbox.relay_once():
        pass
    assert case.packs.get().void_at is None
    packaging.reopen_design(case, by=who.officer, words="条码印错了")
    case.refresh_from_db()
    assert (case.state, case.frozen_sha256, case.chosen) == ("working", "", None)
    assert case.sign_offs.count() == 3
    assert not case.sign_offs.filter(void_at=None).exists()
    assert case.packs.get().void_at is not None


def test_a_signer_signs_what_was_read(who):
    from branding.packaging_errors import OtherFiles
    from branding.services import packaging

    case = packages.until(who, "compliance")
    with pytest.raises(OtherFiles):
        packaging.sign_off(case, "village", by=who.team, seen="0" * 64)
    assert not case.sign_offs.exists()


def test_each_side_signs_for_itself_and_only_once(who):
    from branding.packaging_errors import NotYoursToSign
    from branding.services import packaging

    case = packages.until(who, "compliance")
    packaging.name_owner(case, who.owner, by=who.team)
    seen = case.frozen_sha256
    for side, stranger in (
        ("village", who.supervisor),
        ("village", who.designer),
        ("supervision", who.team),
        ("supervision", who.officer),
        ("owner", who.team),
        ("owner", who.supervisor),
    ):
        with pytest.raises(NotYoursToSign):
            packaging.sign_off(case, side, by=stranger, seen=seen)
    packaging.sign_off(case, "village", by=who.team, seen=seen)
    with pytest.raises(NotYoursToSign):
        packaging.sign_off(case, "village", by=who.team, seen=seen)
    with pytest.raises(NotYoursToSign):
        packaging.sign_off(case, "nobody", by=who.team, seen=seen)
    assert case.sign_offs.count() == 1


def test_one_person_is_one_side_even_with_two_roles(who):
    from branding.packaging_entries import MARKET_SUPERVISION
    from branding.packaging_errors import NotYoursToSign
    from branding.services import packaging
    from tests.factories.people import give_role

    case = packages.until(who, "compliance")
    give_role(who.team, MARKET_SUPERVISION, who.county)
    packaging.sign_off(case, "village", by=who.team, seen=case.frozen_sha256)
    with pytest.raises(NotYoursToSign):
        packaging.sign_off(case, "supervision", by=who.team, seen=case.frozen_sha256)


def test_a_side_that_refuses_sends_it_back_with_its_reason(who):
    from branding.services import packaging

    case = packages.until(who, "compliance")
    packages.sign(who, case, sides=("village",))
    packaging.refuse_sign(case, "supervision", by=who.supervisor, words="没有写贮存条件")
    case.refresh_from_db()
    assert case.state == "working"
    assert "没有写贮存条件" in case.history_moves.first().note
    assert not case.sign_offs.filter(void_at=None).exists()


def test_no_hand_over_without_rights_or_pack(who):
    from branding.packaging_errors import NothingToShow
    from branding.services import packaging
    from kernel import outbox
    from kernel.errors import NoteMissing

    case = packages.until(who, "signed_off")
    with pytest.raises(NoteMissing):
        packaging.hand_over(case, by=who.designer, rights=False)
    with pytest.raises(NothingToShow):
        packaging.hand_over(case, by=who.designer, rights=True)
    while outbox.relay_once():
        pass
    packaging.hand_over(case, by=who.designer, rights=True)


def test_silence_of_five_working_days_releases_the_package(who, moved):
    from branding.services import packaging
    from kernel import clock, deadlines, outbox
    from kernel.workdays import add_working_days

    case = packages.until(who, "signed_off")
    while outbox.relay_once():
        pass
    packaging.hand_over(case, by=who.designer, rights=True)
    due = deadlines.of(case.name, case.county_code).get(code="packaging.accept").due
    assert due == add_working_days(clock.today(), 5)
    moved((due - clock.today()).days)
    assert packaging.release_silent() == 0, "the last day is still in time"
    moved((due - clock.today()).days + 1)
    assert packaging.release_silent() == 1
    case.refresh_from_db()
    assert case.state == "delivered"
    assert case.history_moves.first().by is None
    assert packaging.release_silent() == 0


def test_an_objection_in_time_stops_the_release(who, moved):
    from branding.services import packaging
    from kernel import outbox

    case = packages.until(who, "signed_off")
    while outbox.relay_once():
        pass
    packaging.hand_over(case, by=who.designer, rights=True)
    packaging.object_to(case, by=who.team, words="颜色印出来太暗")
    moved(30)
    assert packaging.release_silent() == 0
    case.refresh_from_db()
    assert case.state == "working"


@pytest.fixture
def moved(db, settings):
    from kernel import clock

    def by(days):
        before = clock.now()
        already = clock._shift()
        clock.shift(already + timedelta(days=days))
        assert clock.now() > before

    return by


def test_a_withdrawn_request_stands_still(who):
    from branding.packaging_errors import PackageWithdrawn
    from branding.services import packaging
    from kernel.models import Deadline, InboxItem

    case = packages.until(who, "request")
    packaging.withdraw_package(case, by=who.team, words="今年不做了")
    case.refresh_from_db()
    assert (case.state, case.is_withdrawn) == ("request", True)
    with pytest.raises(PackageWithdrawn):
        packaging.assign_designer(case, who.designer, by=who.officer)
    assert not InboxItem.objects.filter(kind__startswith="packaging.", done_at=None).exists()
    assert not Deadline.objects.filter(object_kind="package", stopped_at=None).exists()


def test_the_designer_is_thanked_by_name_only_with_consent(who):
    from branding.packaging_selectors import thanked_designers
    from branding.services import packaging

    case = packages.until(who, "delivered")
    names = (case.county_code, case.product_id)
    assert thanked_designers(*names) == ["何设计"]
    packaging.set_thanks(case, by=who.designer, agreed=False)
    assert thanked_designers(*names) == []


def test_the_finished_package_is_the_products_first_picture(who):
    from branding.services import packaging
    from catalog.models import Photo
    from kernel import outbox
    from tenants.scope import county_scope

    case = packages.until(who, "delivered")
    packaging.put_finished_photo(case, packages.png((640, 480)), by=who.team)
    while outbox.relay_once():
        pass
    with county_scope(who.county):
        photo = Photo.objects.get(product_id=who.product.pk)
        assert (photo.order, photo.state) == (0, "ready")


def test_a_photo_that_is_none_changes_nothing(who):
    from branding.services import packaging
    from catalog.models import Photo
    from kernel.errors import DomainError
    from tenants.scope import county_scope

    case = packages.until(who, "delivered")
    with pytest.raises(DomainError):
        packaging.put_finished_photo(case, packages.upload(b"%PDF-1.4", "x.png", "image/png"), by=who.team)
    with county_scope(who.county):
        assert not Photo.objects.filter(product_id=who.product.pk).exists()
