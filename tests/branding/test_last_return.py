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
    again = cases.return_case(type(returned).objects.get(pk=returned.pk), by=officer, remarks={"goods": "写细一点"})
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


def facts_on(officer, brand):
    """The officer's case page, cut at its fields."""
    page = client_for(officer).get(f"/desk/brands/{brand.pk}/").content.decode()
    return {part.split("</h3>")[0]: part for part in page.split('<div class="remark"><h3>')[1:]}, page


def test_a_change_no_page_shows_is_not_told_as_the_same_words_twice(returned, officer, team):
    from branding.services import cases

    cases.save_case(returned, by=team, candidates=["北坡椴"], contact_phone="13900000099")
    cases.submit_case(returned, by=team)
    facts, _page = facts_on(officer, returned)
    assert "改过了：上面写的字没变" in facts["联系人"]
    assert "退回时写的是" not in facts["联系人"]


def test_a_paper_taken_anew_is_told_by_its_day(handed_in, officer, team):
    from datetime import timedelta

    from branding.services import cases
    from kernel import clock, papers
    from kernel.models import Paper

    Paper.objects.update(at=clock.now() - timedelta(days=9))
    then = str((clock.now() - timedelta(days=9)).astimezone(clock.SHANGHAI).date())
    back = cases.return_case(handed_in, by=officer, remarks={"papers": "看不清"})
    cases.drop_paper(back, papers.of(("brand", str(back.pk)), back.county_code).get(), by=team)
    cases.add_paper(back, jpeg(), kind="licence", by=team)
    cases.submit_case(back, by=team)
    facts, _page = facts_on(officer, back)
    assert f"退回时写的是：营业执照 {then}" in facts["文件"]
    assert str(clock.today()) in facts["文件"]


def test_an_answer_stays_in_the_case_when_it_is_sent_back_for_something_else(returned, officer, team):
    from branding.services import cases

    cases.save_case(returned, by=team, candidates=["北坡椴"])
    cases.submit_case(returned, by=team, answers={"contact": "这一项没有改，因为晚上打得通"})
    row = type(returned).objects.get(pk=returned.pk)
    cases.submit_case(
        cases.return_case(row, by=officer, remarks={"goods": "写细一点"}), by=team, answers={"goods": "够细了"}
    )
    facts, page = facts_on(officer, returned)
    assert "退回时说：写细一点" in facts["用在哪些东西上"]
    assert "号码打不通" not in facts["联系人"].split("<details")[0]
    older = page.split("更早退回时说的")[1].split("</details>")[0]
    assert "号码打不通" in older
    assert "村里答：这一项没有改，因为晚上打得通" in older


def test_remarks_from_before_this_was_kept_are_still_shown_to_the_officer(returned, officer):
    type(returned).objects.filter(pk=returned.pk).update(last_return={})
    facts, _page = facts_on(officer, returned)
    assert "退回时说：太像一个老牌子" in facts["名字"]


def test_an_officer_who_reads_english_sees_the_same_words_as_the_same(handed_in, officer, team):
    from django.utils import translation

    from branding.services import cases

    with translation.override("en"):
        back = cases.return_case(handed_in, by=officer, remarks={"owner": "看不清"})
    assert back.last_return["said"]["owner"].endswith(f"，合作社，{handed_in.owner_address}，{handed_in.credit_code}")


@pytest.mark.parametrize("wrong", ["unfinished", "stopped"])
def test_what_was_typed_to_a_remark_stays_when_something_else_stops_it(returned, wuchang, team, wrong, monkeypatch):
    from branding import checking
    from branding.services import cases

    if wrong == "unfinished":
        cases.save_case(returned, by=team, candidates=[])
    else:
        found = {
            "name": "山椴语",
            "severity": "stop",
            "code": "x",
            "reason": "含地名。",
            "article": "§10",
            "mend": "换一个。",
        }
        monkeypatch.setattr(checking, "_registered", [lambda names, classes, besides: [found]])
    answers = {"answer_name": "村里都这么叫", "answer_contact": "晚上打得通"}
    answer = client_for(team).post(f"/c/{wuchang.slug}/desk/brands/{returned.pk}/submit/", answers)
    assert answer.status_code == 400
    assert 'value="晚上打得通"' in answer.content.decode()
