"""A case sent back is changed or answered before it comes again, and the officer sees which of the two."""

import pytest

from tests.branding.paper import jpeg
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers")]


@pytest.fixture
def returned(handed_in, officer):
    from branding.services import cases

    return cases.return_case(handed_in, by=officer, remarks={"name": "太像一个老牌子", "contact": "号码打不通"})


def refused(brand, team, **answers):
    from branding.errors import Unanswered
    from branding.services import cases

    with pytest.raises(Unanswered) as refusal:
        cases.submit_case(brand, by=team, answers=answers)
    row = type(brand).objects.get(pk=brand.pk)
    assert (row.submitted_at, bool(row.returned_at), bool(row.remarks)) == (None, True, True)
    return refusal.value


def test_as_it_was_it_is_not_taken_and_what_is_open_is_named(returned, team):
    refusal = refused(returned, team)
    assert refusal.facts["fields"] == ["name", "contact"]
    assert "名字、联系人" in str(refusal)
    assert refused(returned, team, name="  ", contact="打得通，白天在地里").facts["fields"] == ["name"]


def test_what_no_page_shows_counts_as_changed_too(returned, team):
    from branding.services import cases

    cases.save_case(returned, by=team, contact_phone="13900000099")
    assert refused(returned, team).facts["fields"] == ["name"]
    cases.save_case(returned, by=team, candidates=["北坡椴"])
    assert cases.submit_case(returned, by=team).submitted_at


@pytest.mark.parametrize("field", ["goods", "owner", "papers"])
def test_each_field_knows_its_own_change(handed_in, officer, team, field):
    from branding.services import cases

    back = cases.return_case(handed_in, by=officer, remarks={field: "看一看"})
    change = {
        "goods": lambda: cases.save_goods(back, [cases.Good("椴树蜜", 30, "蜂蜜")], by=team),
        "owner": lambda: cases.save_case(back, by=team, owner_address="龙凤山镇兴源村 7 号"),
        "papers": lambda: cases.add_paper(back, jpeg(), kind="other", by=team),
    }
    for other in change.keys() - {field}:
        change[other]()
        assert refused(back, team).facts["fields"] == [field]
    change[field]()
    assert cases.submit_case(back, by=team).submitted_at


def test_words_on_the_whole_ask_for_any_change(handed_in, officer, team):
    from branding.services import cases

    back = cases.return_case(handed_in, by=officer, note="再看一遍")
    assert refused(back, team).facts["fields"] == ["note"]
    cases.save_case(back, by=team, meaning="椴树下的话")
    assert cases.submit_case(back, by=team).submitted_at


def test_a_remark_from_before_this_release_stops_nobody(returned, team):
    from branding.services import cases

    type(returned).objects.filter(pk=returned.pk).update(last_return={})
    assert cases.submit_case(returned, by=team).submitted_at


def test_the_officer_sees_the_own_remark_the_old_words_and_the_answer(returned, officer, team):
    from branding.services import cases

    cases.save_case(returned, by=team, candidates=["北坡椴"])
    cases.submit_case(returned, by=team, answers={"contact": "白天在地里，晚上打"})
    page = client_for(officer).get(f"/desk/brands/{returned.pk}/").content.decode()
    facts = {part.split("</h3>")[0]: part for part in page.split('<div class="remark"><h3>')[1:]}
    assert "退回时说：太像一个老牌子" in facts["名字"]
    assert "退回时写的是：山椴语" in facts["名字"]
    assert "退回时说：号码打不通" in facts["联系人"]
    assert "村里答：白天在地里，晚上打" in facts["联系人"]
    assert "这一项没有改。" in facts["联系人"]
    assert "退回时" not in facts["商标归谁"]
    again = cases.return_case(returned, by=officer, remarks={"goods": "写细一点"})
    assert again.last_return["answers"] == {}, "a new return begins anew"


def test_the_village_is_asked_on_the_last_screen_and_loses_nothing(returned, wuchang, team):
    edit = f"/c/{wuchang.slug}/desk/brands/{returned.pk}/edit/6/"
    client = client_for(team)
    page = client.get(edit).content.decode()
    assert 'name="answer_name"' in page
    assert 'name="answer_contact"' in page
    answer = client.post(edit.replace("edit/6/", "submit/"), {"answer_contact": "打得通"})
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "省里说要改的还没有改：名字。" in said
    assert 'value="打得通"' in said
    from branding.services import cases

    cases.save_case(returned, by=team, candidates=["北坡椴"])
    page = client.get(edit).content.decode()
    assert "改过了" in page
    assert 'name="answer_name"' not in page
    assert client.post(edit.replace("edit/6/", "submit/"), {"answer_contact": "打得通"}).status_code == 302


def test_no_number_of_a_person_is_kept_with_it(handed_in, officer):
    import json

    from branding.services import cases

    phone = type(handed_in).objects.get(pk=handed_in.pk).contact_phone
    back = cases.return_case(handed_in, by=officer, note="看一看")
    assert phone
    assert phone not in json.dumps(back.last_return, ensure_ascii=False)
