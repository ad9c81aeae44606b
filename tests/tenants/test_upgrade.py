"""An upgrade in one process: planned, taken, stopped, gone on with, undone, contracted."""

import shutil
import sys
import threading
import time
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from kernel.models import AuditEntry
from tenants import locks, migrating, schemas
from tenants.errors import CountyFailed, OtherRelease, UpgradeRefused, UpgradeUnderWay
from tenants.models import SchemaState
from tenants.upgrading import back, book, running
from tenants.upgrading.plan import make_plan
from tenants.upgrading.rehearsal import rehearse

TEXT = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations as m, models
import django.db.models.deletion

def upper(apps, editor):
    for one in apps.get_model("catalog", "Producer").objects.all():
        one.intro = one.name.upper()
        one.save()

def empty(apps, editor):
    apps.get_model("catalog", "Producer").objects.update(intro="")

class Migration(m.Migration):
    dependencies = [("{app}", "{before}")]
    {marks}
    operations = [{operations}]
"""
FAX = "m.AddField('producer', 'fax', models.CharField(max_length=20, db_default='无'))"
LISTING_FAX = "m.AddField('listing', 'fax', models.CharField(max_length=20, null=True))"
KILN = (
    "m.CreateModel('Kiln', [('id', models.BigAutoField(primary_key=True)),"
    " ('producer', models.ForeignKey('catalog.producer', on_delete=django.db.models.deletion.CASCADE))])"
)
COMPUTED = "m.RunPython(upper, empty)"
BESIDE = "AddIndexConcurrently('listing', models.Index(fields=['place'], name='listing_by_place'))"
NO_INTRO = "m.RemoveField('producer', 'households')"
silent = lambda _text: None  # noqa: E731


@pytest.fixture
def newer(tmp_path, settings, monkeypatch, transactional_db):
    """``newer(app, operations)``: the next release has one migration more."""
    monkeypatch.syspath_prepend(str(tmp_path))
    settings.MIGRATION_MODULES = {}
    last = {}
    with connection.cursor() as cursor:
        cursor.execute(book.TABLE)  # it stays when an upgrade is undone

    def forget():
        for module in [known for known in sys.modules if known.startswith("later_")]:
            del sys.modules[module]

    def package_of(app):
        package = tmp_path / f"later_{tmp_path.name}_{app}"
        if not package.exists():
            shutil.copytree(Path(apps.get_app_config(app).path) / "migrations", package)
            last[app] = max(path.stem for path in package.glob("0*.py"))
            settings.MIGRATION_MODULES = {**settings.MIGRATION_MODULES, app: package.name}
        return package

    def plant(app, *operations, marks="", name=""):
        package = package_of(app)
        name = name or f"90{len(list(package.glob('90*.py'))) + 1:02}_later"
        text = TEXT.format(app=app, before=last[app], operations=", ".join(operations), marks=marks)
        (package / f"{name}.py").write_text(text, encoding="utf-8")
        last[app] = name
        forget()
        return name

    def pull(app, name):
        """The older release again."""
        (package_of(app) / f"{name}.py").unlink()
        last[app] = max(path.stem for path in package_of(app).glob("*0*.py"))
        forget()

    plant.pull = pull
    yield plant
    forget()


def expand(**more):
    return running.expand(make_plan(), by_name="周工", say=more.get("say", silent))


def shapes():
    return {place: schemas.catalogue(place) for place in ("public", schemas.TEMPLATE, "c230184", "c231086")}


def columns(table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table])
        return {row[0] for row in cursor.fetchall()}


def another():
    """A connection of somebody else's."""
    facts = connection.settings_dict
    return psycopg2.connect(dbname=facts["NAME"], user=facts["USER"], host=facts["HOST"])


def run(*words):
    out = StringIO()
    call_command("upgrade", *words, stdout=out)
    return out.getvalue()


pytestmark = pytest.mark.django_db(transaction=True)


def test_the_plan_says_where_by_which_road_and_what_waits(newer, wuchang, dongning):
    newer("catalog", FAX)
    newer("catalog", COMPUTED)
    newer("catalog", NO_INTRO, marks='contracts = "0.2"')
    newer("search", LISTING_FAX)
    newer("search", BESIDE, marks="atomic = False")
    plan = make_plan()
    told = {step.title: (step.of_counties, step.of_public, step.fast, step.contracts) for step in plan.steps}
    assert told == {
        "catalog.9001_later": (True, False, True, False),
        "catalog.9002_later": (True, False, False, False),
        "catalog.9003_later": (True, False, True, True),
        "search.9001_later": (False, True, True, False),
        "search.9002_later": (False, True, False, False),
    }
    assert (plan.counties, plan.faults, plan.is_older) == (["230184", "231086"], [], False)


