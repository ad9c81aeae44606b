"""Do both engines show a shopper the same? Over the judged queries, on the demo province's goods."""

import csv
import statistics

import pytest

from search.ports import Query
from search.reading import read
from tests.bench.table import show
from tests.database import ROOT
from tests.relevance import province
from tests.search import engines

FIRST = 10


def queries():
    with (ROOT / "tests" / "relevance" / "judged.csv").open(encoding="utf-8", newline="") as file:
        return list(dict.fromkeys(row["query"] for row in csv.DictReader(file)))


@pytest.mark.django_db
def test_the_first_ten_of_both_engines(node_url, settings):
    goods = len(province.fill())
    engines.fresh_index(settings, node_url)
    mine, theirs = engines.Postgres(), engines.Elastic()
    overlaps, firsts, same, totals, apart = [], 0, 0, 0, []
    asked = queries()
    for text in asked:
        reading = read(text)
        query = Query(text=reading.text, prices=reading.prices, size=FIRST)
        one, other = mine.search(query), theirs.search(query)
        shared = len({*one.listings} & {*other.listings})
        overlaps.append(
            shared / max(len(one.listings), len(other.listings), 1) if one.listings or other.listings else 1.0
        )
        firsts += one.listings[:1] == other.listings[:1]
        same += one.listings == other.listings
        totals += (one.total, one.complete, one.facets) == (other.total, other.complete, other.facets)
        if one.listings != other.listings:
            apart.append(text)
    show(
        f"{len(asked)} judged queries over {goods} goods of the demo province, PostgreSQL and Elasticsearch",
        [
            ("top-10 overlap, mean", f"{statistics.mean(overlaps):.4f}"),
            ("same first result", f"{firsts} of {len(asked)}"),
            ("the same ten in the same order", f"{same} of {len(asked)}"),
            ("the same total, complete matches and facets", f"{totals} of {len(asked)}"),
            ("apart", " ".join(apart[:8]) or "none"),
        ],
    )
    assert statistics.mean(overlaps) > 0.97
    assert firsts >= 0.97 * len(asked)
    engines.drop_indices()
