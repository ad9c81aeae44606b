"""A county's desk: each link leads to a page of its name, and a team finds one frame on all its lists."""

import re
from html import unescape

import pytest

from tests.factories.people import client_for, give_role, make_user

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<li><a href="([^"]+)"[^>]*><span>([^<]+)</span>')


@pytest.fixture
def team(wuchang):
    from tenants.services import add_village

    return give_role(make_user("赵队员"), "work_team", wuchang, villages=[add_village(wuchang, "龙凤山镇", "兴源村")])


def links(page):
    side = page[page.index('<nav class="desk-side"') : page.index('<main class="desk-main"')]
    return [(unescape(url), unescape(name)) for url, name in LINK.findall(side)]


def title(page):
    return unescape(re.search(r"<title>([^<]*)</title>", page)[1])


@pytest.mark.parametrize("who", ["manager", "editor", "team"])
def test_a_link_of_the_desk_leads_to_a_page_of_its_name(wuchang, who, request):
    browser = client_for(request.getfixturevalue(who))
    found = links(browser.get("/c/wuchang/desk/inbox/").content.decode())
    assert len(found) > 4
    named = {name: title(browser.get(url, follow=True).content.decode()) for url, name in found}
    assert {name: said for name, said in named.items() if name not in said} == {}


def test_the_review_of_products_is_called_so(wuchang, manager):
    page = client_for(manager).get("/c/wuchang/desk/").content.decode()
    assert title(page).startswith("产品审核")
    assert ("/c/wuchang/desk/", "产品审核") in links(page)


def frame(page):
    """What stands around a page's own words: the bar on top and the menu, without the mark of where one is."""
    assert "steps-foot" not in page
    around = page[page.index('<header class="desk-bar">') : page.index('<main class="desk-main"')]
    return re.sub(r"<input [^>]*>", "", around.replace(' aria-current="page"', ""))


def test_the_lists_of_a_team_stand_in_one_frame(wuchang, team):
    browser = client_for(team)
    pages = [browser.get(f"/c/wuchang/desk/{path}/").content.decode() for path in ("mine", "brands", "packages")]
    assert len({frame(page) for page in pages}) == 1
    for page, button in zip(pages, ("上一件新产品", "注册品牌"), strict=False):
        head = page[page.index('<div class="desk-head">') : page.index("</h1>") + 300]
        assert re.search(rf'<a class="btn btn-step" href="[^"]+">{button}</a>', head)