def test_an_upgrade_takes_public_and_counties_and_one_command_undoes_it(newer, wuchang, dongning):
    from catalog.models import Producer

    connection.set_schema("c230184")
    Producer.objects.create(name="rice co", kind="coop", business_phone="1")
    connection.set_schema_to_public()
    before = shapes()
    newer("catalog", FAX)
    newer("catalog", KILN)
    newer("catalog", COMPUTED)
    newer("search", LISTING_FAX)
    newer("search", BESIDE, marks="atomic = False")
    report = expand()
    assert (report.failed, report.slow) == ({}, ["230184", "231086"])
    assert "fax" in columns("public.search_listing")
    assert "fax" in columns("c230184.catalog_producer")
    assert schemas.differences("c230184") == schemas.differences("c231086") == []
    connection.set_schema("c230184")
    assert Producer.objects.get().intro == "RICE CO"
    connection.set_schema_to_public()
    assert make_plan().steps == []
    back.undo(back.entry_to_undo(), by_name="周工", say=silent)
    assert shapes() == before
    connection.set_schema("c230184")
    assert Producer.objects.get().intro == ""
    connection.set_schema_to_public()
    assert [(entry.kind, entry.state, entry.by_name) for entry in book.entries()] == [
        ("back", "done", "周工"),
        ("expand", "undone", "周工"),
    ]
    with pytest.raises(UpgradeRefused, match="没有可以退回的升级"):
        back.entry_to_undo()
    actions = list(AuditEntry.objects.filter(action__startswith="upgrade.").values_list("action", flat=True))
    assert sorted(actions) == ["upgrade.back", "upgrade.expand"]
    assert expand().failed == {}


def test_contracting_is_a_step_of_its_own_and_ends_the_way_back(newer, wuchang, dongning):
    newer("catalog", FAX)
    newer("catalog", NO_INTRO, marks='contracts = "0.2 no longer shows it"')
    expand()
    assert "households" in columns("c230184.catalog_producer")
    plan = make_plan()
    assert (plan.expanding, [step.title for step in plan.contracting]) == ([], ["catalog.9002_later"])
    running.contract(plan, by_name="周工", say=silent)
    assert "households" not in columns("c230184.catalog_producer")
    assert schemas.differences("c231086") == []
    with pytest.raises(UpgradeRefused, match="收尾"):
        back.entry_to_undo()


def test_nothing_is_contracted_while_the_old_release_is_connected(newer, wuchang):
    newer("catalog", NO_INTRO, marks='contracts = "0.2"')
    facts = connection.settings_dict
    old = psycopg2.connect(
        dbname=facts["NAME"], user=facts["USER"], host=facts["HOST"], application_name="jieti 00000000"
    )
    try:
        with pytest.raises(OtherRelease, match="jieti 00000000 × 1"):
            running.contract(make_plan(), by_name="", say=silent)
        assert "households" in columns("c230184.catalog_producer")
    finally:
        old.close()


def test_nothing_is_undone_while_the_new_release_is_connected(newer, wuchang, settings):
    newer("catalog", FAX)
    expand()
    facts = connection.settings_dict
    name = f"jieti {settings.RELEASE}"
    new = psycopg2.connect(dbname=facts["NAME"], user=facts["USER"], host=facts["HOST"], application_name=name)
    try:
        with pytest.raises(OtherRelease, match="新版还连着"):
            back.undo(back.entry_to_undo(), by_name="", say=silent)
        assert "fax" in columns("c230184.catalog_producer")
    finally:
        new.close()


def test_what_breaks_the_running_release_is_refused_before_anything_is_touched(newer, wuchang):
    newer("catalog", FAX)
    newer("search", "m.RemoveField('listing', 'place')")
    before = shapes()
    with pytest.raises(UpgradeRefused, match=r"search\.9001_later"):
        expand()
    assert shapes() == before
    assert book.entries() == []


def test_the_first_county_that_fails_stops_it_whole_named_and_the_next_run_goes_on(newer, wuchang, dongning):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE c230184.catalog_producer ADD fax integer")
    newer("catalog", KILN)
    newer("catalog", FAX)
    before = schemas.catalogue("c230184")
    with pytest.raises(CountyFailed, match="jieti county check 230184"):
        expand()
    assert schemas.catalogue("c230184") == before
    assert "fax" not in columns("c231086.catalog_producer"), "it stopped there"
    assert "fax" in SchemaState.objects.get(county=wuchang).trouble
    assert [(entry.kind, entry.state) for entry in book.entries()] == [("expand", "stopped")]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE c230184.catalog_producer DROP fax")
    assert expand().fast == ["230184", "231086"]
    assert [(entry.kind, entry.state, len(entry.names)) for entry in book.entries()] == [("expand", "done", 2)]


