"""Wagtail under a county's path: no page of one county's desk names or links another."""

import html
import re
from collections import deque
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import DatabaseError, connection, transaction

from tenants.scope import county_scope

pytestmark = pytest.mark.django_db

LINK = re.compile(r"""(?:href|src|action|data-[a-z-]*url[a-z-]*)=["']([^"']+)["']""")
COUNTY_LINK = re.compile(r"/c/([a-z0-9-]+)/")
MOST_PAGES = 150
WARM = (
    "", "pages/", "pages/search/?q=a", "images/", "documents/", "images/chooser/", "documents/chooser/",
    "choose-page/", "reports/site-history/", "account/", "snippets/", "images/add/", "pages/{home}/",
    "pages/{home}/edit/", "pages/add/cms/storypage/{home}/", "pages/{home}/history/", "workflows/tasks/index/",
)  # fmt: skip


def home_of(county):
    from cms.models import CountyHome

    with county_scope(county):
        return CountyHome.objects.get()


def add_story(county, title, slug, *, live=True):
    from cms.models import StoryPage

    with county_scope(county):
        story = StoryPage(title=title, slug=slug, standfirst=f"{title}，一句话", live=live)
        home_of(county).add_child(instance=story)
        revision = story.save_revision()
        if live:
            revision.publish()
        return StoryPage.objects.get(pk=story.pk)


def rename(county, story, slug, on_commit):
    """Wagtail writes its redirect when the renaming is committed."""
    with county_scope(county), on_commit(execute=True):
        story.slug = slug
        story.save_revision().publish()


def warm(client, county):
    """Visit what Wagtail remembers for ever: menus, search areas, choosers, viewsets."""
    home = home_of(county).pk
    for path in WARM:
        answer = client.get(f"/c/{county.slug}/cms/{path.format(home=home)}")
        assert answer.status_code in {200, 302}, (path, answer.status_code)


def crawl(client, start, most=MOST_PAGES):
    """Address → body of every page that links lead to, within the county's desk."""
    waiting, seen, bodies = deque([start]), {start}, {}
    while waiting and len(bodies) < most:
        path = waiting.popleft()
        answer = client.get(path)
        place = answer.headers.get("Location", "")
        links = [place] if place else []
        if answer.headers["Content-Type"].startswith(("text/html", "application/json")) and not answer.streaming:
            bodies[path] = answer.content.decode()
            links += [html.unescape(link) for link in LINK.findall(bodies[path])]
        for link in links:
            target = urlsplit(urljoin(path, link))
            address = target.path + (f"?{target.query}" if target.query else "")
            if (
                not target.netloc
                and target.path.startswith(start)
                and "logout" not in target.path
                and address not in seen
            ):
                seen.add(address)
                waiting.append(address)
    return bodies


def test_a_warm_wagtail_links_no_county_into_another(wuchang, dongning, manager, manager_elsewhere, client_for):
    add_story(wuchang, "布谷鸟叫了", "cuckoo")
    add_story(dongning, "金丝雀唱了", "canary")
    warm(client_for(manager), wuchang)
    bodies = crawl(client_for(manager_elsewhere), "/c/dongning/cms/")
    assert len(bodies) >= 60
    assert any("金丝雀唱了" in body for body in bodies.values())
    foreign = {
        path: set(COUNTY_LINK.findall(body)) - {"dongning"}
        for path, body in bodies.items()
        if set(COUNTY_LINK.findall(body)) - {"dongning"}
    }
    assert foreign == {}
    assert [path for path, body in bodies.items() if "布谷鸟" in body or "五常" in body] == []


def test_without_the_mending_of_the_menu_the_crawl_finds_the_leak(
    wuchang, dongning, manager, manager_elsewhere, client_for, monkeypatch
):
    """The mutant: Wagtail as it comes remembers the first county's menu."""
    from django.utils.functional import cached_property
    from wagtail.admin.menu import Menu

    def build(menu):
        from wagtail import hooks

        return (
            menu.construct_menu()
            if hasattr(menu, "construct_menu")
            else [item for hook in hooks.get_hooks(menu.register_hook_name) for item in [hook()]]
        )

    first = cached_property(build)
    first.__set_name__(Menu, "registered_menu_items")
    monkeypatch.setattr(Menu, "registered_menu_items", first)
    from wagtail.admin.menu import admin_menu

    admin_menu.__dict__.pop("registered_menu_items", None)
    try:
        warm(client_for(manager), wuchang)
        bodies = crawl(client_for(manager_elsewhere), "/c/dongning/cms/", most=5)
        assert any("/c/wuchang/" in body for body in bodies.values())
    finally:
        admin_menu.__dict__.pop("registered_menu_items", None)


