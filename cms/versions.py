"""What a county's public pages were made from, as one short word, asked in one statement.

A kept page is only shown while the word is the same. Each part is counted from the rows themselves
as this transaction sees them: PostgreSQL's own name of a row's version (``xmin`` and ``ctid``)
changes with every change, so nothing has to be bumped and nothing can be forgotten or come early.
"""

from django.db import connection

ROWS = "(SELECT count(*)::text || ':' || coalesce(sum(hashtextextended(ctid::text, xmin::text::bigint)), 0)::text FROM {rows})"

_parts: dict[str, str] = {}


def add_version(name: str, rows: str) -> None:
    """``rows`` is what follows FROM: a table with its WHERE. ``%(county)s`` is the county's code."""
    _parts[name] = ROWS.format(rows=rows)


def version_of(county_code: str) -> str:
    """Of the county whose schema we are in."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT concat_ws('|', {', '.join(_parts.values())})", {"county": county_code})
        return str(cursor.fetchone()[0])


add_version("pages", "wagtailcore_page WHERE live")
add_version("restrictions", "wagtailcore_pageviewrestriction")
add_version("goods", "public.search_listing WHERE county_code = %(county)s AND NOT hidden")
add_version("townships", "public.tenants_township WHERE county_code = %(county)s")
