"""GET /api/search keeps its word, and says which parameter it cannot read."""

import pytest

from search.models import Want
from tests.search import shelf

pytestmark = pytest.mark.django_db
KEYS = {"query", "shown_for", "total", "approximate", "results", "facets", "next"}


@pytest.fixture
def ask(client):
    return lambda **asked: client.get("/api/search", asked)


def test_an_answer_has_every_promised_field(ask):
    shelf.fill()
    told = ask(q="wcdm").json()
    assert set(told) >= KEYS
    assert (told["query"], told["shown_for"], told["total"], told["next"]) == ("wcdm", "五常大米", 6, None)
    first = told["results"][0]
    assert first["county"] == {"code": "230184", "name": "五常市"}
    assert first["url"].startswith("/c/wuchang/p/")
    assert first["id"].startswith("c230184:")
    assert "<mark>" in first["highlight"]


def test_what_is_not_found_is_noted_once_a_search(ask, client):
    shelf.fill()
    ask(q="榴莲")
    client.head("/api/search", {"q": "榴莲"})
    ask(q="榴莲", county="230184")
    ask(q="榴莲", county="230184", in_stock="1")
    ask(q="大米")
    noted = set(Want.objects.values_list("kind", "county_code", "text", "count"))
    assert noted == {("zero", "", "榴莲", 1), ("zero", "230184", "榴莲", 1)}


def test_counties_and_categories_repeat(ask):
    shelf.fill()
    assert ask(county=["230184", "230124"]).json()["total"] == 6
    assert ask(category=["grain.corn", "honey"]).json()["total"] == 3


def test_prices_are_inclusive(ask):
    shelf.fill()
    assert {hit["price_fen"] for hit in ask(min_fen=2600, max_fen=2900).json()["results"]} == {2600, 2900}


def test_pages_follow_next_to_the_end(ask):
    shelf.fill_many(70)
    seen, after = [], {}
    while True:
        told = ask(q="大米", **after).json()
        seen += [hit["id"] for hit in told["results"]]
        if told["next"] is None:
            break
        after = {"after": told["next"]}
    assert len(seen) == len(set(seen)) == told["total"] == 70


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"page": "2"}, "page"),
        ({"county": "wuchang"}, "county"),
        ({"category": "grain.moon"}, "category"),
        ({"min_fen": "-1"}, "min_fen"),
        ({"max_fen": "1.5"}, "max_fen"),
        ({"min_fen": "٣"}, "min_fen"),
        ({"min_fen": "9", "max_fen": "3"}, "min_fen"),
        ({"sort": "random"}, "sort"),
        ({"after": "!!"}, "after"),
        ({"after": "W10"}, "after"),
        ({"q": ["a", "b"]}, "q"),
        ({"q\x00": "1"}, "q\x00"),
    ],
)
def test_what_cannot_be_read_is_a_400_that_names_it(ask, asked, named):
    answer = ask(**asked)
    assert answer.status_code == 400
    assert answer.json()["parameter"] == named


def test_an_after_of_another_search_is_refused(ask):
    shelf.fill_many(40)
    token = ask(q="大米").json()["next"]
    assert ask(q="五常", after=token).json()["parameter"] == "after"
    assert ask(q="大米", after=token).status_code == 200


@pytest.mark.parametrize("text", ["\x00", "🌾", "' | !:*", "米" * 10_000, "<script>", "%s"])
def test_any_text_is_answered(ask, text):
    assert ask(q=text).status_code == 200


def test_a_script_in_a_title_stays_text(ask):
    shelf.publish("<script>大米</script>", product_id=1)
    assert ask(q="大米").json()["results"][0]["highlight"] == "&lt;script&gt;<mark>大米</mark>&lt;/script&gt;"