@pytest.mark.parametrize("path", ["", "pages/", "images/", "documents/", "login/", "account/", "pages/3/edit/"])
def test_an_editor_finds_no_door_in_another_county(wuchang, dongning, editor, client_for, path):
    assert client_for(editor).get(f"/c/wuchang/cms/{path.replace('pages/3/edit/', '')}").status_code in {200, 302}
    assert client_for(editor).get(f"/c/dongning/cms/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "pages/", "login/", "password_reset/"])
def test_a_stranger_is_led_to_the_provinces_sign_in(client, wuchang, path):
    answer = client.get(f"/c/wuchang/cms/{path}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=/c/wuchang/cms/")


def test_the_preview_of_a_new_page_stays_in_its_county(wuchang, dongning, manager, client_for):
    home = home_of(wuchang)
    add_story(dongning, "金丝雀唱了", "canary")
    client = client_for(manager)
    address = f"/c/wuchang/cms/pages/add/cms/storypage/{home.pk}/preview/"
    words = {
        "title": "还没存的故事", "slug": "not-yet", "standfirst": "先看看", "date": "2026-11-22", "author": "",
        "place": "place-paddy", "photo": "", "body-count": "0", "sources-count": "0", "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0", "comments-MIN_NUM_FORMS": "0", "comments-MAX_NUM_FORMS": "0",
    }  # fmt: skip
    told = client.post(address, words).json()
    assert told["is_available"] is True
    assert told["is_valid"] is True
    body = client.get(address).content.decode()
    assert "还没存的故事" in body
    assert "五常" in body
    assert set(COUNTY_LINK.findall(body)) <= {"wuchang"}
    assert "金丝雀" not in body
    assert connection.schema_name == "public"


def test_the_database_refuses_a_foreign_groups_right(wuchang, dongning):
    from django.contrib.auth.models import Group, Permission
    from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

    neighbours = Group.objects.get(name="c231086:manager")
    own = Group.objects.get(name="c230184:editor")
    with county_scope(wuchang):
        page = home_of(wuchang)
        publish = Permission.objects.get(codename="publish_page")
        add_image = Permission.objects.get(codename="add_image")
        root = Collection.get_first_root_node()
        GroupPagePermission.objects.create(group=own, page=page, permission=publish)
        for make in (
            lambda: GroupPagePermission.objects.create(group=neighbours, page=page, permission=publish),
            lambda: GroupPagePermission.objects.filter(group=own).update(group=neighbours),
            lambda: GroupCollectionPermission.objects.create(group=neighbours, collection=root, permission=add_image),
        ):
            with pytest.raises(DatabaseError, match="does not belong to"), transaction.atomic():
                make()
        assert not GroupPagePermission.objects.filter(group=neighbours).exists()


def test_a_renamed_page_is_still_found_under_the_prefix(wuchang, client, django_capture_on_commit_callbacks):
    story = add_story(wuchang, "拉林河的水", "old-name")
    rename(wuchang, story, "new-name", django_capture_on_commit_callbacks)
    answer = client.get("/c/wuchang/old-name/")
    assert (answer.status_code, answer["Location"]) == (301, "/c/wuchang/new-name/")
    assert client.get("/c/wuchang/new-name/").status_code == 200
    assert client.get("/old-name/").status_code == 404


def test_redirects_of_one_county_do_nothing_in_another(wuchang, dongning, client, django_capture_on_commit_callbacks):
    story = add_story(wuchang, "拉林河的水", "old-name")
    rename(wuchang, story, "new-name", django_capture_on_commit_callbacks)
    assert client.get("/c/dongning/old-name/").status_code == 404


def test_a_countys_own_domain_carries_no_prefix(wuchang, coordinator, client, django_capture_on_commit_callbacks):
    from tenants import services

    story = add_story(wuchang, "拉林河的水", "river")
    services.add_domain(wuchang, "wuchang.example", by=coordinator)
    assert client.get("/c/wuchang/river/").status_code == 200  # warm the caches under the other address first
    host = {"host": "wuchang.example"}
    for path in ("/", "/river/"):
        body = client.get(path, headers=host).content.decode()
        own = [link for link in LINK.findall(body) if link.startswith("/c/wuchang/")]
        assert own == [], path
    rename(wuchang, story, "stream", django_capture_on_commit_callbacks)
    moved = client.get("/river/", headers=host)
    assert (moved.status_code, urlsplit(moved["Location"]).path) == (301, "/stream/")
    back = client.get("/c/wuchang/stream/").content.decode()
    assert "wuchang.example" not in back


@pytest.mark.parametrize("slug", ["p", "desk", "cms", "media", "static", "documents", "api", "search", "c", "sign-in"])
def test_the_platforms_own_addresses_are_refused_as_page_slugs(wuchang, slug):
    from django.core.exceptions import ValidationError

    from cms.models import StoryPage

    with county_scope(wuchang), pytest.raises(ValidationError):
        home_of(wuchang).add_child(instance=StoryPage(title="不行", slug=slug))
