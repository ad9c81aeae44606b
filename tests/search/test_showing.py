"""Goods of a page's window: this county's, seen now, each part in its place."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from search import showing
from search.models import Listing
from tests.cms.conftest import sell  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(wuchang, dongning, sell):  # noqa: F811
    for number in (1, 2, 3):
        sell(wuchang, number, title=f"米 {number}", place="龙凤山镇兴源村" if number == 2 else "")
    sell(wuchang, 4, title="豆", category="grain.soybean")
    sell(wuchang, 5, title="收起来的米")
    Listing.everything.filter(product_id=5).update(hidden=True)
    sell(dongning, 6, title="邻县的米")


def told(rows):
    return sorted((row.part, row.product_id) for row in rows)


def test_each_part_holds_its_own_and_nothing_hidden_or_foreign(wuchang, goods):
    with CaptureQueriesContext(connection) as asked:
        rows = showing.window(wuchang.code, {1, 5, 6, 99}, 2, "", [("grain", 9), ("grain.soybean", 1)])
        assert told(rows) == [
            (showing.NEWEST, 3),
            (showing.NEWEST, 4),
            (showing.PICKED, 1),
            *((0, number) for number in (1, 2, 3, 4)),
            (1, 4),
        ]
        assert {row.picture["drawing"] for row in rows} == {"rice-sack"}
    assert len(asked) == 1


def test_the_newest_of_a_place_are_of_that_place(wuchang, goods):
    assert told(showing.window(wuchang.code, newest=8, place="龙凤山镇兴源村")) == [(showing.NEWEST, 2)]


def test_who_wants_nothing_asks_nothing(wuchang):
    with CaptureQueriesContext(connection) as asked:
        assert showing.window(wuchang.code) == []
    assert len(asked) == 0


def test_what_a_card_shows_is_fetched_with_it(wuchang, goods, rf):
    from django.template.loader import render_to_string

    rows = showing.window(wuchang.code, {1, 4})
    with CaptureQueriesContext(connection) as asked:
        for row in rows:
            for name in ("web/product_card.html", "cms/live_card.html"):
                assert row.title in render_to_string(name, {"listing": row})
    assert len(asked) == 0
