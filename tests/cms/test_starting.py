"""First pages: they come with the county's tables, and may be started again where something lacks."""

import pytest

from tenants.scope import county_scope

pytestmark = pytest.mark.django_db


def test_a_new_county_has_a_named_front_page_and_three_drafts(wuchang, client):
    from cms.models import CountyHome, PersonPage, StoryPage, VillagePage

    with county_scope(wuchang):
        home = CountyHome.objects.get()
        assert (home.title, home.live, home.get_children().count()) == ("五常市", True, 3)
        for kind in (StoryPage, VillagePage, PersonPage):
            assert not kind.objects.get().live
        assert len(StoryPage.objects.get().body) >= 5
    assert client.get("/c/wuchang/").status_code == 200
    assert "样稿" not in client.get("/c/wuchang/").content.decode()
    assert client.get("/c/wuchang/sample-story/").status_code == 404


@pytest.mark.parametrize("kind", ["StoryPage", "VillagePage", "PersonPage", "CountyHome"])
def test_every_started_page_opens_in_the_editor_and_in_the_preview(wuchang, editor, client_for, kind):
    from cms import models

    with county_scope(wuchang):
        page = getattr(models, kind).objects.get()
    client = client_for(editor)
    assert client.get(f"/c/wuchang/cms/pages/{page.pk}/edit/").status_code == 200
    assert client.get(f"/c/wuchang/desk/stories/{page.pk}/").status_code == 200
    assert client.get(f"/c/wuchang/desk/stories/{page.pk}/preview/").status_code == 200


def test_the_step_may_be_repeated(wuchang):
    from wagtail.models import GroupPagePermission, Page, Site, WorkflowTask

    from cms.opening import make_first_pages

    def counted():
        return [model.objects.count() for model in (Page, Site, WorkflowTask, GroupPagePermission)]

    with county_scope(wuchang):
        before = counted()
        make_first_pages(wuchang)
        make_first_pages(wuchang)
        assert counted() == before


def test_a_county_of_the_last_release_gets_what_it_lacks(wuchang, dongning, editor, write):
    """As it stood: a front page with a one-step approval, its own stories, no samples."""
    from wagtail.models import Page, Workflow, WorkflowTask

    from cms.models import CountyHome, PersonPage, ProvinceReview, StoryPage, VillagePage
    from cms.starting import counties_behind, start_pages

    own = write(wuchang, by=editor, body=[("heading", "一")], live=True)
    with county_scope(wuchang):
        for kind in (VillagePage, PersonPage):
            kind.objects.get().delete()
        StoryPage.objects.get(slug="sample-story").delete()
        ProvinceReview.objects.all().delete()
        Workflow.objects.update(name="县里审")
    assert counties_behind() == [wuchang]
    assert start_pages() == (["230184"], {})
    assert counties_behind() == []
    with county_scope(wuchang):
        assert CountyHome.objects.get().title == "五常市"
        assert [str(step.task) for step in WorkflowTask.objects.order_by("sort_order")] == ["县电商办审", "省里审"]
        assert VillagePage.objects.count() == PersonPage.objects.count() == 1
        assert list(StoryPage.objects.all()) == [own]
        assert Page.objects.get(pk=own.pk).live


def test_a_story_of_the_last_release_gets_the_text_of_its_card(wuchang, dongning, editor, write):
    from cms.starting import fill_in_cards
    from search.models import StoryCard

    write(wuchang, by=editor, body=[("heading", "椴树开花的那十天")], live=True)
    before = StoryCard.everything.get()
    assert "椴树开花" in before.text
    StoryCard.everything.update(text="", title="旧的")
    assert fill_in_cards() == ["230184"]
    after = StoryCard.everything.get()
    assert (after.text, after.title, after.page_id) == (before.text, before.title, before.page_id)
    assert fill_in_cards() == []


def test_the_migration_takes_a_front_page_that_is_there(wuchang, client):
    """The column that the migration adds holds PostgreSQL's default, not what Wagtail would have written."""
    from django.db import connection

    from cms.models import CountyHome

    with county_scope(wuchang), connection.cursor() as cursor:
        cursor.execute("""UPDATE cms_countyhome SET body = '""'::jsonb""")
        home = CountyHome.objects.get()
        assert list(home.body) == []
        home.save_revision().publish()
    assert client.get("/c/wuchang/").status_code == 200


def test_a_county_that_failed_to_migrate_does_not_stop_the_start(wuchang, dongning):
    from django.db import connection

    from cms.models import ProvinceReview
    from cms.starting import counties_behind
    from tenants.models import SchemaState

    with county_scope(wuchang):
        ProvinceReview.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{dongning.schema_name}".cms_provincereview RENAME TO gone')
    SchemaState.objects.filter(county=dongning).update(fingerprint="an older release")
    assert counties_behind() == [wuchang]
