"""The rule of an upgrade: what the running release would not bear is refused with a sentence that says what instead."""

import pytest
from django.contrib.postgres import operations as pg
from django.db import migrations as m
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.models.functions import Now, Random

from tenants.upgrading import released as releases
from tenants.upgrading.released import Released, read_released, write_released
from tenants.upgrading.rule import faults

COUNTY = ("catalog", "producer", "name")
PUBLIC = ("search", "listing", "title")
UNDO = m.RunPython.noop


def nothing(apps, editor):
    """A migration that computes."""


def plant(*several, released=None):
    """Migrations after the last release, each ``(app, operations, marks)``; the base is what is on disk."""
    loader = MigrationLoader(None)
    last = dict(loader.graph.leaf_nodes())
    base = Released("now", last=dict(last), **(released or {}))
    for number, (app, operations, marks) in enumerate(several):
        before = (app, last[app])
        name = (app, f"{9001 + number}_planted")
        migration = type("Migration", (m.Migration,), {"operations": operations, **marks})(name[1], app)
        loader.graph.add_node(name, migration)
        loader.graph.add_dependency(migration, name, before)
        last[app] = name[1]
    return faults(loader, base)


def sentences(app, *operations, **marks):
    return [fault.sentence for fault in plant((app, operations, marks))]


REFUSED = {
    "drop a column": ("catalog", m.RemoveField("producer", "place"), "contracts"),
    "drop a table": ("search", m.DeleteModel("figures"), "contracts"),
    "rename a column": ("catalog", m.RenameField("producer", "place", "spot"), 'db_column="place"'),
    "rename a table": ("search", m.RenameModel("Want", "Wish"), 'db_table = "search_want"'),
    "move a table": ("search", m.AlterModelTable("want", "wishes"), 'db_table = "search_want"'),
    "a column that must be filled": (
        "catalog",
        m.AddField("producer", "fax", models.TextField(default="")),
        "db_default",
    ),
    "a unique column with one value": (
        "catalog",
        m.AddField("producer", "fax", models.TextField(db_default="", unique=True)),
        "null=True",
    ),
    "a public column with its index": (
        "search",
        m.AddField("listing", "fax", models.TextField(null=True, db_index=True)),
        "AddIndexConcurrently",
    ),
    "a public table rewritten": (
        "search",
        m.AddField("listing", "luck", models.FloatField(db_default=Random())),
        "null=True",
    ),
    "no longer null": (
        "catalog",
        m.AlterField("producer", "village_id", models.BigIntegerField(db_default=0)),
        "contracts",
    ),
    "narrower": (
        "catalog",
        m.AlterField("producer", "name", models.CharField(max_length=20, unique=True)),
        "contracts",
    ),
    "another type": ("catalog", m.AlterField("producer", "place", models.JSONField(default=list)), "旁边加一个新列"),
    "a public table rewritten for a wider type": (
        "search",
        m.AlterField("listing", "price_fen", models.BigIntegerField()),
        "旁边加一个新列",
    ),
    "another column": (
        "catalog",
        m.AlterField("producer", "place", models.CharField(max_length=80, db_column="spot")),
        'db_column="place"',
    ),
    "now unique": ("catalog", m.AlterField("producer", "place", models.CharField(max_length=80, unique=True)), "重复"),
    "no longer unique": ("catalog", m.AlterField("producer", "name", models.CharField(max_length=60)), "contracts"),
    "unique together": (
        "catalog",
        m.AddConstraint("producer", models.UniqueConstraint(fields=["name", "place"], name="once")),
        "contracts",
    ),
    "unique together the old way": ("catalog", m.AlterUniqueTogether("producer", {("name", "place")}), "contracts"),
    "a condition": (
        "catalog",
        m.AddConstraint("producer", models.CheckConstraint(condition=~models.Q(place=""), name="placed")),
        "contracts",
    ),
    "a condition to be checked later": (
        "search",
        pg.AddConstraintNotValid("listing", models.CheckConstraint(condition=~models.Q(place=""), name="placed")),
        "contracts",
    ),
    "less unique": ("search", m.RemoveConstraint("listing", "listing_once"), "contracts"),
    "a public index that stops writers": (
        "search",
        m.AddIndex("listing", models.Index(fields=["place"], name="at_place")),
        "AddIndexConcurrently",
    ),
    "an index a county cannot build beside": (
        "catalog",
        pg.AddIndexConcurrently("producer", models.Index(fields=["place"], name="at_place")),
        "AddIndex",
    ),
    "an order of its own": ("catalog", m.AlterOrderWithRespectTo("variant", "product"), "db_default"),
    "SQL nobody can judge": ("catalog", m.RunSQL("SELECT 1", "SELECT 1"), "safe_because"),
    "no way back": ("catalog", m.RunPython(nothing), "reverse_code"),
    "a table dropped beside the models": (
        "search",
        m.SeparateDatabaseAndState(database_operations=[m.DeleteModel("figures")]),
        "contracts",
    ),
    "a column forgotten that must be filled": (
        "catalog",
        m.SeparateDatabaseAndState(state_operations=[m.RemoveField("producer", "kind")]),
        "null=True",
    ),
}

