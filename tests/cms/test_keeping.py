"""Strangers' pages are kept while nothing they show has changed; nobody else's ever are."""

import pytest
from django.core.cache import caches

from tenants.scope import county_scope

pytestmark = pytest.mark.django_db
STORY = "/c/wuchang/river/"


@pytest.fixture
def story(wuchang, write, sell):
    sell(wuchang, 12, price=6800)
    return write(wuchang, body=[("text", "<p>稻子熟了。</p>"), ("product", {"product": 12})], live=True)


@pytest.fixture
def renders(monkeypatch):
    """How often a page was made."""
    from cms.models import CountyPage

    made = []
    real = CountyPage.serve

    def counted(self, request, *args, **kwargs):
        made.append(self.pk)
        return real(self, request, *args, **kwargs)

    monkeypatch.setattr(CountyPage, "serve", counted)
    return made


def plain(client_for):
    """A browser that has not been here before."""
    return client_for()


def test_the_second_stranger_gets_the_kept_page(story, client_for, renders):
    first = plain(client_for).get(STORY)
    second = plain(client_for).get(STORY)
    assert renders == [story.pk]
    assert first.status_code == second.status_code == 200
    assert second.headers["Content-Security-Policy"]
    assert second.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Cookie" in second.headers["Vary"]


def test_each_stranger_has_a_token_of_their_own(story, client_for):
    import re

    token = re.compile(r'name="csrfmiddlewaretoken" value="([A-Za-z0-9]{64})"')
    bodies = [plain(client_for).get(STORY).content.decode() for _number in range(3)]
    found = [token.search(body)[1] for body in bodies]
    assert len(set(found)) == 3
    from django.test import Client

    strict = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
    body = strict.get(STORY).content.decode()
    answer = strict.post(
        "/language/setlang/", {"csrfmiddlewaretoken": token.search(body)[1], "language": "en", "next": STORY}
    )
    assert answer.status_code == 302


@pytest.mark.parametrize("change", ["price", "withdrawn", "words", "taken down", "theme", "goods of now"])
def test_every_change_shows_on_the_next_request(wuchang, story, client_for, renders, sell, change):
    before = plain(client_for).get(STORY).content.decode()
    from cms.models import StoryPage
    from search import services

    if change == "price":
        sell(wuchang, 12, price=7250)
    elif change == "withdrawn":
        services.withdraw_listing(wuchang.code, 12)
    elif change == "goods of now":
        sell(wuchang, 13, title="新上的豆")
    elif change == "theme":
        wuchang.theme = "glow"
        wuchang.save()
    else:
        with county_scope(wuchang):
            page = StoryPage.objects.get(pk=story.pk)
            if change == "taken down":
                page.unpublish()
            else:
                page.title = "另一个题目"
                page.save_revision().publish()
    answer = plain(client_for).get(STORY)
    if change == "taken down":
        assert answer.status_code == 404
    else:
        assert answer.content.decode() != before


def test_a_draft_alone_changes_nothing_for_strangers(wuchang, story, client_for, renders):
    plain(client_for).get(STORY)
    with county_scope(wuchang):
        story.standfirst = "还没有审的话"
        story.save_revision()
    assert "还没有审的话" not in plain(client_for).get(STORY).content.decode()


def test_the_mutant_without_versions_shows_the_old_price(wuchang, story, client_for, sell, monkeypatch):
    from cms import keeping

    monkeypatch.setattr(keeping, "version_of", lambda code: "the same for ever")
    plain(client_for).get(STORY)
    sell(wuchang, 12, price=7250)
    assert "¥72.50" not in plain(client_for).get(STORY).content.decode()


@pytest.mark.parametrize("who", ["shopper", "editor", "manager", "coordinator"])
def test_who_is_signed_in_gets_a_page_made_for_them(story, client_for, renders, who, request):
    user = request.getfixturevalue(who)
    plain(client_for).get(STORY)
    body = client_for(user).get(STORY).content.decode()
    assert len(renders) == 2
    assert user.name in body
    assert user.name not in plain(client_for).get(STORY).content.decode()
    assert len(renders) == 2


def test_a_page_made_for_somebody_is_never_kept(story, client_for, shopper):
    caches["pages"].clear()
    client_for(shopper).get(STORY)
    assert shopper.name not in plain(client_for).get(STORY).content.decode()


def test_previews_queries_and_desks_are_never_kept(wuchang, story, client_for, manager, renders):
    with county_scope(wuchang):
        story.title = "只给看的人"
        story.save_revision()
    client_for(manager).get(f"/c/wuchang/desk/stories/{story.pk}/preview/")
    plain(client_for).get(STORY + "?from=preview")
    plain(client_for).get(STORY + "?from=preview")
    assert len(renders) == 2  # the preview is made another way; the two with a query each anew
    assert "只给看的人" not in plain(client_for).get(STORY).content.decode()


def test_two_languages_and_two_counties_are_kept_apart(wuchang, dongning, story, write, client_for):
    write(dongning, "金丝雀唱了", body=[("heading", "一")], live=True)
    here = plain(client_for).get(STORY).content.decode()
    there = plain(client_for).get("/c/dongning/river/").content.decode()
    assert "金丝雀" in there
    assert "金丝雀" not in here
    english = client_for()
    english.cookies["jieti_language"] = "en"
    assert 'lang="en"' in english.get(STORY).content.decode()[:200]
    assert 'lang="zh-Hans"' in plain(client_for).get(STORY).content.decode()[:200]


def test_a_private_page_is_not_kept_for_others(wuchang, story, client_for):
    from wagtail.models import PageViewRestriction

    assert plain(client_for).get(STORY).status_code == 200
    with county_scope(wuchang):
        PageViewRestriction.objects.create(page=story, restriction_type="login")
    assert plain(client_for).get(STORY).status_code == 302


def test_another_part_may_add_a_version(wuchang, story, client_for, renders, monkeypatch):
    """As consents do: what follows FROM is enough."""
    from cms import versions
    from tenants.services import add_village

    monkeypatch.setattr(versions, "_parts", dict(versions._parts))
    versions.add_version("villages", "public.tenants_village WHERE county_code = %(county)s")
    plain(client_for).get(STORY)
    add_village(wuchang, "龙凤山镇", "兴源村")
    plain(client_for).get(STORY)
    assert len(renders) == 2
