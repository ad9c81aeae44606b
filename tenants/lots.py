"""Many counties of one shape in one transaction: what costs most of a small migration is the way there and back.

Only SQL that was rendered before goes this way, and only while nobody is in the way: a lot that meets anything
unusual is left as it was, and its counties are brought one by one.
"""

from collections.abc import Mapping, Sequence

from django.db import DatabaseError, connection, transaction

from kernel import clock
from tenants import locks, schemas
from tenants.models import County, SchemaState
from tenants.one_migration import Name

LOT = 25
TAKEN = """md5(string_agg(app || '.' || name, ' ' ORDER BY app, name))"""
WITHIN = 0.02  # seconds a lot waits for a table; while it waits, readers of the counties before it wait too


def bring(counties: Sequence[County], path: Sequence[Name], rendered: Mapping[Name, str | None]) -> set[int]:
    """Those that reached the template, by their ids: all of them or none."""
    if len(counties) < 2:
        return set()
    try:
        with transaction.atomic():
            return _bring(counties, path, rendered)
    except DatabaseError:
        connection.set_schema_to_public()
        return set()


def _bring(counties: Sequence[County], path: Sequence[Name], rendered: Mapping[Name, str | None]) -> set[int]:
    connection.set_schema_to_public()
    locks.set_timeout(WITHIN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [schemas.SCHEMA_LOCK])
    names = [county.schema_name for county in counties]
    has = set(schemas.applied(names[0]))
    missing = [name for name in path if name not in has]
    unknown = not has <= set(path) or any(rendered.get(name) is None for name in missing)
    if unknown or not _alike(names):
        return set()
    _run(names, missing, [rendered[name] or "" for name in missing])
    SchemaState.objects.filter(county__in=counties).update(
        fingerprint=schemas.fingerprint(path), trouble="", at=clock.now()
    )
    return {county.pk for county in counties}


def _alike(names: Sequence[str]) -> bool:
    """Have all of them taken the same migrations? Compared where they lie: they are two hundred rows a county."""
    each = [f'SELECT {TAKEN} AS taken FROM "{name}".django_migrations' for name in names]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(DISTINCT taken), count(taken) FROM ({' UNION ALL '.join(each)}) counties")  # noqa: S608
        shapes, found = cursor.fetchone()
    return bool(shapes == 1 and found == len(names))


def _run(names: Sequence[str], missing: Sequence[Name], sql: Sequence[str]) -> None:
    """Every table of every county is locked before the first changes; then all in one message."""
    told = ", ".join("(%s, %s, now())" for _name in missing)
    wanted = locks.tables_in("\n".join(sql))
    with connection.cursor() as cursor:
        rows = cursor.cursor.mogrify(
            f"INSERT INTO django_migrations (app, name, applied) VALUES {told}",  # noqa: S608
            [word for name in missing for word in name],
        ).decode()
        there = locks.there(wanted, schema=names[0])
        held = [f'LOCK TABLE "{name}" IN {wanted[name]} MODE' for name in there]
        lines = [line for name in names for line in (_path(name), *held)]
        lines += [line for name in names for line in (_path(name), *filter(None, map(_bare, sql)), rows)]
        cursor.execute(";\n".join([*lines, _path("public")]))


def _path(schema: str) -> str:
    return f'SET LOCAL search_path = "{schema}", "public"' if schema != "public" else 'SET LOCAL search_path = "public"'


def _bare(sql: str) -> str:
    return sql.strip().removesuffix(";")
