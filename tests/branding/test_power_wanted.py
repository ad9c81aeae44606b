"""The signed power of attorney: only the village can give it, so the village is told, and can."""

import pytest

from tests.branding import roads
from tests.branding.paper import jpeg
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers")]
ASKED_FOR = "打印委托书，签字盖章，拍照传上来"


def here(county, path):
    return f"/c/{county.slug}/desk/brands/{path}"


def case_of(client, county, brand):
    return client.get(here(county, f"{brand.pk}/")).content.decode()


def waits(kind="brand.sign"):
    from kernel.models import InboxItem

    return InboxItem.objects.filter(kind=kind, done_at__isnull=True)


def test_the_villages_line_and_its_list_say_what_the_officers_page_lacks(wuchang, handed_in, team, officer):
    assert "还没有盖章签字的代理委托书" in client_for(officer).get(f"/desk/brands/{handed_in.pk}/").content.decode()
    page = case_of(client_for(team), wuchang, handed_in)
    assert ASKED_FOR in page
    assert "现在不用做什么" not in page
    assert here(wuchang, f"{handed_in.pk}/power.pdf") in page
    assert here(wuchang, f"{handed_in.pk}/papers/power/") in page
    item = waits().get()
    assert (item.role, item.person) == ("work_team", team)
    assert item.url.endswith(f"/desk/brands/{handed_in.pk}/#power")


def test_the_village_hands_it_in_while_the_officer_reads(wuchang, handed_in, team, officer):
    from branding import case_rules
    from branding.services import cases

    client = client_for(team)
    answer = client.post(here(wuchang, f"{handed_in.pk}/papers/power/"), {"photo": jpeg("power.jpg")}, follow=True)
    assert "收到了，交给省里了。" in answer.content.decode()
    page = case_of(client, wuchang, handed_in)
    assert ASKED_FOR not in page
    assert "现在不用做什么" in page
    assert not waits().exists()
    assert case_rules.missing_for_filing(handed_in) == {}
    assert cases.prepare_case(handed_in, by=officer).state == "prepared"


def test_nothing_else_is_changed_behind_the_officers_back(wuchang, handed_in, team):
    from branding import case_rules

    client = client_for(team)
    assert client.post(here(wuchang, f"{handed_in.pk}/papers/licence/"), {"photo": jpeg()}).status_code == 404
    client.post(here(wuchang, f"{handed_in.pk}/papers/power/"), {"photo": jpeg()})
    assert client.post(here(wuchang, f"{handed_in.pk}/papers/power/"), {"photo": jpeg()}).status_code == 404
    assert sorted(case_rules.paper_kinds(handed_in)) == ["licence", "power"]


def test_what_came_with_the_form_is_not_asked_again(wuchang, draft, team):
    from branding.services import cases

    step = client_for(team).get(here(wuchang, f"{draft.pk}/edit/5/")).content.decode()
    assert "委托五谷商标事务所代你们递交国家局" in step
    assert here(wuchang, f"{draft.pk}/power.pdf") in step
    cases.add_paper(draft, jpeg(), kind="power", by=team)
    assert (
        "委托五谷商标事务所代你们递交国家局"
        not in client_for(team).get(here(wuchang, f"{draft.pk}/edit/5/")).content.decode()
    )
    cases.submit_case(draft, by=team)
    assert not waits().exists()
    assert ASKED_FOR not in case_of(client_for(team), wuchang, draft)


def test_a_case_sent_back_asks_once_and_the_officers_own_scan_settles_it(handed_in, team, officer):
    from branding.services import cases

    back = cases.return_case(handed_in, by=officer, note="名字换一个")
    assert not waits().exists(), "the village has the form again: what to mend is its list"
    again = cases.submit_case(back, by=team, answers={"note": "村里都叫它这个名字"})
    assert waits().count() == 1
    roads.prepare(again, by=officer)
    assert not waits().exists()


def test_the_power_of_attorney_names_the_agency_and_its_number(draft):
    from branding.filing_pack import _told

    words = _told(draft, [])["power_text"]
    assert "委托商标代理机构五谷商标事务所（备案 2312345），办理" in words


def test_without_an_agency_each_owner_files_for_itself(settings, wuchang, handed_in, team, officer):
    """商标法 §18: nobody else may be given the power, so no page asks for it and none is printed."""
    from branding import case_rules, filing_pack
    from branding.services import cases

    settings.TRADEMARK_AGENT = ("", "")
    assert not case_rules.wants_power(handed_in)
    assert "power" not in case_rules.missing_for_filing(handed_in)
    village = case_of(client_for(team), wuchang, handed_in)
    assert "委托书" not in village
    desk = client_for(officer)
    assert "打印空白委托书" not in desk.get(f"/desk/brands/{handed_in.pk}/").content.decode()
    refused = desk.get(f"/desk/brands/{handed_in.pk}/power.pdf", follow=True).content.decode()
    assert "按申请人自己办理，不用委托书" in refused
    brand = cases.prepare_case(handed_in, by=officer)
    assert filing_pack.pack_zip(brand)
