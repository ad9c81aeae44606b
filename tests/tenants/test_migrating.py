"""Migrating many counties: SQL once for all where that is sound, the ordinary way where not."""

import shutil
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from tenants import locks, lots, migrating, schemas
from tenants.models import CountyScript, RenderedMigration, SchemaState

HEAD = """
from django.db import migrations, models
import django.db.models.deletion

{extra}

class Migration(migrations.Migration):
    dependencies = [("catalog", "{before}")]
    operations = [{operation}]
"""
LAST = max(path.stem for path in Path(apps.get_app_config("catalog").path, "migrations").glob("0*.py"))
ROADS = {
    "AddField": ("migrations.AddField('producer', 'fax', models.CharField(max_length=20, default='无'))", "fast"),
    "AddIndex": ("migrations.AddIndex('producer', models.Index(fields=['place'], name='producer_place'))", "fast"),
    "CreateModel": (
        (
            "migrations.CreateModel('Kiln', [('id', models.BigAutoField(primary_key=True)),"
            " ('producer', models.ForeignKey('catalog.producer', on_delete=django.db.models.deletion.CASCADE))])"
        ),
        "fast",
    ),
    "AlterField": ("migrations.AlterField('producer', 'intro', models.TextField(default=''))", "fast"),
    "RemoveField": ("migrations.RemoveField('producer', 'households')", "fast"),
    "RunPython": ("migrations.RunPython(upper, migrations.RunPython.noop)", "slow"),
    "RunSQL": ("migrations.RunSQL('ALTER TABLE catalog_producer ADD fax2 text', '')", "slow"),
}
UPPER = """
def upper(apps, schema_editor):
    Producer = apps.get_model("catalog", "Producer")
    for producer in Producer.objects.all():
        producer.name = producer.name.upper()
        producer.save()
"""


@pytest.fixture
def later(tmp_path, settings, monkeypatch):
    """``later(operation)``: the catalog of a later release, with one migration more."""
    package = tmp_path / f"catalog_later_{tmp_path.name}"
    shutil.copytree(Path(apps.get_app_config("catalog").path) / "migrations", package)
    monkeypatch.syspath_prepend(str(tmp_path))

    def add(operation, name="9001_later", before=LAST, extra=UPPER):
        text = HEAD.format(extra=extra, before=before, operation=operation)
        (package / f"{name}.py").write_text(text, encoding="utf-8")
        for module in [known for known in sys.modules if known.startswith(package.name)]:
            del sys.modules[module]
        settings.MIGRATION_MODULES = {"catalog": package.name}
        return name

    yield add
    for module in [known for known in sys.modules if known.startswith(package.name)]:
        del sys.modules[module]


def same_everywhere(*counties):
    rows = schemas.catalogue(schemas.TEMPLATE)
    return all(schemas.catalogue(county.schema_name) == rows for county in counties)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ROADS)
def test_each_operation_takes_its_road_and_ends_with_equal_catalogues(later, wuchang, dongning, name):
    operation, road = ROADS[name]
    before = schemas.catalogue(schemas.TEMPLATE)
    migration = later(operation)
    report = migrating.migrate_counties()
    assert report.failed == {}
    assert getattr(report, road) == ["230184", "231086"]
    assert same_everywhere(wuchang, dongning)
    assert (schemas.catalogue(schemas.TEMPLATE) == before) == (name == "RunPython")
    assert ("catalog", migration) in schemas.applied(wuchang.schema_name)
    assert (RenderedMigration.objects.get(name=migration).sql is None) == (road == "slow")


@pytest.mark.django_db(transaction=True)
def test_the_slow_road_really_computes_in_each_county(later, wuchang, dongning):
    for schema in ("c230184", "c231086"):
        connection.set_schema(schema)
        from catalog.models import Producer

        Producer.objects.create(name="rice co", kind="coop", business_phone="1")
    connection.set_schema_to_public()
    later(ROADS["RunPython"][0])
    migrating.migrate_counties()
    for schema in ("c230184", "c231086"):
        connection.set_schema(schema)
        assert Producer.objects.get().name == "RICE CO"


@pytest.mark.django_db(transaction=True)
def test_a_second_run_has_nothing_to_do(later, wuchang, dongning):
    later(ROADS["AddField"][0])
    migrating.migrate_counties()
    report = migrating.migrate_counties()
    assert (report.fast, report.slow, report.current) == ([], [], ["230184", "231086"])


@pytest.mark.django_db(transaction=True)
def test_a_county_that_fails_keeps_its_old_schema_whole_and_is_named(later, wuchang, dongning):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE c230184.catalog_producer ADD fax integer")
    before = schemas.catalogue("c230184")
    later(ROADS["AddIndex"][0], name="9001_index")
    later(ROADS["AddField"][0], name="9002_fax", before="9001_index")
    report = migrating.migrate_counties()
    assert list(report.failed) == ["230184"]
    assert "fax" in report.failed["230184"]
    assert schemas.catalogue("c230184") == before
    assert same_everywhere(dongning)
    assert "fax" in SchemaState.objects.get(county=wuchang).trouble
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE c230184.catalog_producer DROP fax")
    assert migrating.migrate_counties().fast == ["230184"]
    assert same_everywhere(wuchang, dongning)
    assert SchemaState.objects.get(county=wuchang).trouble == ""


