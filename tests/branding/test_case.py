"""A case between the village and the officer."""

from datetime import date

import pytest

from tests.branding import roads
from tests.branding.paper import jpeg
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers")]


def stands(brand):
    from branding.models import Brand

    row = Brand.objects.get(pk=brand.pk)
    return row.state, row.submitted_at, row.returned_at, row.remarks, row.notices.count(), row.history_moves.count()


def test_a_draft_keeps_whatever_was_typed(wuchang, team):
    from branding.services import cases

    brand = cases.open_case(wuchang.code, by=team, candidates=[" 山椴语 ", "", "山椴语", "椴语", "山语", "第四个"])
    assert (brand.name, brand.candidates) == ("山椴语", ["山椴语", "椴语", "山语"])
    assert brand.state == "idea"
    assert brand.number.startswith("PP-")


def test_an_owner_among_the_producers_brings_name_kind_and_place(wuchang, team, monkeypatch):
    from branding import ports
    from branding.errors import Unfinished
    from branding.services import cases

    class Goods:
        def producers(self, county_code):
            return [ports.ProducerFacts(7, "稻乐合作社", "coop", "龙凤山镇", 3)]

    monkeypatch.setattr(ports, "_registered", [Goods()])
    brand = cases.open_case(wuchang.code, by=team, producer_id=7)
    assert (brand.owner_name, brand.owner_kind, brand.place, brand.village_id) == ("稻乐合作社", "coop", "龙凤山镇", 3)
    with pytest.raises(Unfinished):
        cases.save_case(brand, by=team, producer_id=8)


def test_an_unfinished_case_is_told_everything_it_lacks(nothing_found, wuchang, team):
    from branding.errors import Unfinished
    from branding.services import cases

    brand = cases.open_case(wuchang.code, by=team, candidates=["山椴语"])
    with pytest.raises(Unfinished) as refused:
        cases.submit_case(brand, by=team)
    assert {"goods", "owner_name", "owner_address", "credit_code", "licence", "contact_phone"} <= set(
        refused.value.facts["missing"]
    )
    assert stands(brand)[0] == "idea"


def test_a_household_proves_its_farming_and_who_it_is(nothing_found, wuchang, village, team):
    from branding import case_rules
    from branding.errors import Unfinished
    from branding.services import cases

    brand = roads.draft(
        wuchang, village, by=team, papers=False, owner_kind="household", credit_code="", id_number="23010219850314123x"
    )
    assert set(case_rules.missing(brand)) == {"id_number", "land", "identity"}
    cases.save_case(brand, by=team, id_number="11010519491231002x")
    cases.add_paper(brand, jpeg("land.jpg"), kind="land", by=team)
    brand.refresh_from_db()
    with pytest.raises(Unfinished, match="身份证正反面"):
        cases.submit_case(brand, by=team)
    cases.add_paper(brand, jpeg("identity.jpg"), kind="identity", by=team)
    brand.refresh_from_db()
    assert case_rules.missing(brand) == {}


def test_without_the_identity_card_nothing_is_sent_on_or_printed(nothing_found, wuchang, village, team, officer):
    """Handed in before the rule was kept: the desk is told what lacks, too."""
    from branding import case_rules, filing_pack
    from branding.errors import Unfinished
    from branding.services import cases
    from kernel import papers

    brand = roads.draft(
        wuchang, village, by=team, papers=False, owner_kind="household", credit_code="", id_number="11010519491231002x"
    )
    for kind in ("land", "identity", "power"):
        cases.add_paper(brand, jpeg(f"{kind}.jpg"), kind=kind, by=team)
    brand = cases.submit_case(brand, by=team)
    with_identity = {one["name"] for one in filing_pack._told(brand, filing_pack._kept(brand))["papers"]}
    assert "身份证复印件" in with_identity
    papers.remove(papers.of(case_rules.obj_of(brand), brand.county_code).get(kind="identity"), by=team)
    page = client_for(officer).get(f"/desk/brands/{brand.pk}/").content.decode()
    assert "身份证正反面" in page
    with pytest.raises(Unfinished, match="身份证正反面"):
        cases.prepare_case(brand, by=officer)
    with pytest.raises(Unfinished, match="身份证正反面"):
        filing_pack.pack_zip(brand)


def test_private_numbers_are_not_in_the_table(draft):
    from django.db import connection

    from branding.services import cases

    cases.save_case(draft, by=draft.opened_by, id_number="11010519491231002X")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, contact_phone FROM branding_brand WHERE id = %s", [draft.pk])
        kept = cursor.fetchone()
    assert all(kept)
    assert "110105" not in kept[0]
    assert "138" not in kept[1][:11]


def test_handing_in_writes_a_slip_starts_the_officers_clock_and_fills_the_inbox(handed_in):
    from branding.case_rules import obj_of
    from kernel import deadlines
    from kernel.models import InboxItem

    assert handed_in.state == "checked"
    assert handed_in.submitted_at
    slip = handed_in.checks.get()
    assert slip.names == ["山椴语"]
    assert slip.by_name == "赵队员"
    [look] = deadlines.of(obj_of(handed_in), handed_in.county_code)
    assert look.code == "brand.look"
    waiting = InboxItem.objects.filter(object_kind="brand", done_at__isnull=True)
    assert set(waiting.values_list("kind", flat=True)) == {"brand.check", "brand.sign"}
    item = waiting.get(kind="brand.check")
    assert (item.role, item.title) == ("brand_officer", "山椴语")
    assert item.due == deadlines.last_moment(look.due), "the list is sorted by it"


