# ruff: noqa: S608  statements are joined from our own texts; every value is a parameter
"""The PostgreSQL engine: one statement over the slim index table.

What matches are the listings with every word of the query: their number is the total, and those with
every word in title, category or county stand before those that only mention one. Only if fewer than
five have every word, those are added that are about enough of it (``matching``): 五常大米 shows other
counties' rice after 五常's, never 五常's corn, and three goods that say 尾巴 are no 哈雷彗星尾巴.
Which of the two it is does not depend on the filters, so that facets add up.

Up to 20 000 matches are taken into a materialised table (without it the planner walks the score order
and may read everything for a rare word); ranking, filters and facets then work on that. Above the cap
figures are estimated from every sixteenth listing and called approximate. What is left by the filters
is then taken whole if it is below the cap; if not, it is dense enough for a page by price or date to be
read along the index of that order, and by relevance RANKED of them are ranked.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from search import lexicon, words
from search.engines import matching, scoring
from search.fairness import WINDOW, Row, page_of
from search.ports import BANDS, CAP, Answer, Band, Facets, Place, Query

SAMPLE = 16
FEW = 5  # fewer listings with every word: those with some are shown too
RANKED = 5000  # above the cap: so many are ranked


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
        self.every = Sql("i.tsv @@ %s::tsquery", (matching.every_of(asked),)) if asked.units else Sql("TRUE")
        self.key = self._key()

    def answer(self) -> Answer:
        matches, number = self.every, self._count(self.every)
        some = matching.some_of(self.asked) if self.asked.units and number < FEW else ""
        if some:
            matches = Sql("i.tsv @@ %s::tsquery", (f"{self.every.values[0]} | {some}",))
            number = self._count(matches)
        if number <= CAP:
            return self._answer(self._run(self._taken(matches), self._window()), None)
        return self._answer(self._run(self._of_many(matches), self._window()), self._estimate(matches))

    def _count(self, matches: Sql) -> int:
        """How many there are, up to one above the cap; counted without looking at them."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM (SELECT FROM search_listingindex i"
                f" WHERE NOT i.hidden AND {matches.text} LIMIT {CAP + 1:d}) matches",
                matches.values,
            )
            return int(cursor.fetchone()[0])

    # --- the matches -------------------------------------------------------------------------

    def _of_many(self, matches: Sql) -> Sql:
        """What the page is taken from when there are more matches than the cap."""
        filters = self._filters("i")
        narrowed = _both(matches, filters)
        if filters.text != "TRUE" and self._count(narrowed) <= CAP:
            return self._taken(narrowed)
        if self.query.sort != "relevance" or not self.asked.units:
            return self._taken(_both(narrowed, self._after("i", self.key)), self._walk())
        rest = Sql(f"NOT {self.every.text}", self.every.values)
        if matches is self.every:
            return self._taken(narrowed, f" LIMIT {RANKED:d}")
        complete = self._taken(_both(self.every, filters))
        others = self._taken(_both(narrowed, rest), f" LIMIT {RANKED:d}")
        return Sql(f"({complete.text}) UNION ALL ({others.text})", complete.values + others.values)

    def _taken(self, matches: Sql, order: str = "") -> Sql:
        columns = self._columns(self.key)
        return Sql(
            f"SELECT {columns.text} FROM search_listingindex i WHERE NOT i.hidden AND {matches.text}{order}",
            columns.values + matches.values,
        )

    def _walk(self) -> str:
        """The index order of a sort, which is the order of its key, for as many as a page is made of."""
        order = {
            "price": "i.price_fen, i.listing_id DESC",
            "-price": "i.price_fen DESC, i.listing_id DESC",
        }.get(self.query.sort, "i.published_at DESC, i.listing_id DESC")
        return f" ORDER BY {order} LIMIT {self._needed:d}"

    def _columns(self, key: Sql) -> Sql:
        return Sql(
            "i.listing_id, i.county_code, i.category_code, i.price_fen, i.in_stock,"
            f" {self.every.text} AS complete, {key.text} AS key",
            self.every.values + key.values,
        )

    def _key(self) -> Sql:
        """One number to sort by, larger first."""
        newest = Sql("(extract(epoch FROM i.published_at) * 1000000)::bigint")
        keys = {"price": Sql("(-i.price_fen)::bigint"), "-price": Sql("i.price_fen::bigint"), "newest": newest}
        if self.query.sort in keys or not self.asked.units:
            return keys.get(self.query.sort, newest)
        count, average = lexicon.figures()
        about = matching.every_of(self.asked, matching.ABOUT)
        return Sql(*scoring.bm25(self.asked, self.every.values[0], about, listings=count, average=average))

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

    def _run(self, found: Sql, window: Sql | None = None) -> dict[str, Any]:
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
        parts += [stock, all_filters]
        if window:
            selects.append(f"(SELECT 'row', f.county_code, f.listing_id, f.key FROM found f WHERE {window.text})")
            parts.append(window)
        statement = f"WITH found AS MATERIALIZED ({found.text}) " + " UNION ALL ".join(selects)
        return _sorted_out(statement, sum((part.values for part in parts), ()))

    def _window(self) -> Sql:
        rows = _both(self._filters("f"), self._after("f", Sql("f.key")))
        return Sql(f"{rows.text} ORDER BY f.key DESC, f.listing_id DESC LIMIT {self._needed:d}", rows.values)

    def _after(self, table: str, key: Sql) -> Sql:
        after = self.query.after
        if after is None:
            return Sql("TRUE")
        return Sql(f"({key.text}, {table}.listing_id) < (%s, %s)", (*key.values, after.key, after.listing))

    @property
    def _needed(self) -> int:
        """Rows that one page is made of."""
        shown = len(self.query.after.shown) if self.query.after else 0
        return self.query.size * (WINDOW if self._fair else 1) + 1 + shown

    @property
    def _fair(self) -> bool:
        return self.query.sort == "relevance" and len(self.query.counties) != 1

    def _estimate(self, matches: Sql) -> dict[str, Any]:
        """Counts of every sixteenth listing."""
        columns = self._columns(Sql("0::bigint"))
        found = Sql(
            f"SELECT {columns.text} FROM search_listingindex i"
            f" WHERE NOT i.hidden AND i.listing_id %% {SAMPLE} = 0 AND {matches.text}",
            columns.values + matches.values,
        )
        return self._run(found)

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
            complete=counts["complete"] * times,
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


def _both(one: Sql, other: Sql) -> Sql:
    return Sql(f"{one.text} AND {other.text}", one.values + other.values)


def bounds(band: Band) -> tuple[int, int]:
    return band.low or 0, 2**31 - 1 if band.high is None else band.high


def _band_sql() -> str:
    cases = " ".join(f"WHEN f.price_fen < {band.high:d} THEN '{band.key}'" for band in BANDS if band.high is not None)
    return f"CASE {cases} ELSE '{BANDS[-1].key}' END"


BAND_SQL = _band_sql()
