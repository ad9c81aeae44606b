"""Many listings at once are exactly what they would be one by one."""

from dataclasses import replace

import pytest
from django.db import connection

from search import naming, services
from search.errors import NoSuchCategory
from search.facts import ListingFacts
from search.models import Listing, ListingIndex, Name, Term
from tenants import services as tenants
from tests.search.shelf import COUNTIES, FIRST_DAY, GOODS

pytestmark = pytest.mark.django_db


def goods():
    return [
        ListingFacts(
            county_code=county, county_name=COUNTIES[county][0], county_slug=COUNTIES[county][1], product_id=number,
            title=title, category=category, price_fen=price_fen, published_at=FIRST_DAY, unit="袋",
            producer_name=f"{COUNTIES[county][0][:2]}合作社", description="自家地里种的，一年只收一季。" * (number % 3),
            badges=[{"kind": "brand", "name": f"{title[:2]}月", "mark": ""}] * (number % 2), in_stock=number % 4 != 0,
        )
        for number, (title, county, category, price_fen) in enumerate(GOODS, 1)
    ]  # fmt: skip


def told():
    """All that searching and typing help read, without ids and versions."""
    listings = Listing.everything.order_by("county_code", "product_id")
    kept = [
        {name: value for name, value in row.items() if name not in {"id", "listing_id", "version"}}
        for model in (listings, ListingIndex.objects.order_by("listing__county_code", "listing__product_id"))
        for row in model.values()
    ]
    terms = list(Term.objects.order_by("term").values_list("term", "kind", "pinyin", "initials"))
    names = list(Name.objects.order_by("kind", "county_code", "ref").values_list("kind", "ref", "name", "pinyin"))
    return kept, terms, names


def test_they_are_what_they_would_be_one_by_one():
    for facts in goods():
        services.publish_listing(facts)
    naming.bring_in_line()
    one_by_one = told()
    for model in (ListingIndex.objects, Listing.everything, Term.objects, Name.objects):
        model.all().delete()
    assert services.publish_many(goods()) == len(GOODS)
    assert told() == one_by_one
    assert naming.bring_in_line() == 0, "the worker has nothing left to learn"


def test_published_again_each_is_there_once_with_a_later_version():
    services.publish_many(goods())
    before = dict(ListingIndex.objects.values_list("pk", "version"))
    services.publish_many([replace(facts, title=f"新 {facts.title}") for facts in goods()])
    after = dict(ListingIndex.objects.values_list("pk", "version"))
    assert before.keys() == after.keys()
    assert all(after[pk] > version for pk, version in before.items())
    assert all(title.startswith("新 ") for title in Listing.everything.values_list("title", flat=True))


def test_a_suspended_county_stays_hidden(wuchang):
    tenants.suspend_county(wuchang, by=None, notice="盘点")
    services.publish_many(goods())
    hidden = set(Listing.everything.filter(hidden=True).values_list("county_code", flat=True))
    assert (
        hidden == {wuchang.code} == set(ListingIndex.objects.filter(hidden=True).values_list("county_code", flat=True))
    )


def test_one_unknown_category_and_none_is_published():
    with pytest.raises(NoSuchCategory):
        services.publish_many([*goods(), replace(goods()[0], product_id=99, category="no.such")])
    assert not Listing.everything.exists()


def test_nothing_to_publish_is_no_trouble():
    assert services.publish_many([]) == 0


def test_more_names_than_a_lot_are_learnt_lot_by_lot(monkeypatch):
    services.publish_many(goods())
    Name.objects.all().delete()
    monkeypatch.setattr(naming, "LOT", 3)
    assert naming.bring_in_line() > 3 * 3
    assert Name.objects.filter(kind="product").count() == len(GOODS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_temp.unlearnt")  # nothing of one kind is left for the next
    assert naming.bring_in_line() == 0
