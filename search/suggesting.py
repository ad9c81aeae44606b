"""Typing help: what somebody may be about to write, by its beginning in hanzi, pinyin or initials.

Every list is read along an index and cut short, so that a single letter costs no more than a whole word.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from search import words
from search.models import Name
from tenants import register
from tenants.addressing import county_url, province_url
from tenants.models import County
from tenants.states import CountyState

LONGEST = 40
MOST = 8
OF_A_KIND = {"term": 5, "county": 2, "brand": 2, "product": 4, "maker": 2}
LOOKED_AT = 40  # of a kind, before the best are chosen
READ = 400  # terms with one beginning, before the most frequent are chosen
PRODUCT, TERM, COUNTY = "product", "term", "county"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``county`` is (code, name), None for what is everywhere."""

    kind: str
    text: str
    url: str
    county: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """What may become a suggestion; addresses are made only for the few that are shown."""

    kind: str
    text: str
    county: tuple[str, str] | None = None
    slug: str = ""
    ref: str = ""

    def told(self) -> Suggestion:
        return Suggestion(self.kind, self.text, self._url(), self.county)

    def _url(self) -> str:
        if self.kind == COUNTY:
            return county_url(self.slug)
        return county_url(self.slug, "web:product", int(self.ref)) if self.kind == PRODUCT else _search_for(self.text)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Columns of a table and how they begin; ``like`` has its wildcards escaped."""

    column: str
    like: str


def suggest(text: str) -> list[Suggestion]:
    typed = words.plain(text)[:LONGEST].strip()
    if not words.runs(typed):
        return []
    found = {TERM: _terms(typed), COUNTY: _counties(typed), **_named(typed)}
    return [one.told() for one in _mixed(found)]


def _mixed(found: dict[str, list[Met]]) -> list[Met]:
    """The first of each kind, then what room is left in the order of kinds; nothing said twice."""
    seen: set[tuple[str, str]] = set()
    kept: dict[str, list[Met]] = {kind: [] for kind in OF_A_KIND}
    for kind, most in OF_A_KIND.items():
        for one in found.get(kind, []):
            key = (one.text, one.county[0] if one.county else "")
            if key not in seen and len(kept[kind]) < most:
                seen.add(key)
                kept[kind].append(one)
    spare = MOST - sum(bool(rows) for rows in kept.values())
    shown: list[Met] = []
    for rows in kept.values():
        more = rows[1 : 1 + spare]
        spare -= len(more)
        shown += rows[:1] + more
    return shown


def _beginnings(typed: str, hanzi: str) -> list[Beginning]:
    """``hanzi`` is the column that holds the text itself. 五常d is pinyin, begun in hanzi."""
    begins = [Beginning(hanzi, _like(typed))]
    letters = words.pinyin("".join(words.runs(typed)))
    if not words.is_hanzi("".join(words.runs(typed))) and letters:
        begins.append(Beginning("pinyin", _like(letters)))
        begins.append(Beginning("initials", _like(letters)))
    return begins


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


# --- terms -------------------------------------------------------------------------------------


def _terms(typed: str) -> list[Met]:
    """Goods and words by how often they are asked for nowhere but met everywhere; dialect words by their own name."""
    common = words.common_name(typed)
    rows: dict[str, int] = {}
    for beginning in [*_beginnings(typed, "term"), *([Beginning("term", _like(common))] if common != typed else [])]:
        rows |= _frequent(beginning)
    best = sorted((term for term in rows if not _only_filed_so(term)), key=lambda term: (-rows[term], len(term), term))
    return [Met(TERM, term) for term in best[: OF_A_KIND[TERM]]]


def _only_filed_so(term: str) -> bool:
    """五常面点糕点: a county and a category's long name, as nobody would say it."""
    return any(
        len(row["name"]) > 3 and term.endswith(row["name"]) and term != row["name"] for row in words.category_rows()
    )


def _frequent(beginning: Beginning) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT term, df FROM (SELECT term, df FROM search_term WHERE {beginning.column} LIKE %s"  # noqa: S608
            f" AND {beginning.column} <> '' AND kind IN ('category', 'phrase', 'word') AND df > 0 LIMIT {READ:d}) begun"
            " ORDER BY df DESC, char_length(term), term LIMIT 8",
            [beginning.like],
        )
        return dict(cursor.fetchall())


def _search_for(text: str) -> str:
    from django.http import QueryDict

    asked = QueryDict(mutable=True)
    asked["q"] = text
    return f"{province_url('search:results')}?{asked.urlencode()}"


# --- counties ------------------------------------------------------------------------------------


def _counties(typed: str) -> list[Met]:
    letters = "".join(words.runs(typed))
    begun = [one for one in register.divisions(settings.JIETI_PROVINCE) if _begins(one, letters)][:LOOKED_AT]
    if not begun:
        return []
    slugs = dict(
        County.objects.filter(code__in=[one.code for one in begun], state=CountyState.OPEN).values_list("code", "slug")
    )
    opened = [one for one in begun if one.code in slugs]
    return [Met(COUNTY, one.name, (one.code, one.name), slugs[one.code]) for one in opened]


def _begins(division: register.Division, letters: str) -> bool:
    return (
        division.name.startswith(letters)
        or division.pinyin.startswith(letters)
        or division.initials.startswith(letters)
    )


# --- products, brands, makers ----------------------------------------------------------------------


def _named(typed: str) -> dict[str, list[Met]]:
    begins = _beginnings(typed, "plain")
    parts = [
        (kind, beginning) for kind in (Name.Kind.BRAND, Name.Kind.PRODUCT, Name.Kind.MAKER) for beginning in begins
    ]
    one = (
        "(SELECT kind, county_code, ref, name FROM search_name n WHERE kind = %s AND {column} LIKE %s"  # noqa: S608
        f" ORDER BY {{column}} USING ~<~ LIMIT {LOOKED_AT:d})"
    )
    sql = " UNION ".join(one.format(column=beginning.column) for _kind, beginning in parts)
    with connection.cursor() as cursor:
        cursor.execute(
            SHOWN.format(names=sql), [value for kind, beginning in parts for value in (kind, beginning.like)]
        )
        rows = cursor.fetchall()
    found: dict[str, list[Met]] = {}
    for kind, code, ref, name, slug, county in rows:
        found.setdefault(kind, []).append(Met(kind, name, (code, county), slug, ref))
    return found


# A product only while it is on the shelf, anything else only while its county is open.
SHOWN = """
SELECT n.kind, n.county_code, n.ref, n.name, c.slug, c.name
  FROM ({names}) n
  JOIN tenants_county c ON c.code = n.county_code AND c.state = 'open'
  LEFT JOIN search_listing l ON n.kind = 'product' AND l.county_code = n.county_code
       AND l.product_id = CASE WHEN n.kind = 'product' THEN n.ref::bigint END AND NOT l.hidden
 WHERE n.kind <> 'product' OR l.id IS NOT NULL
 ORDER BY char_length(n.name), n.name, n.county_code"""
