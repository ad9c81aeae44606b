"""The Elasticsearch engine: the same matching, order and counts as the PostgreSQL engine, over an alias.

One request holds it all: what matches is the query, what the shopper chose is the post filter, and each facet
counts under the other choices. Only where fewer than FEW listings have every word is there a second request,
for those that are about enough of it as well; by price or date the first asks for those that every word names. Scores are the same sums (``scoring.py``), made of constant
scores and the lifts kept with each document, so that both engines rank alike; a cluster's own frequencies,
which differ from copy to copy of a shard, play no part. Figures are exact at every number.
"""

import struct
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from elasticsearch.dsl import A, Q
from elasticsearch.dsl.query import Bool, MatchAll
from elasticsearch.dsl.query import Query as Condition

from search import lexicon, words
from search.engines import elastic_client, matching, scoring
from search.fairness import WINDOW, Row, page_of
from search.ports import BANDS, ELASTICSEARCH, Answer, Band, Facets, Place, Query

FEW = 5
MOST_COUNTIES, MOST_CATEGORIES = 4000, 1000
WHOLE = 2**40  # a score as a whole number: every 32-bit float above 2**-17 times this is one
LEVELS = ("words", "about", "title")


class ElasticsearchEngine:
    """Raises the client's ``ApiError`` or ``TransportError`` when the engine does not answer."""

    def __init__(self, alias: str = "", patience: float | None = None) -> None:
        self.alias = alias or f"{settings.ELASTICSEARCH_PREFIX}listings"
        self.patience = patience or elastic_client.PATIENCE

    def search(self, query: Query) -> Answer:
        asked = words.ask(query.text, literally=query.literally) if query.text else words.Asked((), (), ())
        if query.text and not asked.units:
            return Answer(0, False, (), Facets(), 0, engine=ELASTICSEARCH)
        return _Search(query, asked, self.ask).answer()

    def ask(self, body: dict[str, Any]) -> dict[str, Any]:
        quick = elastic_client.client(self.patience)
        # Half an answer of a cluster that lost a shard is none: PostgreSQL has all of it.
        answer = quick.search(index=self.alias, body=body, allow_partial_search_results=False)
        return dict(answer.body)


@dataclass(frozen=True, slots=True)
class _Found:
    body: dict[str, Any]

    def count(self, name: str) -> int:
        return int(self.body["aggregations"][name]["doc_count"])

    def codes(self, name: str) -> dict[str, int]:
        buckets = self.body["aggregations"][name]["codes"]["buckets"]
        return {bucket["key"]: bucket["doc_count"] for bucket in buckets}

    def rows(self) -> list[Row]:
        return [
            Row(_key(hit["sort"]), int(hit["sort"][-1]), hit["fields"]["county"][0])
            for hit in self.body["hits"]["hits"]
        ]


class _Search:
    """One query on its way through the engine."""

    def __init__(self, query: Query, asked: words.Asked, ask: Any) -> None:
        self.query = query
        self.asked = asked
        self.ask = ask
        self.every: Condition = _all_of(asked, "words") if asked.units else MatchAll()

    @cached_property
    def told(self) -> lexicon.Told:
        return lexicon.told_of(self.asked.terms(), self.query.told)

    def answer(self) -> Answer:
        if self.query.by_called:
            called = _Found(self.ask(self.body(_called(self.asked))))
            if called.count("matches"):
                return self._answer(called, called=True)
        found = _Found(self.ask(self.body(self.every)))
        if self.asked.units and found.count("matches") < FEW:
            some = list(matching.rarest(self.asked, self.told))
            if some:
                enough = Bool(should=[self.every, Q("terms", about=some)])
                found = _Found(self.ask(self.body(enough)))
        return self._answer(found)

    def body(self, matches: Condition) -> dict[str, Any]:
        """The request, ready to be sent."""
        told: dict[str, Any] = {
            "query": Bool(filter=[Q("term", shown=True), matches]).to_dict(),
            "post_filter": _chosen(_narrowing(self.query)).to_dict(),
            "sort": self._order(),
            "size": self._needed,
            "track_total_hits": True,
            "docvalue_fields": ["county"],
            "stored_fields": "_none_",
            "aggs": self._counts(matches),
        }
        told["query"]["bool"]["should"] = self._scores()
        if self.query.after:
            told["search_after"] = self._search_after(self.query.after)
        return told

    # --- order ---------------------------------------------------------------------------------

    @property
    def _by_score(self) -> bool:
        return self.query.sort == "relevance" and bool(self.asked.units)

    def _order(self) -> list[dict[str, Any]]:
        if self._by_score:
            return [{"_score": {"order": "desc"}}, {"listing": {"order": "desc"}}]
        field = {"price": {"price_fen": "asc"}, "-price": {"price_fen": "desc"}}.get(
            self.query.sort, {"published": "desc"}
        )
        return [field, {"listing": "desc"}]

    def _search_after(self, after: Place) -> list[float | int]:
        key: float | int = after.key
        if self._by_score:
            key = after.key / WHOLE
        elif self.query.sort == "price":
            key = -after.key
        return [key, after.listing]

    def _scores(self) -> list[dict[str, Any]]:
        """First those with every word about them, then those with every word; then by BM25 and standing."""
        if not self._by_score:
            return []
        best = {term: scoring.SCALE * most for term, most in scoring.best_of(self.asked, self.told).items()}
        classes = (self.every.to_dict(), _all_of(self.asked, "about").to_dict())
        return [
            *(_constant(which, scoring.ALL_WORDS) for which in classes),
            *(_lifted(best, level) for level in LEVELS),
        ]

    # --- what narrows and what is counted --------------------------------------------------------

    def _counts(self, matches: Condition) -> dict[str, Any]:
        counts = _facets(_narrowing(self.query))
        if matches is self.every:
            return counts
        complete = A("filter", filter=Bool(filter=[_chosen(_narrowing(self.query)), self.every]))
        return {**counts, "complete": complete.to_dict()}

    # --- the page --------------------------------------------------------------------------------

    @property
    def _needed(self) -> int:
        """Rows that one page is made of."""
        shown = len(self.query.after.shown) if self.query.after else 0
        return self.query.size * (WINDOW if self._fair else 1) + 1 + shown

    @property
    def _fair(self) -> bool:
        return self.query.sort == "relevance" and len(self.query.counties) != 1

    def _answer(self, found: _Found, *, called: bool = False) -> Answer:
        page, end = self._page([self._told(row) for row in found.rows()])
        total = found.body["hits"]["total"]["value"]
        return Answer(
            total=total,
            approximate=False,
            listings=tuple(row.listing for row in page),
            facets=Facets(
                counties=found.codes("county"),
                categories=found.codes("category"),
                prices={band.key: 0 for band in BANDS} | found.codes("price"),
                in_stock=found.count("in_stock"),
            ),
            complete=found.count("complete") if "complete" in found.body["aggregations"] else total,
            next=end and replace(end, engine=ELASTICSEARCH),
            engine=ELASTICSEARCH,
            called=called,
        )

    def _told(self, row: Row) -> Row:
        return replace(row, key=-row.key) if self.query.sort == "price" else row

    def _page(self, rows: list[Row]) -> tuple[list[Row], Place | None]:
        if self._fair:
            return page_of(rows, self.query.size, self.query.after.shown if self.query.after else ())
        page = rows[: self.query.size]
        more = len(rows) > len(page)
        return page, Place(page[-1].key, page[-1].listing) if more else None