@pytest.mark.parametrize(("there", "back_again"), [(1, 1), (2, 2), (3, 2)])
def test_killed_at_any_step_forward_and_back_it_goes_on(newer, wuchang, dongning, there, back_again):
    class Killed(BaseException):
        pass

    def dying(place):
        said = []

        def say(text):
            said.append(text)
            if len(said) == place:
                raise Killed

        return say

    before = shapes()
    newer("catalog", FAX)
    newer("catalog", COMPUTED)
    newer("search", LISTING_FAX)
    with pytest.raises(Killed):
        expand(say=dying(there))
    connection.set_schema_to_public()
    assert book.entries()[0].state == "running"
    assert expand().failed == {}
    assert schemas.differences("c230184") == schemas.differences("c231086") == []
    with pytest.raises(Killed):
        back.undo(back.entry_to_undo(), by_name="", say=dying(back_again))
    connection.set_schema_to_public()
    back.undo(back.entry_to_undo(), by_name="", say=silent)
    assert shapes() == before


def test_a_half_taken_upgrade_can_be_undone_too(newer, wuchang, dongning):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE c231086.catalog_producer ADD fax integer")
    before = shapes()
    newer("catalog", FAX)
    newer("search", LISTING_FAX)
    with pytest.raises(CountyFailed):
        expand()
    assert "fax" in columns("c230184.catalog_producer")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tenants_schemastate SET fingerprint = fingerprint")
    back.undo(back.entry_to_undo(), by_name="", say=silent)
    assert shapes() == before


def test_a_second_upgrade_at_once_is_told_so(newer, wuchang):
    newer("catalog", FAX)
    other = another()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [running.UPGRADE_LOCK])
        with pytest.raises(UpgradeUnderWay, match="等它做完再来"), running.alone():
            raise AssertionError
        with other.cursor() as cursor:  # a server's process lets go a moment after its connection is closed
            cursor.execute("SELECT pg_advisory_unlock(%s)", [running.UPGRADE_LOCK])
    finally:
        other.close()
    with running.alone():
        expand()


def test_a_long_transaction_is_waited_for_and_no_reader_behind_it(newer, wuchang, dongning, monkeypatch):
    """An ALTER TABLE that simply waits would keep everybody who comes later waiting as well."""
    monkeypatch.setattr(locks, "PATIENCE", 2)
    newer("catalog", FAX)
    long, reader, took, ended = another(), another(), [], threading.Event()

    def read():
        while not ended.is_set():
            began = time.monotonic()
            with reader, reader.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM c230184.catalog_producer")
            took.append(time.monotonic() - began)
            time.sleep(0.01)

    reading = threading.Thread(target=read)
    try:
        with long.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM c230184.catalog_producer")
        reading.start()
        with pytest.raises(CountyFailed, match="pg_terminate_backend"):
            expand()
    finally:
        ended.set()
        reading.join()
        long.close()
        reader.close()
    assert len(took) > 50
    assert max(took) < 2 * locks.WITHIN + 0.3
    assert expand().failed == {}


def test_without_giving_up_readers_do_wait(newer, wuchang, monkeypatch):
    """The mutant of the test above: the change waits as long as it likes."""
    monkeypatch.setattr(locks, "WITHIN", 3)
    monkeypatch.setattr(locks, "PATIENCE", 1)
    newer("catalog", FAX)
    long, reader = another(), another()
    began = []

    def read():
        time.sleep(1)
        began.append(time.monotonic())
        with reader, reader.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM c230184.catalog_producer")
        began.append(time.monotonic())

    with long.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM c230184.catalog_producer")
    running.take_public(make_plan().expanding, silent)
    migrating.advance_template()
    reading = threading.Thread(target=read)
    reading.start()
    try:
        assert migrating.advance_counties(stop=True).failed
    finally:
        reading.join()
        long.close()
        reader.close()
    assert began[1] - began[0] > 1


def test_an_index_left_half_built_is_built_again(newer, wuchang):
    newer("search", BESIDE, marks="atomic = False")
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX listing_by_place ON public.search_listing (place)")
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'listing_by_place'::regclass")
    assert expand().failed == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'listing_by_place'::regclass")
        assert cursor.fetchone()[0]


