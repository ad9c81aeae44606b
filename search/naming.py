"""Names for typing help: products, brands and makers, each with its county.

They follow the listings: after goods were published or withdrawn the worker brings them in line
(``bring_in_line``), so that publishing never waits for them, and a name whose listing is gone is not
offered, because what is offered is looked up. A room that knows further names says them itself:
``learn_name`` and ``forget_name``, in the transaction of its change.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from search import words
from search.models import Name

LOT = 1000
LONGEST = 120


def learn_name(kind: str, name: str, *, county_code: str, ref: str) -> None:
    """``ref`` tells it from others of its kind in the county, and is not the name itself: that is a badge's."""
    _write([(kind, county_code, ref, name)])


def forget_name(kind: str, *, county_code: str, ref: str) -> None:
    Name.objects.filter(kind=kind, county_code=county_code, ref=ref[:LONGEST]).delete()


def _write(rows: Iterable[tuple[str, str, str, str]]) -> None:
    """In one order, so that two writers never wait in a ring."""
    names = [_name(*row) for row in sorted(set(rows))]
    Name.objects.bulk_create(
        names,
        update_conflicts=True,
        unique_fields=["kind", "county_code", "ref"],
        update_fields=["name", "plain", "pinyin", "initials"],
    )


def _name(kind: str, county_code: str, ref: str, name: str) -> Name:
    plain = words.plain(name)[:LONGEST]
    return Name(
        kind=kind,
        county_code=county_code,
        ref=ref[:LONGEST],
        name=name[:LONGEST],
        plain=plain,
        pinyin=words.pinyin(plain)[:200],
        initials=words.initials(plain)[:LONGEST],
    )


def bring_in_line() -> int:
    """Learn what listings brought and forget what went with them; lot by lot, so that it can be broken off."""
    with connection.cursor() as cursor:
        for statement in GONE:
            cursor.execute(statement)
    return sum(_learn_all(kind, sql) for kind, sql in NEW.items())


def _learn_all(kind: str, sql: str) -> int:
    learnt = 0
    while rows := _rows(sql):
        with transaction.atomic():
            _write((kind, county_code, ref, name) for county_code, ref, name in rows)
        learnt += len(rows)
    return learnt


def _rows(sql: str) -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {LOT:d}")
        return list(cursor.fetchall())


BRANDS = "jsonb_array_elements(l.badges) AS badge WHERE badge ->> 'kind' = 'brand'"
NEW = {
    Name.Kind.PRODUCT: """
        SELECT l.county_code, l.product_id::text, l.title FROM search_listing l
         WHERE NOT EXISTS (SELECT FROM search_name n WHERE n.kind = 'product' AND n.county_code = l.county_code
                              AND n.ref = l.product_id::text AND n.name = left(l.title, 120))""",
    Name.Kind.MAKER: """
        SELECT DISTINCT l.county_code, l.producer_name, l.producer_name FROM search_listing l
         WHERE l.producer_name <> '' AND NOT EXISTS (SELECT FROM search_name n WHERE n.kind = 'maker'
                              AND n.county_code = l.county_code AND n.ref = left(l.producer_name, 120))""",
    Name.Kind.BRAND: f"""
        SELECT DISTINCT l.county_code, badge ->> 'name', badge ->> 'name' FROM search_listing l, {BRANDS}
           AND badge ->> 'name' <> '' AND NOT EXISTS (SELECT FROM search_name n WHERE n.kind = 'brand'
                              AND n.county_code = l.county_code AND n.ref = left(badge ->> 'name', 120))""",  # noqa: S608
}
GONE = (
    """DELETE FROM search_name n WHERE kind = 'product' AND NOT EXISTS (
       SELECT FROM search_listing l WHERE l.county_code = n.county_code AND l.product_id::text = n.ref)""",
    """DELETE FROM search_name n WHERE kind = 'maker' AND NOT EXISTS (
       SELECT FROM search_listing l WHERE l.county_code = n.county_code AND left(l.producer_name, 120) = n.ref)""",
    f"""DELETE FROM search_name n WHERE kind = 'brand' AND ref = name AND NOT EXISTS (
       SELECT FROM search_listing l, {BRANDS} AND l.county_code = n.county_code AND left(badge ->> 'name', 120) = n.ref)""",  # noqa: S608
)