GOOD = {
    "a column that may be empty": ("catalog", [m.AddField("producer", "fax", models.TextField(null=True))]),
    "a column with a default of the database": (
        "search",
        [m.AddField("listing", "fax", models.CharField(max_length=20, db_default="无"))],
    ),
    "a moment of the database": ("search", [m.AddField("listing", "seen", models.DateTimeField(db_default=Now()))]),
    "a new table with whatever it likes": (
        "search",
        [
            m.CreateModel("Kiln", [("id", models.BigAutoField(primary_key=True)), ("a", models.IntegerField())]),
            m.AddField("kiln", "b", models.IntegerField(default=1)),
            m.AddIndex("kiln", models.Index(fields=["a"], name="kiln_a")),
            m.AddConstraint("kiln", models.UniqueConstraint(fields=["a"], name="kiln_once")),
            m.RenameField("kiln", "a", "c"),
            m.RemoveField("kiln", "b"),
        ],
    ),
    "wider": (
        "search",
        [
            m.AlterField("listing", "title", models.CharField(max_length=400)),
            m.AlterField("listing", "summary", models.TextField()),
        ],
    ),
    "wider numbers in a county": (
        "catalog",
        [m.AlterField("producer", "households", models.BigIntegerField(null=True))],
    ),
    "now null": ("catalog", [m.AlterField("producer", "kind", models.CharField(max_length=12, null=True))]),
    "other words on it": (
        "catalog",
        [m.AlterField("producer", "place", models.CharField(max_length=80, help_text="?"))],
    ),
    "renamed for Python only": (
        "catalog",
        [
            m.AlterField("producer", "place", models.CharField(max_length=80, db_column="place")),
            m.RenameField("producer", "place", "spot"),
        ],
    ),
    "an index of a county": ("catalog", [m.AddIndex("producer", models.Index(fields=["place"], name="at_place"))]),
    "an index beside": (
        "search",
        [pg.AddIndexConcurrently("listing", models.Index(fields=["place"], name="at_place"))],
    ),
    "a condition on new columns": (
        "catalog",
        [
            m.AddField("producer", "fax", models.TextField(null=True)),
            m.AddConstraint("producer", models.CheckConstraint(condition=~models.Q(fax=""), name="faxed")),
            m.AddConstraint("producer", models.UniqueConstraint(fields=["fax"], name="fax_once")),
        ],
    ),
    "data with a way back": ("catalog", [m.RunPython(nothing, UNDO)]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_breaks_the_running_release_is_refused_with_what_to_do_instead(name):
    app, operation, instead = REFUSED[name]
    said = sentences(app, operation)
    assert said
    assert instead in " ".join(said)


@pytest.mark.parametrize("name", GOOD)
def test_what_the_running_release_bears_is_let_through(name):
    app, operations = GOOD[name]
    assert sentences(app, *operations) == []


def test_data_and_shape_do_not_share_a_migration():
    fax = m.AddField("producer", "fax", models.TextField(null=True))
    assert "RunPython" in sentences("catalog", fax, m.RunPython(nothing, UNDO))[0]


def test_a_marked_contraction_may_take_away():
    for name in ("drop a table", "narrower", "unique together", "a condition", "less unique", "now unique"):
        app, operation, _instead = REFUSED[name]
        assert sentences(app, operation, contracts="0.2 no longer uses it") == []


@pytest.mark.parametrize("name", ["rename a column", "rename a table", "another type", "a column that must be filled"])
def test_a_mark_does_not_make_good_what_neither_release_bears(name):
    app, operation, _instead = REFUSED[name]
    assert sentences(app, operation, contracts="0.2") != []


def test_a_column_is_emptied_of_its_duty_before_it_goes():
    """Between expanding and contracting the new release writes rows without the column."""
    kind = models.CharField(max_length=12, null=True)
    gone = ("catalog", [m.RemoveField("producer", "kind")], {"contracts": "0.2"})
    assert "null=True" in plant(gone)[0].sentence
    assert plant(("catalog", [m.AlterField("producer", "kind", kind)], {}), gone) == []


def test_nothing_expands_after_a_contraction():
    gone = ("search", [m.DeleteModel("figures")], {"contracts": "0.2"})
    more = ("search", [m.AddField("listing", "fax", models.TextField(null=True))], {})
    assert "search.9001_planted" in plant(gone, more)[0].sentence


def test_a_reason_speaks_for_what_cannot_be_judged():
    assert sentences("catalog", m.RunSQL("SELECT 1", "SELECT 1"), safe_because="it only reads") == []


def test_other_peoples_migrations_are_spoken_for_in_the_list():
    column = [m.RemoveField("redirect", "old_path")]
    assert plant(("wagtailredirects", column, {})) != []
    assert plant(("wagtailredirects", column, {}), released={"safe": {"wagtailredirects.9001_planted": "unused"}}) == []


def test_a_planted_migration_is_named_with_its_operation():
    fault = plant(("catalog", [m.RemoveField("producer", "place")], {}))[0]
    assert str(fault).startswith("catalog.9001_planted · Remove field place from producer")


def test_what_is_on_disk_keeps_the_rule():
    assert faults(MigrationLoader(None), read_released()) == []


def test_a_release_is_written_down_and_read_back(tmp_path):
    place = tmp_path / "released.toml"
    place.write_text(releases.SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    loader = MigrationLoader(None)
    write_released(loader, "7.1", place)
    again = read_released(place)
    assert again.release == "7.1"
    assert again.nodes(loader) == set(loader.graph.nodes)
