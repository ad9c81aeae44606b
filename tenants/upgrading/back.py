"""Undoing an upgrade: the template first, then county by county, the public tables last."""

from collections.abc import Collection
from functools import partial

from django.conf import settings
from django.db import connection
from django.db.migrations.migration import Migration
from django.utils.translation import gettext as _

from kernel import audit
from tenants import locks, schemas
from tenants.errors import UpgradeRefused
from tenants.migrating import Report, lock_schemas, undo_counties
from tenants.models import RenderedMigration
from tenants.one_migration import Name, executor_in, is_fast, migrate, render, run_sql
from tenants.upgrading import book
from tenants.upgrading.book import Entry, Kind, State
from tenants.upgrading.plan import PUBLIC
from tenants.upgrading.running import Say, check, check_alone, dotted_names, entered, progress

Back = dict[Name, str | None]


def entry_to_undo() -> Entry:
    """The upgrade to this release; raises where there is none, where it was contracted, or another release made it."""
    entry = book.to_undo()
    if entry is None:
        raise UpgradeRefused(_("没有可以退回的升级：还没有升级过，或者已经收尾、已经退回。"))
    if entry.release != settings.RELEASE:
        raise UpgradeRefused(
            _("最近一次升级是另一个版本（%(release)s）做的，在那一版的目录里运行退回。") % {"release": entry.release}
        )
    return entry


def undo(entry: Entry, *, by_name: str, say: Say) -> Report:
    """All migrations of one upgrade. Killed anywhere it goes on when it is called again."""
    check_alone(old=False)
    with entered(Kind.BACK, entry.names, by_name) as returning:
        back = undo_template(entry.names, entry)
        say(_("模板退回了"))
        report = undo_counties(back, progress(say), stop=True)
        check(report)
        audit.record("upgrade.back", title=returning.release, by_name=by_name, migrations=dotted_names(entry.names))
        undo_public(entry.names)
        book.close_entry(entry, State.UNDONE)
    return report


def undo_template(names: Collection[Name], entry: Entry | None = None) -> Back:
    """How each migration is undone, in order; kept in the entry, because the template forgets as it goes."""
    back: Back = dict(entry.back) if entry else {}
    for migration in _taken(schemas.TEMPLATE, names):
        name = (migration.app_label, migration.name)
        back[name] = _way_back(schemas.TEMPLATE, migration)
        locks.patiently(partial(_undo_in_template, name, back, entry))
    connection.set_schema_to_public()
    schemas.script()
    return back


def _undo_in_template(name: Name, back: Back, entry: Entry | None) -> None:
    lock_schemas()
    connection.set_schema_to_public()
    if entry:
        book.keep_back(entry, back)
    RenderedMigration.objects.filter(app=name[0], name=name[1]).delete()
    _undo_in(schemas.TEMPLATE, name, back[name])
    connection.set_schema_to_public()


def undo_public(names: Collection[Name]) -> None:
    for migration in _taken(PUBLIC, names):
        name = (migration.app_label, migration.name)
        undoing = partial(_undo_in, PUBLIC, name, _way_back(PUBLIC, migration))
        if migration.atomic:
            locks.patiently(undoing)
        else:
            undoing()
    connection.set_schema_to_public()


def _taken(schema: str, names: Collection[Name]) -> list[Migration]:
    """The last one first."""
    wanted = set(names)
    nodes = executor_in(schema).loader.graph.nodes
    return [nodes[name] for name in reversed(schemas.applied(schema)) if name in wanted]


def _way_back(schema: str, migration: Migration) -> str | None:
    return render(schema, migration, backwards=True) if is_fast(migration, schema) else None


def _undo_in(schema: str, name: Name, sql: str | None) -> None:
    if sql is None:
        migrate(schema, name, backwards=True)
    else:
        locks.lock_tables(locks.tables_in(sql), schema=schema)
        run_sql(schema, name, sql, backwards=True)
