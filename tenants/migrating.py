"""Migrating many counties: each migration is rendered to SQL once and run per schema.

The template takes a migration the ordinary way while its SQL is kept (``RenderedMigration``); every
county then takes what it lacks in one transaction of its own. A migration that computes (RunPython)
or that we do not know has no sound SQL and runs the ordinary way, in the same transaction. Killed
anywhere, the next run goes on; a county that fails keeps its old schema whole and is named.
``tenants.upgrading`` plans and orders this, takes the public tables the same way, and undoes it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kernel import clock
from tenants import locks, lots, schemas
from tenants.errors import SchemaDiffers
from tenants.models import County, RenderedMigration, SchemaState
from tenants.one_migration import Computing, Name, is_fast, migrate, pending, render, run_sql
from tenants.scope import public_scope
from tenants.states import CountyState

OnStep = Callable[[int, int, County], None]
Rendered = Mapping[Name, str | None]
Way = Callable[[County], str]  # answers by which road it went
Together = Callable[[Sequence[County]], set[int]]


@dataclass
class Report:
    """What a run did, county by county."""

    fast: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def migrate_counties(on_step: OnStep | None = None) -> Report:
    """Bring the template and then every county to the migrations of this release."""
    with public_scope():
        if schemas.applied(schemas.TEMPLATE):
            advance_template()
        else:
            schemas.make_template()
        return advance_counties(on_step)


def behind() -> list[County]:
    """Counties whose tables are not the template's."""
    target = schemas.fingerprint(schemas.applied(schemas.TEMPLATE))
    reached = _fingerprints()
    return [county for county in with_schema() if reached[county.pk] != target]


def advance_template(wanted: Collection[Name] | None = None) -> None:
    """Take the pending migrations one by one, keeping the SQL of each that is sound. No county opens meanwhile."""
    for migration in list(pending(schemas.TEMPLATE)):
        name = (migration.app_label, migration.name)
        if wanted is None or name in wanted:
            sql = render(schemas.TEMPLATE, migration) if is_fast(migration, schemas.TEMPLATE) else None
            locks.patiently(partial(_take_in_template, name, sql))
    connection.set_schema_to_public()
    schemas.script()


def _take_in_template(name: Name, sql: str | None) -> None:
    lock_schemas()
    connection.set_schema_to_public()
    RenderedMigration.objects.update_or_create(app=name[0], name=name[1], defaults={"sql": sql})
    if sql is None:
        migrate(schemas.TEMPLATE, name)
    else:
        before = schemas.fingerprint(schemas.applied(schemas.TEMPLATE))
        locks.lock_tables(locks.tables_in(sql), schema=schemas.TEMPLATE)
        run_sql(schemas.TEMPLATE, name, sql)
        connection.set_schema_to_public()
        schemas.add_to_script(name, sql, before=before)
    connection.set_schema_to_public()


def lock_schemas() -> None:
    """Until the end of this transaction no county is opened, restored or migrated by anybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [schemas.SCHEMA_LOCK])


def advance_counties(on_step: OnStep | None = None, *, stop: bool = False) -> Report:
    """Bring every county to the template; with ``stop`` the first that fails is the last that is tried."""
    path, rendered = schemas.applied(schemas.TEMPLATE), _rendered()
    return _each_county(way_forward(), on_step, stop=stop, together=partial(lots.bring, path=path, rendered=rendered))


def undo_counties(back: Rendered, on_step: OnStep | None = None, *, stop: bool = False) -> Report:
    """Take migrations back that the template has taken back already; ``back`` has them in the order of undoing."""
    return _each_county(way_back(back), on_step, stop=stop)


def way_forward() -> Way:
    """What each county does to reach the template, in the caller's transaction."""
    path = schemas.applied(schemas.TEMPLATE)
    rendered, computing = _rendered(), Computing(path)
    return lambda county: _take(county, path, rendered, computing)


def way_back(back: Rendered) -> Way:
    computing = Computing([*schemas.applied(schemas.TEMPLATE), *reversed(list(back))])
    return lambda county: _undo(county, back, computing)


