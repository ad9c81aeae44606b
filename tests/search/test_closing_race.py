"""A good or a story published while its county is being closed does not stay in the shop window."""

from datetime import date

import pytest
from django.db import connection

from search import services
from search.models import Listing, StoryCard
from tenants import services as counties
from tenants.models import County
from tests.racing import before_one_commits
from tests.search import shelf

pytestmark = pytest.mark.django_db(transaction=True)


def publish_a_good():
    shelf.publish("五常大米", product_id=1)


def publish_a_story():
    county = {"county_code": "230184", "county_name": "五常市", "county_slug": "wuchang"}
    told = {"page_id": 7, "title": "拉林河的水", "url_path": "water/", "published_on": date(2026, 9, 1)}
    services.publish_story(services.StoryFacts(**county, **told))


def shown_after_a_race(publish, by):
    """Published and closed at the same moment: how much of it is shown in the closed county."""
    wuchang = County.objects.get(code="230184")
    answers = before_one_commits(publish, lambda: counties.suspend_county(wuchang, by=by, notice="盘点").state)
    assert answers == [None, "suspended"]
    assert Listing.everything.count() + StoryCard.everything.count() == 1
    return Listing.objects.count() + StoryCard.objects.count()


@pytest.mark.parametrize("publish", [publish_a_good, publish_a_story])
def test_what_is_published_as_its_county_closes_is_hidden(publish, coordinator):
    assert shown_after_a_race(publish, coordinator) == 0


@pytest.mark.parametrize("publish", [publish_a_good, publish_a_story])
def test_the_mutant_that_only_looks_shows_it_in_a_closed_county(publish, coordinator, monkeypatch):
    def looked(county_code):
        with connection.cursor() as cursor:
            cursor.execute("SELECT state FROM public.tenants_county WHERE code = %s", [county_code])
            return cursor.fetchone()[0] in services.CLOSED

    monkeypatch.setattr(services, "_is_closed", looked)
    assert shown_after_a_race(publish, coordinator) == 1
