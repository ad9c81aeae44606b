"""Links from a county's rows up to public ones, which no foreign key guards (ADR 0027).

The public row stays because nobody can delete it: a trigger of ``accounts`` refuses. What a link of a restored
county may still point at in vain is found here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.operations.base import Operation
from django.utils.translation import gettext as _

if TYPE_CHECKING:  # the database backend imports this before there are models
    from tenants.models import County


@dataclass(frozen=True)
class LinkUp:
    """One column of a county's table and the public column it names."""

    table: str
    column: str
    public_table: str
    public_column: str


def leads_out(field: Any, is_here: Callable[[str], bool]) -> bool:
    """Is it a foreign key, kept by the database, to a table that stands elsewhere?"""
    guarded = field.remote_field and getattr(field, "db_constraint", False) and not field.many_to_many
    return bool(guarded) and not is_here(field.remote_field.model._meta.app_label)


def links_up() -> Iterator[LinkUp]:
    """Every link of today's models, those of other people's packages included."""
    for model in apps.get_models(include_auto_created=True):
        if not _is_countys(model._meta.app_label) or model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_fields:
            if leads_out(field, _is_countys):
                target: Any = field.target_field  # type: ignore[attr-defined]
                yield LinkUp(model._meta.db_table, str(field.column), target.model._meta.db_table, target.column)


def _is_countys(app_label: str) -> bool:
    return apps.get_app_config(app_label).name in settings.TENANT_APPS


def pointing_at_nothing(county: "County") -> list[str]:
    """A sentence for each column with such rows, and how many."""
    quote = connection.ops.quote_name
    asked = [
        f"SELECT '{one.table}', '{one.column}', count(*) FROM {quote(county.schema_name)}.{quote(one.table)} r"  # noqa: S608  our own models' names
        f" WHERE r.{quote(one.column)} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public.{quote(one.public_table)} p"
        f" WHERE p.{quote(one.public_column)} = r.{quote(one.column)}) HAVING count(*) > 0"
        for one in links_up()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        found = cursor.fetchall()
    sentence = _("%(table)s 有 %(count)s 行的 %(column)s 指向省里已经没有的记录")
    return [sentence % {"table": table, "column": column, "count": count} for table, column, count in found]


class LetGoOfPublic(Operation):
    """Takes away the keys up that a schema has from before; where there are none it does nothing.

    Going back leaves them away: both releases work without.
    """

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        quote = schema_editor.quote_name
        with connection.cursor() as cursor:
            cursor.execute(KEYS_UP)
            for table, name in cursor.fetchall():
                schema_editor.execute(f"ALTER TABLE {quote(table)} DROP CONSTRAINT IF EXISTS {quote(name)}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass

    def describe(self) -> str:
        return "Let go of public tables"


KEYS_UP = """
SELECT c.relname, k.conname FROM pg_constraint k
  JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
 WHERE k.contype = 'f' AND c.relnamespace = to_regnamespace(quote_ident(current_schema()))
   AND f.relnamespace = 'public'::regnamespace AND current_schema() <> 'public'
 ORDER BY c.relname, k.conname
"""
