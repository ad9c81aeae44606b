"""No key leads from a county up to public tables, and what counties name is never deleted (ADR 0027)."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from kernel.links import SharedForeignKey
from tenants import migrating, schemas
from tenants.links_up import KEYS_UP, links_up, pointing_at_nothing
from tenants.models import RenderedMigration, SchemaState

LET_GO = ("cms", "0005_let_go_of_public")


def keys_up(schema):
    connection.set_schema(schema)
    with connection.cursor() as cursor:
        cursor.execute(KEYS_UP)
        found = cursor.fetchall()
    connection.set_schema_to_public()
    return found


@pytest.mark.django_db
def test_no_county_holds_a_key_to_a_public_table(wuchang):
    assert len(list(links_up())) >= 46, "the canary: there are links that could be keys"
    assert keys_up(schemas.TEMPLATE) == []
    assert keys_up(wuchang.schema_name) == []
    assert "REFERENCES public." not in schemas.script().sql


def make_box(editor):
    """A table that names a person and a product, and is given a second person later."""
    state = MigrationLoader(connection).project_state()
    person = {"to": settings.AUTH_USER_MODEL, "null": True}
    product = models.ForeignKey("catalog.product", on_delete=models.CASCADE)
    fields = [("id", models.BigAutoField(primary_key=True)), ("who", SharedForeignKey(**person)), ("product", product)]
    for operation in (
        migrations.CreateModel("Box", fields),
        migrations.AddField("Box", "later", SharedForeignKey(**person)),
    ):
        before, state = state, state.clone()
        operation.state_forwards("catalog", state)
        operation.database_forwards("catalog", editor, before, state)


@pytest.mark.django_db
@pytest.mark.parametrize(("ordinary", "keys"), [(False, 0), (True, 2)])
def test_a_new_table_gets_the_columns_without_the_keys(wuchang, ordinary, keys):
    """The second is the mutant: Django's own editor makes them."""
    connection.set_schema(wuchang.schema_name)
    with (DatabaseSchemaEditor if ordinary else connection.SchemaEditorClass)(connection) as editor:
        make_box(editor)
    assert len(keys_up(wuchang.schema_name)) == keys
    lines = {line for line in schemas.catalogue(wuchang.schema_name) if "catalog_box" in line}
    assert any(line.startswith("index ") and "who_id" in line for line in lines)
    assert any("FOREIGN KEY product_id" in line for line in lines)


@pytest.mark.django_db
def test_what_counties_name_is_never_deleted(wuchang, manager):
    own = Group.objects.get(name=f"{wuchang.schema_name}:manager")
    for row in (manager, ContentType.objects.first(), Permission.objects.first(), own):
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            type(row).objects.filter(pk=row.pk)._raw_delete(using="default")
        assert type(row).objects.filter(pk=row.pk).exists()
    wagtails = Group.objects.create(name="Editors")
    assert Group.objects.filter(pk=wagtails.pk)._raw_delete(using="default") == 1, "no county's"


def give_keys_back(schema):
    """As counties were made before: without that migration and those after it."""
    with connection.cursor() as cursor:
        for number, link in enumerate(links_up()):
            cursor.execute(
                f'ALTER TABLE "{schema}"."{link.table}" ADD CONSTRAINT "up_{number}" FOREIGN KEY ("{link.column}")'
                f' REFERENCES public."{link.public_table}" ("{link.public_column}") DEFERRABLE INITIALLY DEFERRED'
            )
        cursor.execute(f'DELETE FROM "{schema}".django_migrations WHERE app = %s AND name >= %s', LET_GO)


@pytest.mark.django_db(transaction=True)
def test_counties_from_before_let_their_keys_go_by_the_fast_road(wuchang, dongning):
    for schema in (schemas.TEMPLATE, wuchang.schema_name, dongning.schema_name):
        give_keys_back(schema)
    assert len(keys_up(wuchang.schema_name)) >= 46
    SchemaState.objects.update(fingerprint=schemas.fingerprint(schemas.applied(schemas.TEMPLATE)))
    report = migrating.migrate_counties()
    assert (report.fast, report.slow, report.failed) == (["230184", "231086"], [], {})
    for schema in (schemas.TEMPLATE, wuchang.schema_name, dongning.schema_name):
        assert keys_up(schema) == []
        assert schemas.differences(schema) == []
    assert RenderedMigration.objects.get(app="cms", name=LET_GO[1]).sql.count("DROP CONSTRAINT") >= 46
    assert "REFERENCES public." not in schemas.script().sql


@pytest.mark.django_db
def test_a_row_that_points_at_nothing_is_named(wuchang, manager, capsys):
    assert pointing_at_nothing(wuchang) == []
    connection.set_schema(wuchang.schema_name)
    from catalog.models import Product

    for name, who in (("米", manager.pk), ("面", 999_999)):
        Product.objects.create(name=name, saved_at=timezone.now(), created_by_id=who)
    connection.set_schema_to_public()
    assert pointing_at_nothing(wuchang) == ["catalog_product 有 1 行的 created_by_id 指向省里已经没有的记录"]
    with pytest.raises(CommandError):
        call_command("county", "check", wuchang.code)
    assert "created_by_id" in capsys.readouterr().out
