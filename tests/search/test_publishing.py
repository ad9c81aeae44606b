"""What is published is in the window at once, and what goes, goes."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import OperationalError, connections

from kernel import outbox
from search import lexicon, selectors, services
from search.errors import NoSuchCategory, WantMissing
from search.models import Category, Listing, ListingIndex, StoryCard, Term, Want
from tenants import services as counties
from tests.search import shelf

pytestmark = pytest.mark.django_db


def test_categories_are_loaded_again_without_harm():
    before = Category.objects.count()
    assert services.load_categories() == before == 54
    assert Category.objects.get(pk="grain.rice").parent_id == "grain"


def test_publishing_twice_changes_the_one_listing():
    shelf.publish("五常大米", product_id=1)
    shelf.publish("五常大米 稻花香", product_id=1, price_fen=6800)
    assert Listing.objects.get().title == "五常大米 稻花香"
    assert ListingIndex.objects.get().price_fen == 6800


def test_a_category_nobody_knows_is_refused():
    with pytest.raises(NoSuchCategory):
        shelf.publish("五常大米", category="grain.moon", product_id=1)
    assert not Listing.everything.exists()


def test_a_withdrawn_listing_leaves_nothing():
    shelf.publish("五常大米", product_id=1)
    services.withdraw_listing("230184", 1)
    assert not Listing.everything.exists()
    assert not ListingIndex.objects.exists()


def test_a_suspended_county_is_out_of_the_window_until_it_comes_back(wuchang, coordinator):
    shelf.publish("五常大米", product_id=1)
    assert selectors.count_listings("230184") == 1
    counties.suspend_county(wuchang, by=coordinator, notice="盘点")
    assert selectors.count_listings("230184") == 0
    shelf.publish("五常新米", product_id=2)
    assert selectors.count_listings("230184") == 0, "published while suspended stays inside"
    counties.resume_county(wuchang, by=coordinator)
    assert selectors.count_listings("230184") == 2


def test_words_are_learnt_at_once_and_counted_later():
    shelf.publish("五常大米 稻花香", product_id=1)
    term = Term.objects.get(pk="五常大米")
    assert (term.pinyin, term.initials, term.df) == ("wuchangdami", "wcdm", None)
    lexicon.count_terms()
    term.refresh_from_db()
    assert term.df == 1
    services.withdraw_listing("230184", 1)
    lexicon.count_terms()
    term.refresh_from_db()
    assert term.df == 0


def test_many_publishings_ask_for_one_count(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(5):
            shelf.publish("五常大米", product_id=number)
    with django_capture_on_commit_callbacks(execute=True):
        shelf.publish("五常大米", product_id=9)
    assert outbox.OutboxRow.objects.filter(kind=lexicon.COUNT).count() in {1, 2}


def test_wants_are_counted_by_month_and_phones_masked():
    services.note_want("黑蜂蜜")
    services.note_want(" 黑蜂蜜\x00 ")
    services.note_want("打给我 13812345678")
    assert Want.objects.get(text="黑蜂蜜").count == 2
    assert not Want.objects.filter(text__contains="13812345678").exists()
    with pytest.raises(WantMissing):
        services.note_want(" \x00 ")


def test_numbers_that_lie_there_in_clear_are_masked_by_the_upgrade():
    month = date(2026, 9, 1)
    for text, count in (("找 138 1234 5678", 2), ("找 138****5678", 3), ("+86 13812345678", 1), ("1000 斤大米", 1)):
        Want.objects.create(month=month, text=text, kind=Want.Kind.WANT, count=count)
    import_module("search.migrations.0005_masked_wants").mask(apps, None)
    assert dict(Want.objects.values_list("text", "count")) == {"找 138****5678": 5, "138****5678": 1, "1000 斤大米": 1}


def test_a_story_has_one_card():
    facts = {"county_code": "230184", "county_name": "五常市", "county_slug": "wuchang", "page_id": 7}
    for title in ("水", "拉林河的水，凉一夜再进田"):
        services.publish_story(
            services.StoryFacts(**facts, title=title, url_path="water/", published_on=date(2026, 9, 1), text="稻子")
        )
    assert StoryCard.objects.get().title == "拉林河的水，凉一夜再进田"
    services.withdraw_story("230184", 7)
    assert not StoryCard.everything.exists()


@pytest.mark.django_db(transaction=True)
def test_a_count_does_not_wait_for_a_long_import():
    import_going_on = connections.create_connection("default")
    try:
        with import_going_on.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("INSERT INTO search_term (term, kind, pinyin, initials) VALUES ('某', 'word', 'mou', 'm')")
            with pytest.raises(OperationalError, match="lock timeout"):
                lexicon.count_terms()
            cursor.execute("ROLLBACK")
    finally:
        import_going_on.close()
    lexicon.count_terms()
