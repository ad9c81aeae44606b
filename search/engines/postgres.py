# ruff: noqa: S608  statements are joined from our own texts; every value is a parameter
"""The PostgreSQL engine: one statement over the slim index table.

Words and pairs retrieve through the GIN index, single characters only score. Up to 20 000
matches are taken into a materialised table (without it the planner walks the score order and may read
everything for a rare word); ranking, filters and facets then work on that. Above the cap, complete
matches come first, figures are estimated from every sixteenth listing and called approximate.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from search import lexicon, words
from search.documents import quoted
from search.engines import scoring
from search.fairness import WINDOW, Row, page_of
from search.ports import BANDS, CAP, Answer, Band, Facets, Place, Query

SAMPLE = 16
RANKED = 5000  # above the cap: so many with every word, and so many with some, are ranked


@dataclass(frozen=True, slots=True)
class Sql:
    text: str
    values: tuple[Any, ...] = ()


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
        self.any_word = any_of(asked)
        self.every_word = every_of(asked)
        self.score = self._score()

    def _score(self) -> Sql:
        if not self.asked.units:
            return Sql("(extract(epoch FROM i.published_at))::bigint")
        count, average = lexicon.figures()
        return Sql(*scoring.bm25(self.asked, self.every_word, listings=count, average=average))

    def answer(self) -> Answer:
        if self._too_many():
            return self._answer(self._run(self._found(narrowed=True)), self._estimate())
        return self._answer(self._run(self._found(narrowed=False)), None)

    def _too_many(self) -> bool:
        """More matches than the cap? Counted without looking at them."""
        match = self._any()
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT FROM search_listingindex i"
                f" WHERE NOT i.hidden AND {match.text} LIMIT {CAP + 1:d}) matches",
                match.values,
            )
            return bool(cursor.fetchone()[0] > CAP)

    def _any(self) -> Sql:
        return Sql("i.tsv @@ %s::tsquery", (self.any_word,)) if self.asked.units else Sql("TRUE")

    # --- the matches -------------------------------------------------------------------------

    def _found(self, *, narrowed: bool) -> Sql:
        """Matches of the words, at most one more than the cap; narrowed by the filters above it."""
        columns = self._columns(self._key())
        filters = self._filters("i") if narrowed else Sql("TRUE")
        if not self.asked.units:
            return self._taken(columns, Sql("TRUE"), filters, CAP + 1)
        if not narrowed:
            return self._taken(columns, self._any(), filters, CAP + 1)
        complete = self._taken(columns, Sql("i.tsv @@ %s::tsquery", (self.every_word,)), filters, RANKED)
        rest_match = Sql("i.tsv @@ %s::tsquery AND NOT i.tsv @@ %s::tsquery", (self.any_word, self.every_word))
        rest = self._taken(columns, rest_match, filters, RANKED)
        return Sql(f"({complete.text}) UNION ALL ({rest.text})", complete.values + rest.values)

    def _taken(self, columns: Sql, match: Sql, filters: Sql, limit: int) -> Sql:
        order = f" ORDER BY {self._walk()}" if filters.text != "TRUE" or not self.asked.units else ""
        return Sql(
            f"SELECT {columns.text} FROM search_listingindex i"
            f" WHERE NOT i.hidden AND {match.text} AND {filters.text}{order} LIMIT {limit:d}",
            columns.values + match.values + filters.values,
        )

    def _walk(self) -> str:
        """The index order in which too many matches are taken."""
        return {
            "price": "i.price_fen, i.listing_id",
            "-price": "i.price_fen DESC, i.listing_id DESC",
        }.get(self.query.sort, "i.published_at DESC, i.listing_id DESC")

    def _every(self) -> Sql:
        return Sql("i.tsv @@ %s::tsquery", (self.every_word,)) if self.asked.units else Sql("TRUE")

    def _columns(self, key: Sql) -> Sql:
        every = self._every()
        return Sql(
            "i.listing_id, i.county_code, i.category_code, i.price_fen, i.in_stock,"
            f" {every.text} AS complete, {key.text} AS key",
            every.values + key.values,
        )

    def _key(self) -> Sql:
        """One number to sort by, larger first."""
        return {
            "price": Sql("(-i.price_fen)::bigint"),
            "-price": Sql("i.price_fen::bigint"),
            "newest": Sql("(extract(epoch FROM i.published_at) * 1000)::bigint"),
        }.get(self.query.sort, self.score)

    # --- what narrows them ---------------------------------------------------------------------

    def _filters(self, table: str, *, without: str = "") -> Sql:
        parts = {
            "county": self._chosen(f"{table}.county_code", self.query.counties),
            "category": self._categories(table),
            "price": self._prices(table),
            "in_stock": Sql(f"{table}.in_stock") if self.query.in_stock else None,
        }
        used = [part for name, part in parts.items() if part and name != without]
        if not used:
            return Sql("TRUE")
        return Sql(" AND ".join(part.text for part in used), sum((part.values for part in used), ()))

    def _chosen(self, column: str, values: tuple[str, ...]) -> Sql | None:
        return Sql(f"{column} = ANY(%s)", (list(values),)) if values else None

    def _categories(self, table: str) -> Sql | None:
        """A category of the upper row holds those below it."""
        if not self.query.categories:
            return None
        column = f"{table}.category_code"
        return Sql(
            f"({column} = ANY(%s) OR split_part({column}, '.', 1) = ANY(%s))", (list(self.query.categories),) * 2
        )

    def _prices(self, table: str) -> Sql | None:
        texts: list[str] = []
        values: list[int] = []
        for band in self.query.prices:
            texts.append(f"({table}.price_fen >= %s AND {table}.price_fen < %s)")
            values += bounds(band)
        return Sql(f"({' OR '.join(texts)})", tuple(values)) if texts else None

    # --- one statement ---------------------------------------------------------------------------

    def _run(self, found: Sql) -> dict[str, Any]:
        """Counts by facet, the number of matches, and a window of ranked rows."""
        parts = [found]
        selects = []
        for name, column in (("county", "county_code"), ("category", "category_code"), ("price", BAND_SQL)):
            narrow = self._filters("f", without=name)
            selects.append(f"SELECT '{name}', {column}, count(*), 0 FROM found f WHERE {narrow.text} GROUP BY 2")
            parts.append(narrow)
        stock, all_filters = self._filters("f", without="in_stock"), self._filters("f")
        selects.append(f"SELECT 'in_stock', '', count(*), 0 FROM found f WHERE f.in_stock AND {stock.text}")
        selects.append(
            f"SELECT 'total', '', count(*), count(*) FILTER (WHERE f.complete) FROM found f WHERE {all_filters.text}"
        )
        window = self._window()
        selects.append(f"(SELECT 'row', f.county_code, f.listing_id, f.key FROM found f WHERE {window.text})")
        parts += [stock, all_filters, window]
        statement = f"WITH found AS MATERIALIZED ({found.text}) " + " UNION ALL ".join(selects)
        return _sorted_out(statement, sum((part.values for part in parts), ()))

    def _window(self) -> Sql:
        narrow, after = self._filters("f"), self.query.after
        text, values = narrow.text, narrow.values
        if after:
            text += " AND (f.key, f.listing_id) < (%s, %s)"
            values += (after.key, after.listing)
        limit = self.query.size * (WINDOW if self._fair else 1) + 1 + (len(after.shown) if after else 0)
        return Sql(f"{text} ORDER BY f.key DESC, f.listing_id DESC LIMIT {limit:d}", values)

    @property
    def _fair(self) -> bool:
        return self.query.sort == "relevance" and len(self.query.counties) != 1

    def _estimate(self) -> dict[str, Any]:
        """Counts of every sixteenth listing."""
        other = _Search(replace(self.query, after=None, size=1), self.asked)
        match, columns = self._any(), self._columns(Sql("0::bigint"))
        found = Sql(
            f"SELECT {columns.text} FROM search_listingindex i"
            f" WHERE NOT i.hidden AND i.listing_id %% {SAMPLE} = 0 AND {match.text}",
            columns.values + match.values,
        )
        return other._run(found)

    def _answer(self, rows: dict[str, Any], estimate: dict[str, Any] | None) -> Answer:
        counts, times = (estimate, SAMPLE) if estimate else (rows, 1)
        after = self.query.after
        listings, end = self._page([Row(key, number, county) for county, number, key in rows["rows"]], after)
        total = max(counts["total"].get("", 0) * times, len(listings))
        return Answer(
            total=total,
            approximate=estimate is not None,
            listings=tuple(row.listing for row in listings),
            facets=Facets(
                counties=_times(counts["county"], times),
                categories=_times(counts["category"], times),
                prices={band.key: counts["price"].get(band.key, 0) * times for band in BANDS},
                in_stock=counts["in_stock"].get("", 0) * times,
            ),
            complete=rows["complete"],
            next=end,
        )

    def _page(self, rows: list[Row], after: Place | None) -> tuple[list[Row], Place | None]:
        if self._fair:
            return page_of(rows, self.query.size, after.shown if after else ())
        page = rows[: self.query.size]
        more = len(rows) > len(page)
        return page, Place(page[-1].key, page[-1].listing) if more else None


def _sorted_out(statement: str, values: tuple[Any, ...]) -> dict[str, Any]:
    answer: dict[str, Any] = {name: {} for name in ("county", "category", "price", "in_stock", "total")}
    answer["rows"], answer["complete"] = [], 0
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for kind, key, number, extra in cursor.fetchall():
            if kind == "row":
                answer["rows"].append((key, number, extra))
                continue
            answer[kind][key] = number
            if kind == "total":
                answer["complete"] = extra
    answer["rows"].sort(key=lambda row: (row[2], row[1]), reverse=True)
    return answer


def _times(counts: dict[str, int], times: int) -> dict[str, int]:
    return {code: count * times for code, count in counts.items()}


def any_of(asked: words.Asked) -> str:
    """A tsquery that retrieves: any word, or any pair inside a word of three and more."""
    found = [unit.word for unit in asked.units] + [pair for unit in asked.units for pair in unit.pairs]
    return " | ".join(quoted(term) for term in dict.fromkeys(found))


def every_of(asked: words.Asked) -> str:
    """A tsquery for every word, each whole or by all its pairs."""
    return " & ".join(_whole(unit) for unit in asked.units)


def _whole(unit: words.Unit) -> str:
    if len(unit.pairs) < 2:
        return quoted(unit.word)
    return f"({quoted(unit.word)} | ({' & '.join(quoted(pair) for pair in unit.pairs)}))"


def bounds(band: Band) -> tuple[int, int]:
    return band.low or 0, 2**31 - 1 if band.high is None else band.high


def _band_sql() -> str:
    cases = " ".join(f"WHEN f.price_fen < {band.high:d} THEN '{band.key}'" for band in BANDS if band.high is not None)
    return f"CASE {cases} ELSE '{BANDS[-1].key}' END"


BAND_SQL = _band_sql()
