"""Migrating many counties: each migration is rendered to SQL once and run per schema.

The template takes a migration the ordinary way while its SQL is kept (``RenderedMigration``); every
county then takes what it lacks in one transaction of its own. A migration that computes (RunPython)
or that we do not know has no sound SQL and runs the ordinary way, in the same transaction. Killed
anywhere, the next run goes on; a county that fails keeps its old schema whole and is named.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations import operations as ops
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation

from kernel import clock
from tenants import schemas
from tenants.models import County, RenderedMigration, SchemaState
from tenants.scope import public_scope
from tenants.states import CountyState

Name = tuple[str, str]

# Operations whose SQL depends on nothing but the tables' shape, which all counties share.
SAME_SQL_EVERYWHERE = (
    ops.CreateModel,
    ops.DeleteModel,
    ops.RenameModel,
    ops.AlterModelTable,
    ops.AlterModelOptions,
    ops.AlterModelManagers,
    ops.AlterUniqueTogether,
    ops.AlterIndexTogether,
    ops.AddField,
    ops.RemoveField,
    ops.AlterField,
    ops.RenameField,
    ops.AddIndex,
    ops.RemoveIndex,
    ops.RenameIndex,
    ops.AddConstraint,
    ops.RemoveConstraint,
    ops.AlterConstraint,
)


@dataclass
class Report:
    """What a run did, county by county."""

    fast: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def migrate_counties(on_step: Callable[[int, int, County], None] | None = None) -> Report:
    """Bring the template and then every county to the migrations of this release."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [schemas.SCHEMA_LOCK])
        try:
            if schemas.applied(schemas.TEMPLATE):
                _advance_template()
            else:
                schemas.make_template()
            return _advance_counties(on_step)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [schemas.SCHEMA_LOCK])


def behind() -> list[County]:
    """Counties whose tables are not the template's."""
    target = schemas.fingerprint(schemas.applied(schemas.TEMPLATE))
    return [county for county in _with_schema() if _fingerprint_of(county) != target]


def is_sound(operation: Operation) -> bool:
    """May this operation's SQL, rendered in the template, run in every county?"""
    if isinstance(operation, ops.SeparateDatabaseAndState):
        return all(is_sound(inner) for inner in operation.database_operations)
    return isinstance(operation, SAME_SQL_EVERYWHERE)


def _advance_template() -> None:
    """Take the pending migrations one by one, keeping the SQL of each that is sound."""
    for migration in list(_pending(schemas.TEMPLATE)):
        name = (migration.app_label, migration.name)
        with transaction.atomic():
            sql = _render(name) if _fast(migration) else None
            connection.set_schema_to_public()
            RenderedMigration.objects.update_or_create(app=name[0], name=name[1], defaults={"sql": sql})
            _migrate(schemas.TEMPLATE, name)
    connection.set_schema_to_public()
    schemas.script()


def _fast(migration: Migration) -> bool:
    sound = all(is_sound(operation) for operation in migration.operations)
    return migration.atomic and (sound or not _touches_counties(migration))


def _pending(schema: str) -> Iterator[Migration]:
    executor = _executor(schema)
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield migration


def _render(name: Name) -> str:
    """The SQL of one migration as the template stands now. Names in it carry no schema."""
    executor = _executor(schemas.TEMPLATE)
    migration = executor.loader.graph.nodes[name]
    if not _touches_counties(migration):
        return ""
    lines = executor.loader.collect_sql([(migration, False)])
    return "\n".join(line for line in lines if line not in {"BEGIN;", "COMMIT;"} and not line.startswith("--"))


def _touches_counties(migration: Migration) -> bool:
    """A public app's migration only leaves its name in a county."""
    app = apps.get_app_config(migration.app_label)
    return app.name in settings.TENANT_APPS


def _executor(schema: str) -> MigrationExecutor:
    connection.set_schema(schema)
    return MigrationExecutor(connection)


def _migrate(schema: str, name: Name) -> None:
    """One migration the ordinary way."""
    executor = _executor(schema)
    migration = executor.loader.graph.nodes[name]
    state = executor._create_project_state(with_applied_migrations=True)
    executor.apply_migration(state, migration)


def _advance_counties(on_step: Callable[[int, int, County], None] | None) -> Report:
    report = Report()
    path = schemas.applied(schemas.TEMPLATE)
    target = schemas.fingerprint(path)
    rendered = {(row.app, row.name): row.sql or "" for row in RenderedMigration.objects.exclude(sql=None)}
    counties = _with_schema()
    for place, county in enumerate(counties, start=1):
        if _fingerprint_of(county) == target:
            report.current.append(county.code)
        else:
            _advance(county, path, target, rendered, report)
        if on_step:
            on_step(place, len(counties), county)
    return report


def advance_one(county: County) -> tuple[str, str]:
    """What one county lacks, in the caller's transaction; returns the road taken and the fingerprint reached."""
    path = schemas.applied(schemas.TEMPLATE)
    rendered = {(row.app, row.name): row.sql or "" for row in RenderedMigration.objects.exclude(sql=None)}
    road = _take(county, path, rendered)
    connection.set_schema_to_public()
    return road, schemas.fingerprint(path)


def _advance(county: County, path: list[Name], target: str, rendered: dict[Name, str], report: Report) -> None:
    """All that one county lacks, in one transaction."""
    try:
        with transaction.atomic():
            road = _take(county, path, rendered)
            connection.set_schema_to_public()
            _note(county, fingerprint=target, trouble="")
    except Exception as trouble:
        connection.set_schema_to_public()
        report.failed[county.code] = str(trouble).strip()
        _note(county, trouble=report.failed[county.code])
    else:
        (report.slow if road == "slow" else report.fast).append(county.code)


def _take(county: County, path: list[Name], rendered: dict[Name, str]) -> str:
    has = set(schemas.applied(county.schema_name))
    missing = [name for name in path if name not in has]
    road = "fast"
    for name in missing:
        sql = rendered.get(name)
        if sql is None:
            road = "slow"
            _migrate(county.schema_name, name)
        else:
            _run_sql(county.schema_name, name, sql)
    return road


def _run_sql(schema: str, name: Name, sql: str) -> None:
    connection.set_schema(schema)
    with connection.cursor() as cursor:
        if sql.strip():
            cursor.execute(sql)
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", name)


def _with_schema() -> list[County]:
    served = (CountyState.OPENING, CountyState.OPEN, CountyState.SUSPENDED, CountyState.ARCHIVED)
    return list(
        County.objects.defer("contact_phone")
        .filter(state__in=served, schema_state__isnull=False)
        .select_related("schema_state")
    )


def _fingerprint_of(county: County) -> str:
    return county.schema_state.fingerprint


def _note(county: County, **facts: Any) -> None:
    facts = {**facts, "at": clock.now()}
    if not SchemaState.objects.filter(county=county).update(**facts):
        SchemaState.objects.create(county=county, **facts)
