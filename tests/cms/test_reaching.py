"""The page of an address is found in two looks, and it is the page Wagtail would have found."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from tenants.scope import county_scope

pytestmark = pytest.mark.django_db
STORY = "/c/wuchang/river/"


@pytest.fixture
def pages(wuchang, dongning, write):
    """A live story of ours, one of a neighbour under the same address, and a draft."""
    write(dongning, "邻县的河", body=[("heading", "一")], live=True)
    write(wuchang, "还没发", slug="unread", body=[("heading", "一")])
    return write(wuchang, body=[("heading", "一")], live=True)


def reached(county, slug):
    from cms.reaching import reach

    request = RequestFactory(SERVER_NAME="127.0.0.1").get(f"/{slug}/")
    with county_scope(county):
        reach(request, slug)
    return request


@pytest.mark.parametrize("slug", ["", "river", "unread", "nowhere", "p", "%", "_iver", "' OR true --"])
def test_it_is_what_wagtail_finds(wuchang, pages, slug):
    from wagtail.models import Page

    known = reached(wuchang, slug)
    asked = RequestFactory(SERVER_NAME="127.0.0.1").get(f"/{slug}/")
    with county_scope(wuchang):
        ours = getattr(known, "_wagtail_route_for_request", None)
        theirs = Page.route_for_request(asked, slug)
        assert (ours and ours.page) == (theirs and theirs[0])
        assert type(ours and ours.page) is type(theirs and theirs[0])
        if theirs:
            urls = {page.get_url(request) for page in (theirs[0],) for request in (known, asked)}
            assert len(urls) == 1
            assert known._wagtail_site == asked._wagtail_site
            assert known._wagtail_cached_site_root_paths == asked._wagtail_cached_site_root_paths


def test_a_county_with_two_sites_is_left_to_wagtail(wuchang, pages):
    from wagtail.models import Site

    with county_scope(wuchang):
        Site.objects.create(hostname="other.example", root_page=pages)
    assert not hasattr(reached(wuchang, "river"), "_wagtail_route_for_request")


def test_a_page_deeper_down_is_left_to_wagtail(wuchang, pages, client_for):
    from cms.models import StoryPage

    with county_scope(wuchang):
        below = StoryPage(title="下面", slug="below", body=[("heading", "一")])
        pages.add_child(instance=below)
    assert not hasattr(reached(wuchang, "below"), "_wagtail_route_for_request")
    assert client_for().get("/c/wuchang/below/").status_code == 404
    assert client_for().get(STORY + "below/").status_code == 200


@pytest.mark.parametrize("where", ["page", "front page"])
def test_a_page_that_became_private_asks_who_is_there(wuchang, pages, client_for, where):
    from wagtail.models import PageViewRestriction

    with county_scope(wuchang):
        of = pages if where == "page" else pages.get_parent()
        PageViewRestriction.objects.create(page=of, restriction_type="login")
    assert client_for().get(STORY).status_code == 302


def test_whoever_is_told_of_is_said_to_have_signed(wuchang, pages, client_for):
    from tests.cms.pictures import consent

    signed = "写到的人签字同意登出"
    assert signed not in client_for().get(STORY).content.decode()
    with county_scope(wuchang):
        pages.told.set([consent("老刘")])
        pages.save_revision().publish()
        assert pages.tells_of_people()
    assert signed in client_for().get(STORY).content.decode()


def made_anew(client, address):
    """What a page made anew asks of the database, the way to the county left out: it has a cursor of its own."""
    client.get(address)
    caches["pages"].clear()
    connection.set_schema_to_public()
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [one["sql"] for one in asked if "kernel_clockshift" not in one["sql"]]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file:ResourceWarning")
def test_a_story_made_anew_asks_little_however_much_it_shows(wuchang, write, sell, client_for):
    """Version, where, page, goods, other stories; a few more for all its pictures and faces together."""
    from cms.models import PersonPage
    from tests.cms.pictures import answered, image

    for number in range(1, 30):
        sell(wuchang, number)
    with county_scope(wuchang):
        images = [answered(image(f"照片 {number}")) for number in range(3)]
    for number in range(3):
        write(wuchang, f"故事 {number}", slug=f"other-{number}", body=[("heading", "一")], live=True)
    goods = [("product", {"product": number}) for number in range(1, 9)]
    goods += [("shelf", {"title": "", "products": [], "category": "grain", "count": 4})] * 3
    write(wuchang, body=[("text", "<p>稻子熟了。</p>"), *goods], live=True)
    assert len(made_anew(client_for(), STORY)) <= 5
    people = [write(wuchang, f"老{name}", slug=name, kind=PersonPage, role="农户", live=True) for name in "刘张王"]
    shown = [("person", {"person": one}) for one in people]
    shown += [("picture", {"picture": image, "caption": ""}) for image in images]
    write(wuchang, "都在", slug="all", body=[*goods, *shown], photo=images[0], live=True)
    asked = made_anew(client_for(), "/c/wuchang/all/")
    assert len(asked) <= 9, "\n".join(one[:200] for one in asked)
