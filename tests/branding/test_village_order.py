"""The team's list of brand cases: what waits for the team comes first; papers are told apart."""

import pytest

from tests.branding import roads
from tests.branding.paper import jpeg
from tests.factories.people import client_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers", "nothing_found")]


def test_returned_first_then_drafts_then_what_waits_for_others_and_the_end_last(wuchang, village, team, officer):
    from branding.services import cases

    def case(name):
        return roads.draft(wuchang, village, by=team, name=name)

    over = cases.give_up(case("不办了的"), by=team, note="换个名字")
    waiting = cases.submit_case(case("在省里的"), by=team)
    cases.add_paper(waiting, jpeg(), kind="power", by=team)
    draft = case("还在写的")
    returned = cases.return_case(cases.submit_case(case("退回来的"), by=team), by=officer, note="再看一遍")
    page = client_for(team).get(f"/c/{wuchang.slug}/desk/brands/").content.decode()
    places = [page.index(f"<b>{one.name}</b>") for one in (returned, draft, waiting, over)]
    assert places == sorted(places)


def test_what_was_sent_back_stands_above_what_lacks_only_a_signature(wuchang, village, team, officer):
    """Both wait for the village, and the returned one has no day that would lift it."""
    from branding.services import cases

    def handed_in(name):
        return cases.submit_case(roads.draft(wuchang, village, by=team, name=name), by=team)

    unsigned = handed_in("没签委托书的")
    returned = cases.return_case(handed_in("退回来的"), by=officer, note="再看一遍")
    draft = roads.draft(wuchang, village, by=team, name="还在写的")
    page = client_for(team).get(f"/c/{wuchang.slug}/desk/brands/").content.decode()
    places = [page.index(f"<b>{one.name}</b>") for one in (returned, unsigned, draft)]
    assert places == sorted(places)


def test_two_papers_of_one_kind_are_told_apart_on_every_list(wuchang, draft, team, officer):
    from branding.services import cases
    from kernel import clock

    for _number in range(2):
        cases.add_paper(draft, jpeg(), kind="other", by=team)
    pages = [f"/c/{wuchang.slug}/desk/brands/{draft.pk}/edit/{number}/" for number in (5, 6)]
    for path in pages:
        page = client_for(team).get(path).content.decode()
        assert "其他文件 1" in page
        assert "其他文件 2" in page
        assert "营业执照 1" not in page, "one alone needs no number"
        assert page.count(str(clock.today())) >= 3, "each with its day"
    cases.submit_case(draft, by=team)
    page = client_for(officer).get(f"/desk/brands/{draft.pk}/").content.decode()
    assert page.count("其他文件 2") == 2


def test_the_last_screen_names_the_power_of_attorney_until_it_is_there(wuchang, draft, team):
    from branding.services import cases

    last = f"/c/{wuchang.slug}/desk/brands/{draft.pk}/edit/6/"
    page = client_for(team).get(last).content.decode()
    assert "代理委托书" in page
    assert "委托五谷商标事务所代你们递交国家局" in page, "what it is"
    assert f"由“{draft.owner_name}”盖章或签字" in page, "who signs it"
    assert "交了以后再传都行，没有它省里递不出去" in page, "the rule of case_rules.may_take and missing_for_filing"
    assert "打印委托书" in page
    cases.save_case(draft, by=team, owner_name="")
    assert "商标归谁就由谁盖章或签字" in client_for(team).get(last).content.decode()
    cases.add_paper(draft, jpeg(), kind="power", by=team)
    assert "交了以后再传都行" not in client_for(team).get(last).content.decode()
