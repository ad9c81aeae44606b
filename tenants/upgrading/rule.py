"""May the release that runs go on working while this migration is taken, and can it be undone?

Both releases read and write the same tables from the first county's migration until the old release is
stopped. So an upgrade only adds (expands); what takes away (contracts) waits for ``jieti upgrade --contract``.
An operation is looked at only where its table was in the last release: a table of one's own may be anything.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres import operations as pg
from django.db import connection, models
from django.db.migrations import operations as ops
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from tenants.links_up import LetGoOfPublic
from tenants.upgrading.released import Name, Released, dotted, in_order


@dataclass(frozen=True)
class Objection:
    """Why not, and what to do instead. A contraction may do it where ``later`` is true."""

    sentence: str
    later: bool = False


@dataclass(frozen=True)
class Fault:
    migration: str
    operation: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.migration} · {self.operation}：{self.sentence}"


@dataclass(frozen=True)
class Scene:
    """An operation with the tables before and after it, and those of the last release."""

    app: str
    before: ProjectState
    after: ProjectState
    released: ProjectState

    @property
    def public(self) -> bool:
        """Public tables are the large ones: everyone's goods, everyone's trail."""
        return apps.get_app_config(self.app).name not in settings.TENANT_APPS

    def is_released(self, model: str) -> bool:
        return (self.app, model.lower()) in self.released.models

    def is_released_field(self, model: str, name: str) -> bool:
        return self.is_released(model) and name in self.released.models[self.app, model.lower()].fields

    def field(self, state: ProjectState, model: str, name: str) -> Any:
        return state.models[self.app, model.lower()].get_field(name)


def faults(loader: MigrationLoader, released: Released, *, base: set[Name] | None = None) -> list[Fault]:
    """Everything against the rule in the migrations after the last release, or after ``base``."""
    base = released.nodes(loader) if base is None else base
    state, found = ProjectState(real_apps=loader.unmigrated_apps), []
    order = list(in_order(loader))
    for name in (name for name in order if name in base):
        state = loader.graph.nodes[name].mutate_state(state, preserve=False)
    at_release = state.clone()
    for name in (name for name in order if name not in base):
        migration = loader.graph.nodes[name]
        found += _comes_after_contraction(loader, name, base, released)
        found += _judge(migration, state, at_release, released)
        state = migration.mutate_state(state, preserve=True)
    return found


def _comes_after_contraction(loader: MigrationLoader, name: Name, base: set[Name], released: Released) -> list[Fault]:
    if released.is_contraction(loader.graph.nodes[name]):
        return []
    for before in loader.graph.forwards_plan(name):
        earlier = loader.graph.nodes[before]
        if before not in base and released.is_contraction(earlier):
            sentence = _("它要等收尾 %(contraction)s 以后才能做。收尾排在这一版的最后，把它移到收尾前面。")
            return [Fault(".".join(name), "", sentence % {"contraction": dotted(earlier)})]
    return []


def _judge(migration: Migration, state: ProjectState, at_release: ProjectState, released: Released) -> Iterator[Fault]:
    if released.is_declared_safe(migration):
        return
    contracts = released.is_contraction(migration)
    before = state.clone()
    for operation in migration.operations:
        after = before.clone()
        operation.state_forwards(migration.app_label, after)
        scene = Scene(migration.app_label, before, after, at_release)
        objections = [*objections_to(operation, scene), *_beside(operation, migration)]
        if contracts:
            objections = [one for one in objections if not one.later] + _left_to_fill(operation, scene)
        for objection in objections:
            yield Fault(dotted(migration), operation.describe(), objection.sentence)
        before = after


def objections_to(operation: Operation, scene: Scene) -> list[Objection]:
    """What the running release has against one operation."""
    if isinstance(operation, ops.SeparateDatabaseAndState):
        return _separate(operation, scene)
    asked = next((ASKED[kind] for kind in type(operation).__mro__ if kind in ASKED), None)
    if asked is None:
        return [Objection(_unknown())]
    found = list(asked(operation, scene))
    if not operation.reversible:
        found.append(Objection(_("它退不回去，升级就不能一步退回。给它写上 reverse_code 或 reverse_sql。"), later=True))
    return found


def _separate(operation: ops.SeparateDatabaseAndState, scene: Scene) -> list[Objection]:
    found, before = [], scene.before
    for inner in operation.database_operations:
        after = before.clone()
        inner.state_forwards(scene.app, after)
        found += objections_to(inner, Scene(scene.app, before, after, scene.released))
        before = after
    return found + [one for inner in operation.state_operations for one in _left_to_fill(inner, scene)]


def _beside(operation: Operation, migration: Migration) -> list[Objection]:
    """Rows changed in the transaction that changes the table keep it locked for as long, and often fail."""
    if not isinstance(operation, ops.RunPython):
        return []
    shapes = [one for one in migration.operations if not isinstance(one, ops.RunPython)]
    return [Objection(_("改数据和改表放在了一起，表会一直锁着。把 RunPython 放进单独的一个迁移。"))] if shapes else []


def _left_to_fill(operation: Operation, scene: Scene) -> list[Objection]:
    """The new release no longer names the column, and until the contraction it is still there."""
    if not isinstance(operation, ops.RemoveField):
        return []
    field = scene.field(scene.before, operation.model_name, operation.name)
    if field.many_to_many or field.null or field.generated or field.db_default is not NOT_PROVIDED:
        return []
    sentence = _(
        "新版不再填 %(column)s，而这一列不能为空，新版写不进去。先在前一个迁移里给它 null=True 或 db_default。"
    )
    return [Objection(sentence % {"column": _column(operation.name, field)})]


def _nothing(operation: Any, scene: Scene) -> Iterator[Objection]:
    return iter(())


def _unknown() -> str:
    return _(
        '看不出它会不会弄坏正在运行的版本。想清楚以后在迁移上写 safe_because = "为什么不会"，或者改用 Django 自带的操作。'
    )


def _raw(operation: Any, scene: Scene) -> Iterator[Objection]:
    yield Objection(_unknown(), later=True)


def _drops_table(operation: ops.DeleteModel, scene: Scene) -> Iterator[Objection]:
    if scene.is_released(operation.name):
        yield Objection(
            _("正在运行的版本还在用这张表。这一版先不再用它，删除放进标了 contracts 的收尾迁移。"), later=True
        )


def _drops_column(operation: ops.RemoveField, scene: Scene) -> Iterator[Objection]:
    if scene.is_released_field(operation.model_name, operation.name):
        yield Objection(
            _("正在运行的版本还在用这一列。这一版先不再用它，删除放进标了 contracts 的收尾迁移。"), later=True
        )


def _renames_table(operation: ops.RenameModel, scene: Scene) -> Iterator[Objection]:
    if not scene.is_released(operation.old_name):
        return
    old = _table(scene.before, scene.app, operation.old_name)
    if old != _table(scene.after, scene.app, operation.new_name):
        yield Objection(_('改表名两个版本总有一个找不到表。留住旧表名：Meta.db_table = "%(table)s"。') % {"table": old})


def _moves_table(operation: ops.AlterModelTable, scene: Scene) -> Iterator[Objection]:
    if scene.is_released(operation.name):
        old = _table(scene.before, scene.app, operation.name)
        if old != _table(scene.after, scene.app, operation.name):
            yield Objection(
                _('改表名两个版本总有一个找不到表。留住旧表名：Meta.db_table = "%(table)s"。') % {"table": old}
            )


def _renames_column(operation: ops.RenameField, scene: Scene) -> Iterator[Objection]:
    if not scene.is_released_field(operation.model_name, operation.old_name):
        return
    old = _column(operation.old_name, scene.field(scene.before, operation.model_name, operation.old_name))
    new = _column(operation.new_name, scene.field(scene.after, operation.model_name, operation.new_name))
    if old != new:
        yield Objection(_('改列名两个版本总有一个找不到列。留住旧列名：db_column="%(column)s"。') % {"column": old})


def _adds_column(operation: ops.AddField, scene: Scene) -> Iterator[Objection]:
    field = operation.field
    if not scene.is_released(operation.model_name) or field.many_to_many:
        return
    fills_itself = field.null or field.generated or field.db_default is not NOT_PROVIDED
    if not fills_itself:
        yield Objection(_("正在运行的版本不会填这一列，写入会失败。给它 null=True 或 db_default。"))
    if field.unique and not field.null:
        yield Objection(_("已有的行会得到同一个值。唯一的新列要 null=True，另一个迁移填好它，收尾时再不许为空。"))
    if scene.public and (field.unique or field.db_index):
        yield Objection(
            _("建索引时谁也写不了这张表。新列写 db_index=False，索引另用 AddIndexConcurrently（atomic = False）。")
        )
    if scene.public and not _is_instant(field):
        yield Objection(_("整张表要重写，这段时间谁也读不了。新列用 null=True，另一个迁移分批填。"))


def _is_instant(field: Any) -> bool:
    """PostgreSQL keeps a constant default beside the table; anything else is written into every row at once."""
    if field.generated:
        return False
    default = field.db_default
    return (
        default is NOT_PROVIDED or not hasattr(default, "resolve_expression") or isinstance(default, models.Value | Now)
    )


def _through(field: Any) -> Any:
    return field.remote_field.through


def _alters_column(operation: ops.AlterField, scene: Scene) -> Iterator[Objection]:
    if not scene.is_released_field(operation.model_name, operation.name):
        return
    old = scene.field(scene.before, operation.model_name, operation.name)
    new = operation.field
    if old.many_to_many or new.many_to_many:
        if old.many_to_many != new.many_to_many or _through(old) != _through(new):
            yield Objection(_beside_column())
        return
    if _column(operation.name, old) != _column(operation.name, new):
        yield Objection(
            _('改列名两个版本总有一个找不到列。留住旧列名：db_column="%(column)s"。')
            % {"column": _column(operation.name, old)}
        )
    if old.null and not new.null:
        yield Objection(
            _("正在运行的版本还会写空值。这一版先填好它，不许为空放进标了 contracts 的收尾迁移。"), later=True
        )
    if old.db_default is not NOT_PROVIDED and new.db_default is NOT_PROVIDED and not new.null:
        yield Objection(_("正在运行的版本靠这个默认值写入。去掉它放进标了 contracts 的收尾迁移。"), later=True)
    if new.unique and not old.unique:
        yield Objection(_unique(), later=True)
    elif old.unique and not new.unique:
        yield Objection(_("正在运行的版本可能靠它找重复。去掉唯一放进标了 contracts 的收尾迁移。"), later=True)
    elif scene.public and new.db_index and not old.db_index:
        yield Objection(_("建索引时谁也写不了这张表。索引另用 AddIndexConcurrently（atomic = False）。"))
    yield from _alters_type(old, new, scene)


def _alters_type(old: Any, new: Any, scene: Scene) -> Iterator[Objection]:
    if old.is_relation or new.is_relation:
        if not (old.is_relation and new.is_relation) or _points(old) != _points(new):
            yield Objection(_beside_column())
        elif new.db_constraint and not old.db_constraint:
            yield Objection(
                _("正在运行的版本可能写进找不到的行。加外键约束放进标了 contracts 的收尾迁移。"), later=True
            )
        return
    before, after = old.db_type(connection), new.db_type(connection)
    if getattr(old, "db_collation", None) != getattr(new, "db_collation", None) or old.generated != new.generated:
        yield Objection(_beside_column())
    elif before == after or (_widens(before, after) and (_keeps_rows(before, after) or not scene.public)):
        return
    elif _narrows(before, after):
        yield Objection(_("正在运行的版本会写进更长的值。变窄放进标了 contracts 的收尾迁移。"), later=True)
    else:
        yield Objection(_beside_column())


def _beside_column() -> str:
    return _("换类型两个版本总有一个读不懂。旁边加一个新列，两列一起写，另一个迁移抄过来，收尾时删旧列。")


def _points(field: Any) -> tuple[str, Any]:
    target = field.remote_field.model
    return (target if isinstance(target, str) else target._meta.label).lower(), getattr(field, "to_fields", None)


INTEGERS = ("smallint", "integer", "bigint")


def _widens(before: str, after: str) -> bool:
    if before in INTEGERS and after in INTEGERS:
        return INTEGERS.index(before) < INTEGERS.index(after)
    return _keeps_rows(before, after)


def _keeps_rows(before: str, after: str) -> bool:
    """PostgreSQL notes the wider type and leaves every row as it is."""
    (kind, size), (wider, larger) = _sized(before), _sized(after)
    if kind == "varchar" and (after == "text" or (wider == "varchar" and not larger)):
        return True
    if kind == wider == "varchar":
        return bool(size) and larger[0] >= size[0]
    return kind == wider == "numeric" and bool(size and larger) and larger[0] >= size[0] and larger[1] == size[1]


def _narrows(before: str, after: str) -> bool:
    return _widens(after, before)


def _sized(db_type: str) -> tuple[str, tuple[int, ...]]:
    """``varchar(20)`` → varchar, (20,)."""
    found = re.fullmatch(r"(\w+)\(([\d, ]+)\)", db_type)
    return (found[1], tuple(int(part) for part in found[2].split(","))) if found else (db_type, ())


def _unique() -> str:
    return _("正在运行的版本可能写进重复的值。这一版先不再写重复的，唯一放进标了 contracts 的收尾迁移。")


def _adds_constraint(operation: ops.AddConstraint, scene: Scene) -> Iterator[Objection]:
    if not scene.is_released(operation.model_name):
        return
    constraint = operation.constraint
    names = _named_in(constraint)
    is_old = not names or any(scene.is_released_field(operation.model_name, name) for name in names)
    if is_old and isinstance(constraint, models.UniqueConstraint):
        yield Objection(_unique(), later=True)
    elif is_old:
        yield Objection(
            _("正在运行的版本可能写进不合这个条件的值。这一版先不再写，约束放进标了 contracts 的收尾迁移。"), later=True
        )
    elif scene.public:
        yield Objection(
            _(
                "核对整张表时谁也写不了。用 AddConstraintNotValid，另一个迁移用 ValidateConstraint；唯一的放进收尾迁移。"
            ),
            later=True,
        )


def _adds_constraint_for_later(operation: pg.AddConstraintNotValid, scene: Scene) -> Iterator[Objection]:
    if not scene.is_released(operation.model_name):
        return
    names = _named_in(operation.constraint)
    if not names or any(scene.is_released_field(operation.model_name, name) for name in names):
        yield Objection(
            _("正在运行的版本可能写进不合这个条件的值。这一版先不再写，约束放进标了 contracts 的收尾迁移。"), later=True
        )


def _named_in(constraint: Any) -> set[str]:
    """Which columns a constraint speaks of; empty where that cannot be said."""
    if isinstance(constraint, models.CheckConstraint):
        return set(getattr(constraint.condition, "referenced_base_fields", ()))
    if isinstance(constraint, models.UniqueConstraint) and not constraint.expressions:
        condition = constraint.condition.referenced_base_fields if constraint.condition else set()
        return {*constraint.fields, *condition}
    return set()


def _removes_constraint(operation: ops.RemoveConstraint, scene: Scene) -> Iterator[Objection]:
    if not scene.is_released(operation.model_name):
        return
    constraint = scene.before.models[scene.app, operation.model_name.lower()].get_constraint_by_name(operation.name)
    if isinstance(constraint, models.UniqueConstraint):
        yield Objection(_("正在运行的版本可能靠它找重复。去掉唯一放进标了 contracts 的收尾迁移。"), later=True)


def _adds_index(operation: ops.AddIndex, scene: Scene) -> Iterator[Objection]:
    if scene.public and scene.is_released(operation.model_name):
        yield Objection(_("建索引时谁也写不了这张表。用 AddIndexConcurrently，单独一个迁移，atomic = False。"))


def _adds_index_beside(operation: pg.AddIndexConcurrently, scene: Scene) -> Iterator[Objection]:
    if not scene.public:
        yield Objection(_("一个县的升级是一个事务，里面不能这样建索引。县里的表小，用 AddIndex。"))


def _sets_together(operation: Any, scene: Scene) -> Iterator[Objection]:
    if scene.is_released(operation.name):
        yield Objection(_unique(), later=True)


def _orders(operation: Any, scene: Scene) -> Iterator[Objection]:
    if scene.is_released(operation.name):
        yield Objection(_("它会加一个正在运行的版本不会填的列。自己加一个有 db_default 的列。"))


def _table(state: ProjectState, app: str, model: str) -> str:
    options = state.models[app, model.lower()].options
    return str(options.get("db_table") or f"{app}_{model.lower()}")


def _column(name: str, field: Any) -> str:
    return str(field.db_column or (f"{name}_id" if field.is_relation else name))


ASKED: dict[type[Operation], Callable[[Any, Scene], Iterator[Objection]]] = {
    ops.CreateModel: _nothing,
    ops.AlterModelOptions: _nothing,
    ops.AlterModelManagers: _nothing,
    ops.AlterModelTableComment: _nothing,
    ops.RemoveIndex: _nothing,
    ops.RenameIndex: _nothing,
    ops.AlterConstraint: _nothing,
    ops.RunPython: _nothing,
    ops.DeleteModel: _drops_table,
    ops.RemoveField: _drops_column,
    ops.RenameModel: _renames_table,
    ops.AlterModelTable: _moves_table,
    ops.RenameField: _renames_column,
    ops.AddField: _adds_column,
    ops.AlterField: _alters_column,
    ops.AddConstraint: _adds_constraint,
    ops.RemoveConstraint: _removes_constraint,
    ops.AddIndex: _adds_index,
    ops.AlterUniqueTogether: _sets_together,
    ops.AlterIndexTogether: _sets_together,
    ops.AlterOrderWithRespectTo: _orders,
    ops.RunSQL: _raw,
    pg.AddIndexConcurrently: _adds_index_beside,
    pg.RemoveIndexConcurrently: _adds_index_beside,
    pg.AddConstraintNotValid: _adds_constraint_for_later,
    pg.ValidateConstraint: _nothing,
    pg.CreateExtension: _nothing,
    pg.CreateCollation: _nothing,
    LetGoOfPublic: _nothing,
}
