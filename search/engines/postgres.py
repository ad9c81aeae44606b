# ruff: noqa: S608  statements are joined from our own texts; every value is a parameter
"""The PostgreSQL engine: one statement over the slim index table.

What matches are the listings with every word of the query: their number is the total, and those with
every word in title, category or county stand before those that only mention one. Only if fewer than
five have every word, those are added that are about enough of it (``matching``): 五常大米 shows other
counties' rice after 五常's, never 五常's corn, and three goods that say 尾巴 are no 哈雷彗星尾巴.
Which of the two it is does not depend on the filters, so that facets add up.
By price or date, which ask nothing of how well a listing answers, only those are listed that every word
names (``matching.called``), wherever there is one such.

Up to 20 000 matches are taken into a materialised table (without it the planner walks the score order
and may read everything for a rare word); filters and facets work on that. By relevance every match gets
a rough score; the RANKED best of them get their true one and stand first, the rest follow by the rough.

Above the cap figures are estimated from every sixteenth listing and called approximate. What is left by
the filters is then taken whole if it is below the cap; if not, it is dense enough for a page by price or
date to be read along the index of that order, and by relevance SOME of them are ranked.
"""

from django.db import connection

from search import lexicon, words
from search.engines import matching, scoring, statement
from search.engines.statement import ALL, Counted, Sql, both, union
from search.fairness import WINDOW, Row, page_of
from search.ports import BANDS, CAP, Answer, Facets, Place, Query

SAMPLE = 16
FEW = 5  # fewer listings with every word: those with some are shown too
RANKED = 400  # so many get their true score
SOME = 5000  # above the cap: of so many the best are looked for
AFTER_ALL = 10**9  # what has only a rough score stands behind all that have their true one
INDEX = "FROM search_listingindex i WHERE NOT i.hidden"
FACETS = "i.listing_id, i.county_code, i.category_code, i.price_fen, i.in_stock"


class PostgresEngine:
    def search(self, query: Query) -> Answer:
        asked = words.ask(query.text, literally=query.literally) if query.text else words.Asked((), (), ())
        if query.text and not asked.units:
            return Answer(0, False, (), Facets(), 0)
        return _Search(query, asked).answer()


