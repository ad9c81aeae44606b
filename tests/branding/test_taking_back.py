"""拿回来改: the village has back what it handed in, until the officer sends it on."""

import pytest

from tests.branding import roads
from tests.factories.people import client_for
from tests.racing import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers")]


def taken(brand, team):
    from branding.services import cases

    return cases.take_back_case(brand, by=team)


def lists(brand):
    """What stands open on anybody's list for this case."""
    from kernel.models import InboxItem

    found = InboxItem.objects.filter(object_kind="brand", object_id=str(brand.pk), done_at__isnull=True)
    return sorted(found.values_list("kind", flat=True))


def clocks_of(brand):
    from branding.services import clocks

    return [one.code for one in clocks.running(brand)]


def test_the_village_takes_it_back_mends_it_and_hands_it_in_again(handed_in, wuchang, team):
    from kernel.models import AuditEntry

    here, browser = f"/c/{wuchang.slug}/desk/brands/{handed_in.pk}/", client_for(team)
    assert (lists(handed_in), clocks_of(handed_in)) == (["brand.check", "brand.sign"], ["brand.look"])
    assert f"{here}take-back/" in browser.get(here).content.decode()
    page = browser.post(f"{here}take-back/", follow=True).content.decode()
    assert page.count("拿回来了，改好再交给省里。") == 1, "said once"
    assert "交过又拿回来改了，改好再交。" in page
    assert "take-back/" not in page
    assert (lists(handed_in), clocks_of(handed_in)) == ([], [])
    assert AuditEntry.objects.get(action="brand.take_back").by_id == team.pk
    assert browser.post(f"{here}edit/2/", {"name1": "北坡椴", "sign_kind": "word"}).status_code == 302
    assert browser.post(f"{here}submit/").status_code == 302
    row = type(handed_in).objects.get(pk=handed_in.pk)
    assert (row.name, bool(row.submitted_at), row.remarks) == ("北坡椴", True, {})
    assert (lists(handed_in), clocks_of(handed_in)) == (["brand.check", "brand.sign"], ["brand.look"])


def test_the_officer_finds_it_among_the_done_with_how_it_ended(handed_in, team, officer):
    taken(handed_in, team)
    page = client_for(officer).get("/desk/?list=done").content.decode()
    assert "村里拿回去改了" in page
    case = client_for(officer).get(f"/desk/brands/{handed_in.pk}/").content.decode()
    assert "交过又拿回来改了" in case


def test_it_stands_among_the_villages_drafts(handed_in, wuchang, village, team):
    from branding.case_selectors import by_turn
    from branding.models import Brand
    from branding.services import cases
    from tests.branding.paper import jpeg

    waits = roads.draft(wuchang, village, by=team, name="等省里看的")
    for brand in (handed_in, cases.submit_case(waits, by=team)):
        cases.add_paper(brand, jpeg("power.jpg"), kind="power", by=team)
    assert [one.pk for one in by_turn(Brand.objects.all())] == [handed_in.pk, waits.pk]
    taken(waits, team)
    assert [one.pk for one in by_turn(Brand.objects.all())] == [waits.pk, handed_in.pk]


def test_what_the_officer_said_before_is_to_be_met_again(handed_in, wuchang, team, officer):
    """The answer that was given stands in its field: it need not be typed again, and may be changed."""
    from branding.errors import Unanswered
    from branding.services import cases

    back = cases.return_case(handed_in, by=officer, remarks={"name": "太像一个老牌子", "contact": "号码打不通"})
    cases.save_case(back, by=team, candidates=["北坡椴"])
    again = cases.submit_case(back, by=team, answers={"contact": "白天在地里"})
    row = taken(again, team)
    assert row.remarks == {"name": "太像一个老牌子", "contact": "号码打不通"}
    assert lists(row) == ["brand.mend"]
    page = client_for(team).get(f"/c/{wuchang.slug}/desk/brands/{row.pk}/edit/6/").content.decode()
    assert 'value="白天在地里"' in page
    with pytest.raises(Unanswered):
        cases.submit_case(row, by=team)
    cases.submit_case(row, by=team, answers={"contact": "换了号码"})
    assert lists(row) == ["brand.check", "brand.sign"]


@pytest.mark.parametrize("stand", ["draft", "returned", "prepared", "filed", "given up"])
def test_only_while_it_lies_with_the_officer(handed_in, wuchang, village, team, officer, stand):
    from datetime import date

    from branding.errors import NotWithOfficer
    from branding.services import cases

    brand = {
        "draft": lambda: roads.draft(wuchang, village, by=team, name="另一个"),
        "returned": lambda: cases.return_case(handed_in, by=officer, note="改"),
        "prepared": lambda: roads.prepare(handed_in, by=officer),
        "filed": lambda: roads.enter(
            roads.prepare(handed_in, by=officer), "filing", by=officer, dated=date(2026, 6, 11)
        ),
        "given up": lambda: cases.give_up(handed_in, by=team, note="不种了"),
    }[stand]()
    before = type(brand).objects.filter(pk=brand.pk).values().get(), lists(brand), clocks_of(brand)
    with pytest.raises(NotWithOfficer, match="刷新页面"):
        taken(brand, team)
    assert (type(brand).objects.filter(pk=brand.pk).values().get(), lists(brand), clocks_of(brand)) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("other", ["return", "prepare"])
def test_the_village_and_the_officer_at_once_one_of_them_is_told(handed_in, team, officer, other):
    from branding.services import cases
    from tests.branding.paper import jpeg

    cases.add_paper(handed_in, jpeg("power.jpg"), kind="power", by=officer)
    acts = {
        "return": lambda: cases.return_case(handed_in, by=officer, note="改名字").pk,
        "prepare": lambda: cases.prepare_case(handed_in, by=officer).pk,
    }
    said = at_once(lambda: taken(handed_in, team).pk, acts[other])
    assert sorted(map(str, said)) == sorted([str(handed_in.pk), "NotWithOfficer"])
    mine = said[0] == handed_in.pk
    assert lists(handed_in) == ([] if mine else {"return": ["brand.mend"], "prepare": ["brand.file"]}[other])
    assert clocks_of(handed_in) == (["brand.file"] if not mine and other == "prepare" else [])