def advance_one(county: County) -> tuple[str, str]:
    """What one county lacks, in the caller's transaction; returns the road taken and the fingerprint reached."""
    road = way_forward()(county)
    connection.set_schema_to_public()
    return road, schemas.fingerprint(schemas.applied(schemas.TEMPLATE))


def _rendered() -> Rendered:
    rows = RenderedMigration.objects.exclude(sql=None).values_list("app", "name", "sql")
    return {(app, name): sql or "" for app, name, sql in rows}


def _each_county(way: Way, on_step: OnStep | None, *, stop: bool, together: Together | None = None) -> Report:
    """The way of each county that is elsewhere than the template: many at once where they go ``together``, the others
    in a transaction of their own."""
    report = Report()
    target, reached = schemas.fingerprint(schemas.applied(schemas.TEMPLATE)), _fingerprints()
    counties = with_schema()
    brought: set[int] = set()
    for place, county in enumerate(counties, start=1):
        if together and place % lots.LOT == 1:
            lot = [one for one in counties[place - 1 :][: lots.LOT] if reached[one.pk] != target]
            brought |= together(lot)
        if reached[county.pk] == target:
            report.current.append(county.code)
        elif county.pk in brought:
            report.fast.append(county.code)
        else:
            _bring(county, way, target, report)
        if on_step:
            on_step(place, len(counties), county)
        if stop and report.failed:
            break
    return report


def _bring(county: County, way: Way, target: str, report: Report) -> None:
    """All or nothing of it: a county that fails keeps the schema it had."""
    try:
        road = locks.patiently(lambda: _brought(county, way, target))
    except Exception as trouble:
        connection.set_schema_to_public()
        report.failed[county.code] = str(trouble).strip()
        _note(county, trouble=report.failed[county.code])
    else:
        (report.slow if road == "slow" else report.fast).append(county.code)


def _brought(county: County, way: Way, target: str) -> str:
    lock_schemas()
    road = way(county)
    connection.set_schema_to_public()
    if schemas.fingerprint(schemas.applied(county.schema_name)) != target:
        raise SchemaDiffers(_("这个县的迁移和模板的不一样，先用 jieti county check 看差在哪里。"))
    _note(county, fingerprint=target, trouble="")
    return road


def _take(county: County, path: list[Name], rendered: Rendered, computing: Computing) -> str:
    has = set(schemas.applied(county.schema_name))
    missing = [name for name in path if name not in has]
    return _run(county, [(name, rendered.get(name)) for name in missing], computing, backwards=False)


def _undo(county: County, back: Rendered, computing: Computing) -> str:
    has = set(schemas.applied(county.schema_name))
    return _run(county, [(name, sql) for name, sql in back.items() if name in has], computing, backwards=True)


def _run(county: County, steps: list[tuple[Name, str | None]], computing: Computing, *, backwards: bool) -> str:
    """Rendered SQL where there is one, else the ordinary way; every table is locked before the first changes."""
    schema = county.schema_name
    sound = "\n".join(sql for _name, sql in steps if sql)
    locks.lock_tables(locks.tables_in(sound), schema=schema)
    for name, sql in steps:
        if sql is None:
            computing.run(schema, name, backwards=backwards)
            _settle(schema)
        else:
            run_sql(schema, name, sql, backwards=backwards)
    return "slow" if any(sql is None for _name, sql in steps) else "fast"


def _settle(schema: str) -> None:
    """Check now what rows must hold at the end: a table with checks outstanding cannot be altered."""
    connection.set_schema(schema)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def with_schema() -> list[County]:
    """By name of column: during an upgrade the model may have more than the table."""
    served = (CountyState.OPENING, CountyState.OPEN, CountyState.SUSPENDED, CountyState.ARCHIVED)
    return list(County.objects.only("code", "name", "schema_name").filter(state__in=served, schema_state__isnull=False))


def _fingerprints() -> dict[int, str]:
    return dict(SchemaState.objects.values_list("county_id", "fingerprint"))


def _note(county: County, **facts: Any) -> None:
    facts = {**facts, "at": clock.now()}
    if not SchemaState.objects.filter(county=county).update(**facts):
        SchemaState.objects.create(county=county, **facts)