def test_an_older_release_that_starts_beside_touches_nothing(newer, wuchang, dongning):
    name = newer("catalog", FAX)
    migration = newer("search", LISTING_FAX)
    expand()
    with connection.cursor() as cursor:  # one county is not there yet
        cursor.execute("UPDATE tenants_schemastate SET fingerprint = 'older' WHERE county_id = %s", [dongning.pk])
    newer.pull("catalog", name)
    newer.pull("search", migration)
    plan = make_plan()
    assert plan.is_older
    running.at_start(contracting=True)
    assert SchemaState.objects.get(county=dongning).trouble == ""
    with pytest.raises(UpgradeRefused, match="更新的版本"):
        expand()


def test_the_older_release_is_ready_while_the_newer_is_brought_in(newer, wuchang, monkeypatch):
    from config import health

    name = newer("search", LISTING_FAX)
    expand()
    newer.pull("search", name)
    monkeypatch.setattr(health, "_migrated", False)
    assert health._migrations() == ""


def test_the_newer_release_is_ready_before_it_is_contracted(newer, wuchang, monkeypatch):
    from config import health

    newer("search", LISTING_FAX)
    newer("search", "m.DeleteModel('figures')", marks='contracts = "0.2"')
    monkeypatch.setattr(health, "_migrated", False)
    assert "1 migrations" in health._migrations()
    expand()
    assert health._migrations() == ""


def test_a_contraction_of_the_last_release_comes_first(newer, wuchang):
    newer("catalog", NO_INTRO, marks='contracts = "0.2"')
    newer("catalog", FAX)
    assert make_plan().waits_for_contraction == "catalog.9001_later"
    with pytest.raises(UpgradeRefused, match="--contract"):
        expand()


def test_it_is_rehearsed_on_a_copy_that_is_gone_afterwards(newer, wuchang, dongning):
    newer("catalog", FAX)
    newer("catalog", COMPUTED)
    newer("search", LISTING_FAX)
    before = shapes()
    assert "排练通过" in run("--dry-run")
    assert shapes() == before
    assert book.entries() == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE '%\\_rehearsal'")
        assert cursor.fetchone()[0] == 0


def test_a_rehearsal_finds_what_would_fail_and_what_does_not_come_back(newer, wuchang):
    before = shapes()
    index = "m.AddIndex('producer', models.Index(fields=['place'], name='{name}'))"
    newer("catalog", index.format(name="twice"), index.format(name="twice"))
    with pytest.raises(Exception, match="twice"):
        rehearse(make_plan())
    newer.pull("catalog", "9001_later")
    text = "m.RunSQL('ALTER TABLE catalog_producer ADD fax text', m.RunSQL.noop)"
    newer("catalog", text, marks='safe_because = "a column nobody must fill"', name="9001_sql")
    with pytest.raises(UpgradeRefused, match=r"catalog_producer\.fax"):
        rehearse(make_plan())
    assert shapes() == before


def test_the_command_shows_runs_and_tells(newer, wuchang, dongning):
    newer("catalog", FAX)
    newer("catalog", NO_INTRO, marks='contracts = "0.2"')
    shown = run("--dry-run", "--no-rehearsal")
    assert "扩展 县 快路  catalog.9001_later" in shown
    assert "catalog.9002_later" not in shown
    assert "fax" not in columns("c230184.catalog_producer")
    with pytest.raises(CommandError, match="--yes"):
        run("--no-rehearsal")
    said = run("--yes", "--no-rehearsal", "--by", "周工")
    assert "县 2/2 东宁市" in said
    assert "--contract" in said
    assert "只剩收尾" in run("--yes")
    assert "catalog.9002_later" in run("--contract", "--dry-run", "--no-rehearsal")
    assert "catalog.9001_later" in run("--back", "--dry-run")
    assert "退回了" in run("--back", "--yes")
    assert "fax" not in columns("c230184.catalog_producer")
    assert "周工" in run("--history")


def test_with_nothing_to_do_it_does_not_say_that_something_was_done(wuchang):
    assert "没有要升级的" in run("--dry-run")
    assert "没有要收尾的" in run("--contract")
    assert "还没有升级过" in run("--history")


def test_every_county_is_where_the_template_is(newer, wuchang, dongning):
    """What a county says of itself is looked up, not believed."""
    newer("catalog", FAX)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO c230184.django_migrations (app, name, applied) VALUES ('catalog', '9999', now())")
    with pytest.raises(CountyFailed, match="迁移和模板的不一样"):
        expand()
    assert migrating.behind() == [wuchang, dongning]
