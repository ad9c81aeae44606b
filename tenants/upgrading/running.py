"""Taking the steps of a plan: public tables, the template, then county by county."""

import contextlib
from collections.abc import Callable, Collection, Iterator
from functools import partial

from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.utils.translation import gettext as _

from kernel import audit
from tenants import locks
from tenants.errors import CountyFailed, OtherRelease, UpgradeRefused, UpgradeUnderWay
from tenants.migrating import Report, advance_counties, advance_template
from tenants.models import County
from tenants.one_migration import Name, is_fast, migrate, render, run_sql
from tenants.scope import public_scope
from tenants.upgrading import book
from tenants.upgrading.book import Kind, State
from tenants.upgrading.plan import PUBLIC, Plan, Step, make_plan

UPGRADE_LOCK = 7_301_203

Say = Callable[[str], None]


@contextlib.contextmanager
def alone(*, wait: bool = False) -> Iterator[None]:
    """One upgrade at a time over all machines; PostgreSQL lets go of it when we die."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [UPGRADE_LOCK])
        if not cursor.fetchone()[0]:
            if not wait:
                raise UpgradeUnderWay(_under_way())
            cursor.execute("SELECT pg_advisory_lock(%s)", [UPGRADE_LOCK])
    try:
        yield
    finally:
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [UPGRADE_LOCK])


def expand(plan: Plan, *, by_name: str, say: Say) -> Report:
    """What only adds. Killed anywhere it goes on when it is called again."""
    check_expanding(plan)
    names = [step.name for step in plan.expanding]
    with entered(Kind.EXPAND, names, by_name) as entry:
        take_public(plan.expanding, say)
        advance_template(names)
        say(_("模板升好了"))
        report = advance_counties(progress(say), stop=True)
        check(report)
        audit.record("upgrade.expand", title=entry.release, by_name=by_name, migrations=dotted_names(names))
    return report


def contract(plan: Plan, *, by_name: str, say: Say) -> Report:
    """What takes away; from here on there is no way back. Counties first: their keys point at public tables."""
    if plan.expanding or plan.behind:
        raise UpgradeRefused(_("还有没做完的升级，先运行 jieti upgrade。"))
    check_alone(old=True)
    names = [step.name for step in plan.contracting]
    with entered(Kind.CONTRACT, names, by_name) as entry:
        advance_template(names)
        report = advance_counties(progress(say), stop=True)
        check(report)
        take_public(plan.contracting, say)
        audit.record("upgrade.contract", title=entry.release, by_name=by_name, migrations=dotted_names(names))
    return report


def at_start(*, contracting: bool) -> None:
    """What a starting platform does by itself; an older release that starts beside a newer one does nothing.

    A county that fails keeps its old tables and is named; the others go on, because nobody stands by.
    """
    with alone(wait=True):
        plan = make_plan()
        if plan.is_older:
            return
        steps = plan.steps if contracting and not _others(old=True) else plan.expanding
        if not steps:
            advance_counties()
            return
        kind = Kind.CONTRACT if any(step.contracts for step in steps) else Kind.EXPAND
        names = [step.name for step in steps]
        with entered(kind, names, "") as entry:
            take_public(steps, lambda _text: None)
            advance_template(names)
            report = advance_counties()
            action = "upgrade.contract" if kind == Kind.CONTRACT else "upgrade.expand"
            audit.record(action, title=entry.release, migrations=dotted_names(names), failed=sorted(report.failed))


def check_alone(*, old: bool) -> None:
    """Processes of the other release, or (``old=False``) of this one beside ourselves, must be gone by now."""
    found = _others(old=old)
    if not found:
        return
    facts = {"names": "、".join(f"{name} × {number}" for name, number in found)}
    if old:
        raise OtherRelease(_("旧版还连着数据库（%(names)s）。停掉旧版的网站、任务和定时，再收尾。") % facts)
    raise OtherRelease(_("新版还连着数据库（%(names)s）。停掉新版的网站、任务和定时，再退回。") % facts)


def _others(*, old: bool) -> list[tuple[str, int]]:
    mine = f"jieti {settings.RELEASE}"
    with connection.cursor() as cursor:
        cursor.execute(CONNECTED)
        return [(name, number) for name, number in cursor.fetchall() if (name != mine) == old]


def take_public(steps: Collection[Step], say: Say) -> None:
    """The public tables, one migration after another; each is whole or not there."""
    wanted = [step for step in steps if step.in_public]
    for step in wanted:
        _take_in_public(step)
        if step.of_public:
            say(_("省级 %(step)s 升好了") % {"step": step.title})
    if wanted:
        connection.set_schema_to_public()
        emit_post_migrate_signal(verbosity=0, interactive=False, db="default")  # content types, permissions


def _take_in_public(step: Step) -> None:
    if is_fast(step.migration, PUBLIC):
        sql = render(PUBLIC, step.migration)
        locks.patiently(partial(_run_in_public, step.name, sql))
    elif step.migration.atomic:
        locks.patiently(partial(migrate, PUBLIC, step.name))
    else:
        _drop_half_built(step)
        migrate(PUBLIC, step.name)


def _run_in_public(name: Name, sql: str) -> None:
    locks.lock_tables(locks.tables_in(sql), schema=PUBLIC)
    run_sql(PUBLIC, name, sql)


def _drop_half_built(step: Step) -> None:
    """An index that was being built when we were killed stays behind, of no use and in the way."""
    names = [operation.index.name for operation in step.migration.operations if hasattr(operation, "index")]
    with public_scope(), connection.cursor() as cursor:
        cursor.execute(HALF_BUILT, [names])
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP INDEX CONCURRENTLY public."{name}"')


@contextlib.contextmanager
def entered(kind: Kind, names: list[Name], by_name: str) -> Iterator[book.Entry]:
    """The book says what is under way, what stopped it, and that it is done."""
    entry = book.open_entry(kind, settings.RELEASE, names, by_name)
    try:
        yield entry
    except Exception as trouble:
        book.close_entry(entry, State.STOPPED, str(trouble).strip())
        raise
    book.close_entry(entry, State.DONE)


def check_expanding(plan: Plan) -> None:
    if plan.is_older:
        raise UpgradeRefused(
            _("数据库已经升到更新的版本（%(names)s），这一版不认识。在新版的目录里运行。")
            % {"names": "、".join(plan.unknown)}
        )
    if plan.waits_for_contraction:
        raise UpgradeRefused(
            _("上一版还没有收尾（%(name)s）。先在正在运行的版本里运行 jieti upgrade --contract。")
            % {"name": plan.waits_for_contraction}
        )
    if plan.faults:
        raise UpgradeRefused("\n".join([_("这一版会弄坏正在运行的版本，没有动任何库表："), *map(str, plan.faults)]))


def check(report: Report) -> None:
    for code, trouble in report.failed.items():
        name = County.objects.filter(code=code).values_list("name", flat=True).first()
        raise CountyFailed(
            _(
                "%(code)s %(name)s 没有升级，仍是原来的库表：%(trouble)s\n旧版照常运行。先看差在哪里：jieti county check %(code)s；改好以后再运行 jieti upgrade，会从这个县接着做。"
            )
            % {"code": code, "name": name, "trouble": trouble},
            county=code,
        )


def progress(say: Say) -> Callable[[int, int, County], None]:
    def on_step(place: int, total: int, county: County) -> None:
        say(_("县 %(place)s/%(total)s %(county)s") % {"place": place, "total": total, "county": county.name})

    return on_step


def _under_way() -> str:
    last = next(iter(book.entries(1)), None)
    if last is None:
        return _("另一个升级正在做。等它做完再来。")
    facts = {"kind": last.kind.label, "by": last.by_name or "?", "at": f"{last.began_at:%Y-%m-%d %H:%M}"}
    return _("另一个%(kind)s正在做（%(by)s，%(at)s 开始）。等它做完再来。") % facts


def dotted_names(names: Collection[Name]) -> list[str]:
    return [".".join(name) for name in names]


CONNECTED = """
SELECT application_name, count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'jieti %'
 GROUP BY 1 ORDER BY 1
"""
HALF_BUILT = """
SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND NOT i.indisvalid AND c.relname = ANY(%s)
"""