def _key(sort: list[Any]) -> int:
    """A sort value as a whole number; a score exactly, as the 32 bits it is."""
    if isinstance(sort[0], int):
        return sort[0]
    exact: float = struct.unpack(">f", struct.pack(">f", sort[0]))[0]
    return int(exact * WHOLE)


def _all_of(asked: words.Asked, field: str) -> Condition:
    """Every word of the query, each whole or by all its pairs."""
    return Bool(filter=[_whole(unit, field) for unit in asked.units])


def _called(asked: words.Asked) -> Condition:
    """As ``matching.called``."""
    return Bool(filter=[_named(unit) for unit in asked.units])


def _named(unit: words.Unit) -> Condition:
    sold_as = words.category_words().get(unit.word)
    if sold_as is None:
        return _whole(unit, "about")
    return Bool(should=[_whole(unit, "title"), Q("term", about=words.category_term(sold_as))])


def _whole(unit: words.Unit, field: str) -> Condition:
    word = Q("term", **{field: unit.word})
    if len(unit.pairs) < 2:
        return word
    return Bool(should=[word, Bool(filter=[Q("term", **{field: pair}) for pair in unit.pairs])])


def _lifted(best: dict[str, float], level: str) -> dict[str, Any]:
    """Plain, because a long query has a hundred of these, and objects for them cost more than the search."""
    terms = [_constant({"term": {level: term}}, weight) for term, weight in best.items()]
    return {
        "function_score": {
            "query": {"bool": {"should": terms}},
            "field_value_factor": {"field": f"lift_{level}", "missing": 0},
            "boost_mode": "multiply",
        }
    }


def _narrowing(query: Query) -> Query:
    """Only what narrows it."""
    return Query(counties=query.counties, categories=query.categories, prices=query.prices, in_stock=query.in_stock)


def _chosen(query: Query, *, without: str = "") -> Condition:
    parts: dict[str, Condition | None] = {
        "county": Q("terms", county=list(query.counties)) if query.counties else None,
        "category": Q("terms", categories=list(query.categories)) if query.categories else None,
        "price": Bool(should=[_within(band) for band in query.prices]) if query.prices else None,
        "in_stock": Q("term", in_stock=True) if query.in_stock else None,
    }
    used = [part for name, part in parts.items() if part is not None and name != without]
    return Bool(filter=used) if used else MatchAll()


@lru_cache(maxsize=200)
def _facets(query: Query) -> dict[str, Any]:
    """Each facet counted under the other choices. Kept, and not to be changed: most searches choose nothing yet, and
    the library makes an object for each part of it."""
    stock = Bool(filter=[_chosen(query, without="in_stock"), Q("term", in_stock=True)])
    counts: dict[str, Any] = {
        "matches": A("filter", filter=MatchAll()),
        "in_stock": A("filter", filter=stock),
    }
    for name, codes in (
        ("county", A("terms", field="county", size=MOST_COUNTIES)),
        ("category", A("terms", field="category", size=MOST_CATEGORIES)),
        ("price", A("range", field="price_fen", ranges=BAND_RANGES)),
    ):
        counts[name] = A("filter", filter=_chosen(query, without=name), aggs={"codes": codes})
    return {name: count.to_dict() for name, count in counts.items()}


def _constant(which: dict[str, Any], boost: float) -> dict[str, Any]:
    return {"constant_score": {"filter": which, "boost": float(boost)}}


def _within(band: Band) -> Condition:
    limits = {"gte": band.low, "lt": band.high}
    return Q("range", price_fen={name: limit for name, limit in limits.items() if limit is not None})


def _range(band: Band) -> dict[str, Any]:
    limits = {"from": band.low, "to": band.high}
    return {"key": band.key, **{name: limit for name, limit in limits.items() if limit is not None}}


BAND_RANGES = [_range(band) for band in BANDS]