@pytest.mark.django_db(transaction=True)
def test_killed_between_two_counties_the_next_run_goes_on(later, wuchang, dongning, monkeypatch):
    class Killed(BaseException):
        pass

    monkeypatch.setattr(lots, "LOT", 1)

    def die(place, total, county):
        raise Killed

    later(ROADS["AddField"][0])
    with pytest.raises(Killed):
        migrating.migrate_counties(die)
    assert [county.code for county in migrating.behind()] == ["231086"]
    report = migrating.migrate_counties()
    assert (report.current, report.fast) == (["230184"], ["231086"])
    assert same_everywhere(wuchang, dongning)


@pytest.fixture
def one_by_one(monkeypatch):
    """The counties that were not brought in a lot."""
    seen, bring = [], migrating._bring
    monkeypatch.setattr(migrating, "_bring", lambda county, *rest: (seen.append(county.code), bring(county, *rest)))
    return seen


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", [name for name, (_operation, road) in ROADS.items() if road == "fast"])
def test_counties_of_one_shape_go_together(later, wuchang, dongning, one_by_one, name):
    later(ROADS[name][0])
    assert migrating.migrate_counties().fast == ["230184", "231086"]
    assert one_by_one == []
    assert same_everywhere(wuchang, dongning)
    assert migrating.behind() == []


@pytest.mark.django_db(transaction=True)
def test_counties_that_compute_or_differ_go_one_by_one(later, wuchang, dongning, one_by_one):
    later(ROADS["RunPython"][0])
    migrating.migrate_counties()
    assert one_by_one == ["230184", "231086"]
    one_by_one.clear()
    later(ROADS["AddField"][0], name="9002_fax", before="9001_later")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM c231086.django_migrations WHERE name = '9001_later'")
    migrating.migrate_counties()
    assert one_by_one == ["230184", "231086"]
    assert same_everywhere(wuchang, dongning)


@pytest.mark.django_db(transaction=True)
def test_a_lot_gives_way_to_whoever_holds_a_table(later, wuchang, dongning, one_by_one):
    """A reader in the middle of a transaction: the lot is left at once, and its counties wait their turn patiently."""
    import threading

    from django.db import connections

    held, free = threading.Event(), threading.Event()

    def read():
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN; SELECT count(*) FROM c231086.catalog_producer")
            held.set()
            free.wait(20)
            cursor.execute("COMMIT")
        connections.close_all()

    reader = threading.Thread(target=read)
    later(ROADS["AddField"][0])
    migrating.advance_template()
    reader.start()
    assert held.wait(10)
    try:
        report = migrating.advance_counties(lambda place, _of, _county: free.set() if place == 1 else None)
    finally:
        free.set()
        reader.join()
    assert (report.fast, report.failed) == (["230184", "231086"], {})
    assert one_by_one == ["230184", "231086"]
    assert same_everywhere(wuchang, dongning)


@pytest.mark.django_db(transaction=True)
def test_a_lot_locks_every_table_before_it_changes_the_first(later, wuchang, dongning):
    sent = []
    later(ROADS["AddField"][0])
    migrating.advance_template()
    with connection.execute_wrapper(lambda run, sql, *rest: (sent.append(sql), run(sql, *rest))[1]):
        migrating.advance_counties()
    (message,) = [sql for sql in sent if "ADD COLUMN" in sql]
    assert message.count("LOCK TABLE") == message.count("ADD COLUMN") == 2
    assert message.rindex("LOCK TABLE") < message.index("ADD COLUMN")
    assert locks.tables_in(message) == {"catalog_producer": "ACCESS EXCLUSIVE"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ROADS)
def test_a_county_made_after_a_migration_has_it_from_the_start(later, wuchang, monkeypatch, name):
    """Dumping the template anew reads every county's catalogue: only what makes a key or computes asks for it."""
    operation, road = ROADS[name]
    dumped, dump = [], schemas._dump
    monkeypatch.setattr(schemas, "_dump", lambda schema: dumped.append(schema) or dump(schema))
    schemas.script()
    dumped.clear()
    later(operation)
    migrating.migrate_counties()
    assert dumped == ([schemas.TEMPLATE] if road == "slow" or name == "CreateModel" else [])
    schemas.create_schema("c230524")
    assert schemas.differences("c230524") == []
    assert sorted(schemas.applied("c230524")) == sorted(schemas.applied(schemas.TEMPLATE))
    assert same_everywhere(wuchang)


@pytest.mark.django_db(transaction=True)
def test_a_script_that_had_fallen_behind_is_dumped_and_not_added_to(later):
    schemas.script()
    CountyScript.objects.update(fingerprint="of an older template")
    later(ROADS["AddField"][0])
    migrating.migrate_counties()
    assert "fax" in schemas.script().sql
    assert "SET LOCAL" not in schemas.script().sql


@pytest.mark.django_db(transaction=True)
def test_a_county_opened_after_a_migration_opens_through_the_ordinary_door(later, wuchang):
    from kernel import outbox
    from tenants.models import County
    from tenants.opening import Plan, plan_counties

    later(ROADS["AddField"][0])
    migrating.migrate_counties()
    plan_counties([Plan("230524", service_phone="0469-55550524")])
    while outbox.relay_once():
        pass
    assert same_everywhere(wuchang, County.objects.get(code="230524"))
