"""The demo is real input: real counties, goods of their own, stories nobody else could tell."""

from collections import Counter, defaultdict

import pytest

from demo.province import counties
from tenants import register
from web.short_names import short_county

ALL = counties()
HANZI_RUN = 20


def test_there_are_forty_counties_and_six_hundred_goods():
    assert len(ALL) >= 40
    assert sum(len(county.products) for county in ALL) >= 600
    assert {county.code for county in ALL} <= {one.code for one in register.divisions("23")}


def test_no_title_stands_in_more_than_three_counties():
    names = {short_county(one.name) for one in register.divisions("23")} | {
        one.name for one in register.divisions("23")
    }
    longest_first = sorted(names, key=len, reverse=True)
    places = defaultdict(set)
    for county in ALL:
        for product in county.products:
            title = product["title"]
            for name in longest_first:
                title = title.replace(name, "")
            places[title.strip()].add(county.code)
    assert {title: codes for title, codes in places.items() if len(codes) > 3} == {}


def runs(text):
    plain = "".join(sign for sign in text if "\u4e00" <= sign <= "\u9fff")
    return {plain[at : at + HANZI_RUN] for at in range(len(plain) - HANZI_RUN + 1)}


def test_no_two_stories_share_a_run_of_twenty_hanzi():
    told = Counter(run for county in ALL for run in runs("".join(county.story["paragraphs"])))
    assert [run for run, times in told.items() if times > 1] == []


@pytest.mark.parametrize("county", ALL, ids=lambda county: county.code)
def test_each_story_has_three_facts_of_its_own_with_a_source(county):
    facts = {fact["text"] for fact in county.story["facts"] if fact["source"].strip()}
    elsewhere = {fact["text"] for other in ALL if other is not county for fact in other.story["facts"]}
    assert len(facts - elsewhere) >= 3


@pytest.mark.parametrize("county", ALL, ids=lambda county: county.code)
def test_every_category_drawing_and_producer_exists(county):
    from search.words import category_rows
    from web.templatetags.pictures import drawings

    codes = {row["code"] for row in category_rows()}
    producers = {producer["key"] for producer in county.producers}
    for product in county.products:
        assert product["category"] in codes
        assert product["drawing"] in drawings()
        assert product["producer"] in producers
    assert county.story["place"] in drawings()


@pytest.mark.django_db
def test_a_county_is_filled_whole_and_only_once(wuchang):
    from catalog.models import Product
    from demo.opening import fill
    from search.models import Listing, StoryCard
    from tenants.scope import county_scope

    demo = next(county for county in ALL if county.code == "230184")
    for _ in range(2):
        fill(wuchang, demo, 0)
        with county_scope(wuchang):
            assert Product.objects.filter(state="published").count() == len(demo.products)
        assert Listing.objects.filter(county_code="230184").count() == len(demo.products)
        assert StoryCard.objects.filter(county_code="230184").count() == 1


@pytest.mark.django_db
def test_killed_while_filling_nothing_is_left_half_done(wuchang, monkeypatch):
    from catalog.models import Producer
    from demo import opening
    from search.models import Listing
    from tenants.scope import county_scope

    class Killed(BaseException):
        pass

    def die(*args):
        raise Killed

    monkeypatch.setattr(opening, "_story", die)
    demo = next(county for county in ALL if county.code == "230184")
    with pytest.raises(Killed):
        opening.fill(wuchang, demo, 0)
    with county_scope(wuchang):
        assert not Producer.objects.exists()
    assert not Listing.objects.filter(county_code="230184").exists()


@pytest.mark.django_db
def test_outside_the_demo_there_is_no_demo(settings):
    from django.core.management import CommandError, call_command

    from demo.opening import NoDemoHere, open_demo_province

    settings.JIETI_DEMO = False
    with pytest.raises(NoDemoHere):
        open_demo_province(lambda *_: None)
    with pytest.raises(CommandError):
        call_command("demo", "code", "林雪")


@pytest.mark.django_db
def test_another_province_gets_none_of_its_counties(settings):
    from demo.opening import open_demo_province, welcome
    from tenants.models import County

    settings.JIETI_DEMO, settings.JIETI_PROVINCE = True, "22"
    before = County.objects.count()
    open_demo_province(lambda *_: None)
    assert County.objects.count() == before
    assert "13900000001" not in welcome()
