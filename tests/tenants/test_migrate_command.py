"""A schema gets the tables of its own rooms and the names of every migration."""

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tenants import schemas
from tenants.migrate_command import SchemaExecutor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("schema", ["public", schemas.TEMPLATE])
def test_every_migration_is_written_down(schema):
    wanted = set(MigrationLoader(None).graph.nodes)
    assert wanted <= set(schemas.applied(schema))


@pytest.mark.parametrize(
    ("schema", "has", "lacks"),
    [("public", "search_listing", "wagtailcore_page"), (schemas.TEMPLATE, "wagtailcore_page", "search_listing")],
)
def test_a_schema_has_its_own_rooms_only(schema, has, lacks):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
        tables = {name for (name,) in cursor.fetchall()}
    assert has in tables
    assert lacks not in tables


def test_what_belongs_here_goes_first_and_nothing_is_left_out():
    executor = SchemaExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    plan = [(step.app_label, step.name) for step, _backwards in executor.migration_plan(leaves, clean_start=True)]
    assert set(plan) == set(executor.loader.graph.nodes)
    apps = [app for app, _name in plan]
    assert apps.index("search") < apps.index("wagtailcore")


def test_djangos_own_executor_stands_again_after_a_run():
    from tenants.migrate_command import Command

    ordinary = migrate.MigrationExecutor
    with pytest.raises(migrate.CommandError):
        call_command(Command(), "no-such-app", verbosity=0)
    assert migrate.MigrationExecutor is ordinary