class _Search:
    """One query on its way through the database."""

    def __init__(self, query: Query, asked: words.Asked) -> None:
        self.query = query
        self.asked = asked
        self.told = lexicon.told_of(asked.terms(), query.told)
        self.every = Sql("i.tsv @@ %s::tsquery", (matching.every_of(asked),)) if asked.units else ALL
        about = matching.every_of(asked, matching.ABOUT)
        self.about = Sql("i.tsv @@ %s::tsquery", (about,)) if asked.units else ALL
        named = Sql("i.tsv @@ %s::tsquery", (matching.called(asked),))
        self.called = query.by_called and self._is_any(named)
        if self.called:
            self.every = named

    def answer(self) -> Answer:
        bound = self._bound()
        if bound > CAP and self._count(self.every) > CAP:
            return self._of_too_many(self.every)
        answer = self._of_some() if bound < FEW and not self.called else None
        return answer or self._of_every()

    def _of_every(self) -> Answer:
        found = self._run(self._complete())
        if found.matches > CAP:
            return self._of_too_many(self.every)
        few = self.asked.units and found.matches < FEW and not self.called
        answer = self._of_some() if few else None
        return answer or self._answer(found)

    def _of_some(self) -> Answer | None:
        """None if nothing else speaks for the query, or more have every word than when the lexicon was counted."""
        some = matching.rarest(self.asked, self.told)
        if not some:
            return None
        if sum(some.values()) > CAP:
            terms = " | ".join(matching.quoted(term) + matching.ABOUT for term in some)
            wider = Sql("i.tsv @@ %s::tsquery", (f"{self.every.values[0]} | {terms}",))
            if self._count(wider) > CAP:
                return self._of_too_many(wider)
        found = self._run(self._enough(list(some)))
        return self._answer(found) if found.every < FEW else None

    def _bound(self) -> int:
        """No more than so many listings match, as far as the lexicon was counted."""
        return matching.most_of_every(self.asked, self.told) if self.asked.units else CAP + 1

    def _is_any(self, matches: Sql) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS (SELECT {INDEX} AND {matches.text})", matches.values)
            return bool(cursor.fetchone()[0])

    def _count(self, matches: Sql) -> int:
        """How many there are, up to one above the cap; counted without looking at them."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT {INDEX} AND {matches.text} LIMIT {CAP + 1:d}) matches", matches.values
            )
            return int(cursor.fetchone()[0])

    # --- the matches: facets, class (2 about every word, 1 has them, 0 some) and key -------------------

    def _complete(self) -> Sql:
        columns = self._columns()
        return Sql(
            f"SELECT {columns.text} {INDEX} AND {self.every.text} LIMIT {CAP + 1:d}", columns.values + self.every.values
        )

    def _columns(self) -> Sql:
        key = self._key()
        if not self.asked.units:
            return Sql(f"{FACETS}, 1 AS class, {key.text} AS key", key.values)
        return Sql(
            f"{FACETS}, CASE WHEN {self.about.text} THEN 2 ELSE 1 END AS class, {key.text} AS key",
            self.about.values + key.values,
        )

    def _enough(self, terms: list[str]) -> Sql:
        """Listings with every word, and those that any of the terms finds, weighed by what they were found by."""
        weights = scoring.best_of(self.asked, self.told)
        if len(terms) == 1:
            return self._enough_of_one(terms[0], weights.get(terms[0], 1.0))
        hits = self._hits({term: weights.get(term, 1.0) for term in terms})
        about = " | ".join(matching.quoted(term) + matching.ABOUT for term in terms)
        key = self._key(scoring.rough_by_weight("hits.weight", average=self.told.average))
        return Sql(
            f"SELECT {FACETS}, CASE WHEN hits.complete = 0 THEN 0 WHEN {self.about.text} THEN 2 ELSE 1 END AS class,"
            f" {key.text} AS key FROM ({hits.text}) hits JOIN search_listingindex i USING (listing_id)"
            f" WHERE hits.complete = 1 OR i.tsv @@ %s::tsquery",
            self.about.values + key.values + hits.values + (about,),
        )

    def _enough_of_one(self, term: str, weight: float) -> Sql:
        """One term is often a common one; alone it needs no adding up, and each listing is read once."""
        key = self._key(scoring.rough_by_weight(f"{weight:.6f}::float8", average=self.told.average))
        wider = f"{self.every.values[0]} | {matching.quoted(term)}{matching.ABOUT}"
        return Sql(
            f"SELECT {FACETS}, CASE WHEN NOT {self.every.text} THEN 0 WHEN {self.about.text} THEN 2 ELSE 1 END AS class,"
            f" {key.text} AS key {INDEX} AND i.tsv @@ %s::tsquery",
            self.every.values + self.about.values + key.values + (wider,),
        )

    def _hits(self, weights: dict[str, float]) -> Sql:
        """Each term's listings by themselves, added up; where in a listing it stands is looked at once for all."""
        parts = [
            Sql(
                f"SELECT i.listing_id, 0::float8 AS weight, 1 AS complete {INDEX} AND {self.every.text}",
                self.every.values,
            )
        ]
        parts += [
            Sql(f"SELECT i.listing_id, %s::float8, 0 {INDEX} AND i.tsv @@ %s::tsquery", (weight, matching.quoted(term)))
            for term, weight in weights.items()
        ]
        hits = union(*parts)
        return Sql(
            "SELECT hits.listing_id, sum(hits.weight) AS weight, max(hits.complete) AS complete"
            f" FROM ({hits.text}) hits GROUP BY 1",
            hits.values,
        )

    @property
    def _by_score(self) -> bool:
        return self.query.sort == "relevance" and bool(self.asked.units)

    def _key(self, rough: str = "") -> Sql:
        """One number to sort by, larger first."""
        newest = Sql("(extract(epoch FROM i.published_at) * 1000000)::bigint")
        keys = {"price": Sql("(-i.price_fen)::bigint"), "-price": Sql("i.price_fen::bigint"), "newest": newest}
        if not self._by_score:
            return keys.get(self.query.sort, newest)
        return Sql(rough) if rough else Sql(*scoring.rough_by_place(self.asked, average=self.told.average))

    # --- above the cap -------------------------------------------------------------------------------

    def _of_too_many(self, matches: Sql) -> Answer:
        sample = Sql(f"{matches.text} AND i.listing_id %% {SAMPLE} = 0", matches.values)
        columns = f"{FACETS}, CASE WHEN {self.every.text} THEN 1 ELSE 0 END AS class, 0::bigint AS key"
        taken = Sql(f"SELECT {columns} {INDEX} AND {sample.text}", self.every.values + sample.values)
        estimate = self._run(taken, page=False)
        return self._answer(self._run(self._of_many(matches)), estimate)

    def _of_many(self, matches: Sql) -> Sql:
        """What the page is taken from when there are more matches than the cap."""
        filters = statement.filters(self.query, "i")
        narrowed = both(matches, filters)
        if filters and self._count(narrowed) <= CAP:
            return self._taken(narrowed)
        if not self._by_score:
            return self._taken(both(narrowed, self._after("i", self._key())), self._walk())
        if matches is self.every:
            return self._taken(narrowed, f" LIMIT {SOME:d}")
        rest = Sql(f"NOT {self.every.text}", self.every.values)
        complete = self._taken(both(self.every, filters))
        others = self._taken(both(narrowed, rest), f" LIMIT {SOME:d}")
        return Sql(f"({complete.text}) UNION ALL ({others.text})", complete.values + others.values)

    def _taken(self, matches: Sql, order: str = "") -> Sql:
        key = self._key()
        level = Sql("1")
        if self.asked.units:
            level = Sql(
                f"CASE WHEN {self.about.text} THEN 2 WHEN {self.every.text} THEN 1 ELSE 0 END",
                self.about.values + self.every.values,
            )
        return Sql(
            f"SELECT {FACETS}, {level.text} AS class, {key.text} AS key {INDEX} AND {matches.text}{order}",
            level.values + key.values + matches.values,
        )

    def _walk(self) -> str:
        """The index order of a sort, which is the order of its key, for as many as a page is made of."""
        order = {
            "price": "i.price_fen, i.listing_id DESC",
            "-price": "i.price_fen DESC, i.listing_id DESC",
        }.get(self.query.sort, "i.published_at DESC, i.listing_id DESC")
        return f" ORDER BY {order} LIMIT {self._needed:d}"

    # --- one statement ---------------------------------------------------------------------------

    def _run(self, found: Sql, *, page: bool = True) -> Counted:
        """Counts by facet, the number of matches, and a window of ranked rows."""
        counts = statement.counts(self.query)
        text, values = f"WITH found AS MATERIALIZED ({found.text})", found.values
        window = ALL
        if page:
            best, window = self._best(), self._window()
            text, values = text + best.text, values + best.values
        text, values = f"{text} {counts.text}", values + counts.values
        if page:
            text, values = f"{text} UNION ALL {window.text}", values + window.values
        return statement.send(Sql(text, values))

    def _best(self) -> Sql:
        """The best by their rough scores, with their true ones."""
        if not self._by_score:
            return Sql("")
        narrow = statement.filters(self.query, "f")
        true, values = scoring.bm25(self.asked, self.told)
        return Sql(
            f", best AS MATERIALIZED (SELECT f.listing_id, f.county_code, f.class, f.key FROM found f"
            f" WHERE {narrow.text} ORDER BY f.class DESC, f.key DESC, f.listing_id DESC LIMIT {RANKED:d}),"
            f" ranked AS MATERIALIZED (SELECT best.listing_id, best.county_code,"
            f" {scoring.ALL_WORDS} * best.class + {true} AS key FROM best JOIN search_listingindex i USING (listing_id))",
            narrow.values + values,
        )

    def _window(self) -> Sql:
        """Rows of the page: of the ranked ones, then of the others."""
        narrow = statement.filters(self.query, "f")
        if not self._by_score:
            return self._rows("found f", "f", Sql("f.key"), narrow)
        ranked = self._rows("ranked", "ranked", Sql("ranked.key"), ALL)
        if self.query.after is None and self._needed <= RANKED:
            return ranked
        rough = Sql(f"({scoring.ALL_WORDS} * f.class + f.key - {AFTER_ALL})")
        others = both(narrow, Sql("NOT EXISTS (SELECT FROM best WHERE best.listing_id = f.listing_id)"))
        return union(
            ranked,
            self._rows("found f", "f", rough, both(Sql(f"(SELECT count(*) FROM best) = {RANKED:d}"), others)),
        )

    def _rows(self, source: str, table: str, key: Sql, narrow: Sql) -> Sql:
        rows = both(narrow, self._after(table, key))
        return Sql(
            f"(SELECT 'row', {table}.county_code, {table}.listing_id, {key.text} FROM {source} WHERE {rows.text}"
            f" ORDER BY {key.text} DESC, {table}.listing_id DESC LIMIT {self._needed:d})",
            rows.values,
        )

    def _after(self, table: str, key: Sql) -> Sql:
        after = self.query.after
        if after is None:
            return ALL
        return Sql(f"({key.text}, {table}.listing_id) < (%s, %s)", (*key.values, after.key, after.listing))

    @property
    def _needed(self) -> int:
        """Rows that one page is made of."""
        shown = len(self.query.after.shown) if self.query.after else 0
        return self.query.size * (WINDOW if self._fair else 1) + 1 + shown

    @property
    def _fair(self) -> bool:
        return self.query.sort == "relevance" and len(self.query.counties) != 1

    # --- the answer --------------------------------------------------------------------------------

    def _answer(self, found: Counted, estimate: Counted | None = None) -> Answer:
        counts, times = (estimate, SAMPLE) if estimate else (found, 1)
        listings, end = self._page([Row(key, number, county) for county, number, key in found.rows[: self._needed]])
        return Answer(
            total=max(counts.total * times, len(listings)),
            approximate=estimate is not None,
            listings=tuple(row.listing for row in listings),
            facets=Facets(
                counties=_times(counts.facets["county"], times),
                categories=_times(counts.facets["category"], times),
                prices={band.key: counts.facets["price"].get(band.key, 0) * times for band in BANDS},
                in_stock=counts.facets["in_stock"].get("", 0) * times,
            ),
            complete=counts.complete * times,
            next=end,
            called=self.called,
        )

    def _page(self, rows: list[Row]) -> tuple[list[Row], Place | None]:
        after = self.query.after
        if self._fair:
            return page_of(rows, self.query.size, after.shown if after else ())
        page = rows[: self.query.size]
        more = len(rows) > len(page)
        return page, Place(page[-1].key, page[-1].listing) if more else None


def _times(counts: dict[str, int], times: int) -> dict[str, int]:
    return {code: count * times for code, count in counts.items()}