def test_a_name_that_would_be_refused_is_not_handed_in(draft, team, monkeypatch):
    from branding import checking
    from branding.errors import Stopped
    from branding.services import cases

    found = {
        "name": "山椴语",
        "severity": "stop",
        "code": "x",
        "reason": "含县级以上地名。",
        "article": "§10",
        "mend": "换个名字。",
    }
    monkeypatch.setattr(checking, "_registered", [lambda names, classes, besides: [found]])
    before = stands(draft)
    with pytest.raises(Stopped, match="含县级以上地名"):
        cases.submit_case(draft, by=team)
    assert stands(draft) == before


def test_what_lies_with_the_officer_is_not_changed_behind_their_back(handed_in, team):
    from branding.errors import WithOfficer
    from branding.services import cases

    for act in (
        lambda: cases.save_case(handed_in, by=team, meaning="改了"),
        lambda: cases.save_goods(handed_in, [], by=team),
        lambda: cases.submit_case(handed_in, by=team),
    ):
        with pytest.raises(WithOfficer):
            act()


def test_a_return_says_what_to_change_and_lands_on_both_lists(handed_in, officer, team):
    from branding.services import cases
    from kernel import inbox
    from kernel.errors import NoteMissing
    from kernel.models import InboxItem

    with pytest.raises(NoteMissing):
        cases.return_case(handed_in, by=officer, note=" ", remarks={"name": " "})
    back = cases.return_case(handed_in, by=officer, remarks={"name": "太像一个老牌子"})
    assert back.state == "checked"
    assert back.submitted_at is None
    assert back.remarks == {"name": "太像一个老牌子"}
    item = InboxItem.objects.get(kind="brand.mend", done_at__isnull=True)
    assert item.person == team
    assert item.returned_by == officer
    assert item in inbox.returned_by(officer)
    again = cases.submit_case(back, by=team, answers={"name": "老牌子是另一类的"})
    assert again.remarks == {}
    assert not inbox.returned_by(officer).exists()
    assert again.checks.count() == 1, "the same name needs no second slip"


def test_a_name_changed_after_the_slip_needs_another(handed_in, officer, team):
    from branding.services import cases

    back = cases.return_case(handed_in, by=officer, note="换一个")
    cases.save_case(back, by=team, candidates=["北坡椴"])
    again = cases.submit_case(back, by=team)
    assert [slip.names for slip in again.checks.all()] == [["北坡椴"], ["山椴语"]]


def test_sending_on_is_refused_with_the_whole_list(handed_in, officer):
    from branding.errors import Unfinished
    from branding.services import cases

    before = stands(handed_in)
    with pytest.raises(Unfinished, match="委托书") as refused:
        cases.prepare_case(handed_in, by=officer)
    assert list(refused.value.facts["missing"]) == ["power"]
    assert stands(handed_in) == before
    assert roads.prepare(handed_in, by=officer).state == "prepared"


def test_the_village_gives_a_name_up_before_it_is_filed_and_not_after(prepared, officer, team):
    from branding.errors import WithOfficer
    from branding.services import cases, clocks

    filed = roads.enter(prepared, "filing", by=officer, dated=date(2026, 6, 11))
    with pytest.raises(WithOfficer):
        cases.give_up(filed, by=team, note="不种了")
    other = roads.draft(filed_county(filed), None, by=team, name="别的")
    gone = cases.give_up(other, by=team, note="不种了")
    assert gone.state == "withdrawn"
    assert clocks.running(gone) == []


def filed_county(brand):
    from tenants.models import County

    return County.objects.get(code=brand.county_code)


def test_the_forms_own_example_of_a_code_is_a_right_one():
    import re

    from branding.case_rules import is_credit_code
    from branding.case_step_forms import ProofForm

    [example] = re.findall(r"[0-9A-Z]{18}", str(ProofForm.base_fields["credit_code"].help_text))
    assert is_credit_code(example)


@pytest.mark.parametrize("code", ["", "93230184MA1B2C3D4", "93230184MA1B2C3D4I", "93230184MA1B2C3D40"])
def test_a_wrong_credit_code_is_seen(code):
    from branding.case_rules import is_credit_code

    assert not is_credit_code(code)
    assert is_credit_code(roads.credit_code())
    assert is_credit_code("91110000802100433B")


def test_fees_are_by_class_with_ten_items_and_then_by_item():
    from branding import fees

    on = date(2026, 11, 20)
    assert fees.application_fee([30, 35], on) == 54000
    assert fees.application_fee([30] * 10, on) == 27000
    assert fees.application_fee([30] * 12 + [35], on) == 27000 + 2 * 2700 + 27000
    assert fees.application_fee([30] * 11, on, fees.ON_PAPER) == 33000
    assert fees.renewal_fee(2, on, late=True) == 2 * (45000 + 22500)
