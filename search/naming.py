"""Names for typing help: products, brands and makers, each with its county.

They follow the listings: after goods were published or withdrawn the worker brings them in line
(``bring_in_line``), so that publishing never waits for them, and a name whose listing is gone is not
offered, because what is offered is looked up. A room that knows further names says them itself:
``learn_name`` and ``forget_name``, in the transaction of its change.
"""

from collections.abc import Iterable

from django.db import connection, transaction

from search import words
from search.facts import ListingFacts
from search.models import Name

LOT = 1000
LONGEST = 120


def learn_name(kind: str, name: str, *, county_code: str, ref: str) -> None:
    """``ref`` tells it from others of its kind in the county, and is not the name itself: that is a badge's."""
    _write([(kind, county_code, ref, name)])


def learn_names_of(goods: Iterable[ListingFacts]) -> None:
    """What many products bring, in the transaction that publishes them: the worker then finds nothing new."""
    rows = []
    for facts in goods:
        rows.append((Name.Kind.PRODUCT.value, facts.county_code, str(facts.product_id), facts.title))
        if facts.producer_name:
            rows.append((Name.Kind.MAKER.value, facts.county_code, facts.producer_name, facts.producer_name))
        brands = [badge["name"] for badge in facts.badges if badge.get("kind") == "brand" and badge.get("name")]
        rows += [(Name.Kind.BRAND.value, facts.county_code, brand, brand) for brand in brands]
    _write(rows)


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
    """What is new is looked for once and learnt lot by lot: looked for before each lot, a million names took hours."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.unlearnt")
        cursor.execute(
            f"CREATE TEMPORARY TABLE unlearnt AS SELECT row_number() OVER () AS number, new.* FROM ({sql}) new"  # noqa: S608
        )
        cursor.execute("SELECT count(*) FROM pg_temp.unlearnt")
        count = int(cursor.fetchone()[0])
        if count > LOT:
            cursor.execute("CREATE INDEX ON pg_temp.unlearnt (number)")
    for first in range(1, count + 1, LOT):
        with transaction.atomic():
            _write((kind, county_code, ref, name) for county_code, ref, name in _rows(first))
    return count


def _rows(first: int) -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT county_code, ref, name FROM pg_temp.unlearnt WHERE number BETWEEN %s AND %s",
            [first, first + LOT - 1],
        )
        return list(cursor.fetchall())


BRANDS = "jsonb_array_elements(l.badges) AS badge WHERE badge ->> 'kind' = 'brand'"
NEW = {
    Name.Kind.PRODUCT: """
        SELECT l.county_code, l.product_id::text AS ref, l.title AS name FROM search_listing l
         WHERE NOT EXISTS (SELECT FROM search_name n WHERE n.kind = 'product' AND n.county_code = l.county_code
                              AND n.ref = l.product_id::text AND n.name = left(l.title, 120))""",
    Name.Kind.MAKER: """
        SELECT DISTINCT l.county_code, l.producer_name AS ref, l.producer_name AS name FROM search_listing l
         WHERE l.producer_name <> '' AND NOT EXISTS (SELECT FROM search_name n WHERE n.kind = 'maker'
                              AND n.county_code = l.county_code AND n.ref = left(l.producer_name, 120))""",
    Name.Kind.BRAND: f"""
        SELECT DISTINCT l.county_code, badge ->> 'name' AS ref, badge ->> 'name' AS name FROM search_listing l, {BRANDS}
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
