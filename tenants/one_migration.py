"""One migration in one schema: as SQL that was rendered before, with models made once, or the ordinary way."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations import operations as ops
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.utils.translation import gettext as _

from tenants.errors import SchemaDiffers
from tenants.links_up import LetGoOfPublic

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
    LetGoOfPublic,
)


def is_sound(operation: Operation) -> bool:
    """May this operation's SQL, rendered in the template, run in every county?"""
    if isinstance(operation, ops.SeparateDatabaseAndState):
        return all(is_sound(inner) for inner in operation.database_operations)
    return isinstance(operation, SAME_SQL_EVERYWHERE)


def is_fast(migration: Migration, schema: str) -> bool:
    """Can it run as SQL that was rendered before, so that tables are locked for no longer than they change?"""
    sound = all(is_sound(operation) for operation in migration.operations)
    return not lives_in(migration, schema) or (migration.atomic and sound)


def lives_in(migration: Migration, schema: str) -> bool:
    """Elsewhere a migration only leaves its name: a public one in a county, a county's in ``public``."""
    rooms = settings.SHARED_APPS if schema == "public" else settings.TENANT_APPS
    return apps.get_app_config(migration.app_label).name in rooms


def pending(schema: str) -> Iterator[Migration]:
    executor = executor_in(schema)
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield migration


def render(schema: str, migration: Migration, *, backwards: bool = False) -> str:
    """The SQL of one migration as the schema stands now. Names in it carry no schema."""
    if not lives_in(migration, schema):
        return ""
    lines = executor_in(schema).loader.collect_sql([(migration, backwards)])
    return "\n".join(line for line in lines if line not in {"BEGIN;", "COMMIT;"} and not line.startswith("--"))


def executor_in(schema: str) -> MigrationExecutor:
    connection.set_schema(schema)
    return MigrationExecutor(connection)


def migrate(schema: str, name: Name, *, backwards: bool = False) -> None:
    """One migration the ordinary way."""
    executor = executor_in(schema)
    migration = executor.loader.graph.nodes[name]
    if backwards:
        executor.migrate(None, plan=[(migration, True)])
        return
    state = executor._create_project_state(with_applied_migrations=True)
    executor.apply_migration(state, migration)


def run_sql(schema: str, name: Name, sql: str, *, backwards: bool = False) -> None:
    """One migration as SQL that was rendered before."""
    connection.set_schema(schema)
    with connection.cursor() as cursor:
        if sql.strip():
            cursor.execute(sql)
        if backwards:
            cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", name)
        else:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", name)


class Computing:
    """Migrations that only compute (RunPython) in one schema after another: their models are made once.

    Making all models of a moment takes a second or two; for 121 counties that was most of the slow road.
    """

    def __init__(self, path: Iterable[Name]) -> None:
        """``path`` is what the schemas have taken when all is done, in its order."""
        self._path = list(path)
        self._moments: dict[Name, tuple[Migration, ProjectState]] = {}

    def run(self, schema: str, name: Name, *, backwards: bool = False) -> None:
        migration, state = self._moments.get(name) or self._moments.setdefault(name, self._moment(schema, name))
        if not all(isinstance(operation, ops.RunPython) for operation in migration.operations):
            migrate(schema, name, backwards=backwards)
            return
        connection.set_schema(schema)
        operations = reversed(migration.operations) if backwards else migration.operations
        with connection.schema_editor(atomic=migration.atomic) as editor:
            for operation in operations:
                change = operation.database_backwards if backwards else operation.database_forwards
                change(migration.app_label, editor, state, state)
        run_sql(schema, name, "", backwards=backwards)

    def _moment(self, schema: str, name: Name) -> tuple[Migration, ProjectState]:
        loader = executor_in(schema).loader
        if name not in loader.graph.nodes:
            raise SchemaDiffers(_("这一版没有迁移 %(name)s：在有它的那一版里升级。") % {"name": ".".join(name)})
        before = [node for node in self._path[: self._path.index(name)] if node in loader.graph.nodes]
        return loader.graph.nodes[name], loader.project_state(before, at_end=True)
