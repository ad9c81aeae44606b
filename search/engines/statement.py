# ruff: noqa: S608  statements are joined from our own texts; every value is a parameter
"""The PostgreSQL engine's statement, piece by piece: what narrows, what is counted, what is sent."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from search.ports import BANDS, Band, Query

NUMBERS = ("county", "category", "price", "in_stock", "total")
EVERYTHING = "TRUE"


@dataclass(frozen=True, slots=True)
class Sql:
    text: str
    values: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        return self.text != EVERYTHING


ALL = Sql(EVERYTHING)


def both(*parts: Sql) -> Sql:
    return _joined(" AND ", [part for part in parts if part]) if any(parts) else ALL


def union(*parts: Sql) -> Sql:
    return _joined(" UNION ALL ", parts)


def _joined(between: str, parts: "list[Sql] | tuple[Sql, ...]") -> Sql:
    return Sql(between.join(part.text for part in parts), sum((part.values for part in parts), ()))


# --- what narrows ----------------------------------------------------------------------------------


def filters(query: Query, table: str, *, without: str = "") -> Sql:
    parts = {
        "county": _chosen(f"{table}.county_code", query.counties),
        "category": _categories(table, query.categories),
        "price": _prices(table, query.prices),
        "in_stock": Sql(f"{table}.in_stock") if query.in_stock else ALL,
    }
    return both(*(part for name, part in parts.items() if name != without))


def _chosen(column: str, values: tuple[str, ...]) -> Sql:
    return Sql(f"{column} = ANY(%s)", (list(values),)) if values else ALL


def _categories(table: str, categories: tuple[str, ...]) -> Sql:
    """A category of the upper row holds those below it."""
    if not categories:
        return ALL
    column = f"{table}.category_code"
    return Sql(f"({column} = ANY(%s) OR split_part({column}, '.', 1) = ANY(%s))", (list(categories),) * 2)


def _prices(table: str, bands: tuple[Band, ...]) -> Sql:
    if not bands:
        return ALL
    texts = [f"({table}.price_fen >= %s AND {table}.price_fen < %s)" for _band in bands]
    return Sql(f"({' OR '.join(texts)})", tuple(fen for band in bands for fen in bounds(band)))


def bounds(band: Band) -> tuple[int, int]:
    return band.low or 0, 2**31 - 1 if band.high is None else band.high


# --- what is counted: rows of (what, code, number, complete) ------------------------------------------


def counts(query: Query) -> Sql:
    """Every facet over ``found``; in one pass where nothing is chosen, which is nearly always."""
    if not filters(query, "f"):
        return Sql(IN_ONE_PASS)
    parts = [Sql("SELECT 'matches', '', count(*), count(*) FILTER (WHERE f.class > 0) FROM found f")]
    for name, column in (("county", "f.county_code"), ("category", "f.category_code"), ("price", BAND)):
        narrow = filters(query, "f", without=name)
        text = f"SELECT '{name}', {column}, count(*), 0 FROM found f WHERE {narrow.text} GROUP BY 2"
        parts.append(Sql(text, narrow.values))
    stock = both(Sql("f.in_stock"), filters(query, "f", without="in_stock"))
    parts.append(Sql(f"SELECT 'in_stock', '', count(*), 0 FROM found f WHERE {stock.text}", stock.values))
    narrow = filters(query, "f")
    total = f"SELECT 'total', '', count(*), count(*) FILTER (WHERE f.class > 0) FROM found f WHERE {narrow.text}"
    return union(*parts, Sql(total, narrow.values))


def _band() -> str:
    cases = " ".join(f"WHEN f.price_fen < {band.high:d} THEN '{band.key}'" for band in BANDS if band.high is not None)
    return f"CASE {cases} ELSE '{BANDS[-1].key}' END"


BAND = _band()
IN_ONE_PASS = f"""
SELECT CASE grouping(f.county_code, f.category_code, f.band, f.in_stock)
            WHEN 7 THEN 'county' WHEN 11 THEN 'category' WHEN 13 THEN 'price' WHEN 14 THEN 'in_stock' ELSE 'total' END,
       coalesce(f.county_code, f.category_code, f.band, f.in_stock::text, ''),
       count(*), count(*) FILTER (WHERE f.class > 0)
  FROM (SELECT f.county_code, f.category_code, {BAND} AS band, f.in_stock, f.class FROM found f) f
 GROUP BY GROUPING SETS ((f.county_code), (f.category_code), (f.band), (f.in_stock), ())"""


# --- sending it ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counted:
    """``matches`` and ``every`` of them with every word leave all filters out; ``rows`` are (county, listing,
    key), the best first."""

    facets: dict[str, dict[str, int]]
    matches: int
    every: int
    total: int
    complete: int
    rows: list[tuple[str, int, int]]


def send(statement: Sql) -> Counted:
    facets: dict[str, dict[str, int]] = {name: {} for name in NUMBERS}
    rows: list[tuple[str, int, int]] = []
    complete, matches, every = 0, -1, 0
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.values)
        for what, code, number, extra in cursor.fetchall():
            if what == "row":
                rows.append((code, number, extra))
            elif what == "matches":
                matches, every = number, extra
            elif what == "total":
                facets[what][""], complete = number, extra
            elif what != "in_stock" or code != "false":
                facets[what]["" if what == "in_stock" else code] = number
    total = facets["total"].get("", 0)
    rows.sort(key=lambda row: (row[2], row[1]), reverse=True)
    if matches < 0:
        matches, every = total, complete
    return Counted(facets, matches, every, total, complete, rows)
