"""A county's schema: made from a script, compared with the template. Only this module and
``migrating`` know that there are schemas."""

import hashlib
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from psycopg2.extensions import make_dsn

from kernel import clock
from kernel.postgres_clients import client_program
from tenants.models import CountyScript
from tenants.scope import public_scope

TEMPLATE = "county_template"
SCHEMA_LOCK = 7_301_202  # openings share it, a migration of all counties takes it alone
NOISE = re.compile(r"^(--|\\|SET |SELECT pg_catalog\.set_config|$)")


def pg_dump_program() -> Path:
    """The pg_dump that can speak with our database."""
    return client_program("pg_dump", settings.DATABASES["default"].get("OPTIONS") or {})


def applied(schema: str) -> list[tuple[str, str]]:
    """(app, name) of the migrations a schema has taken, in the order it took them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{schema}.django_migrations"])
        if cursor.fetchone()[0] is None:
            return []
        cursor.execute(f'SELECT app, name FROM "{schema}".django_migrations ORDER BY id')  # noqa: S608  schema names are ours
        return list(cursor.fetchall())


def fingerprint(migrations: Iterable[tuple[str, str]]) -> str:
    """What a schema's tables are, as one word; the order in which it got there does not count."""
    text = "\n".join(f"{app}.{name}" for app, name in sorted(migrations))
    return hashlib.sha256(text.encode()).hexdigest()


def make_template() -> None:
    """Build the template schema by ordinary migrations, once; later ones come by ``migrating``."""
    with public_scope():
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{TEMPLATE}"')
        call_command("migrate_schemas", schema_name=TEMPLATE, verbosity=0, interactive=False)
        prepare_template()
        render_script()


def prepare_template() -> None:
    """Let each room clean the fresh template (cms drops Wagtail's groups and welcome page)."""
    with public_scope():
        connection.set_schema(TEMPLATE)
        for app in apps.get_app_configs():
            prepare = getattr(app, "prepare_county_template", None)
            if prepare:
                prepare()


def render_script() -> CountyScript:
    """pg_dump the template into the script every new county is made from."""
    sql = "\n".join(_wanted(_dump(TEMPLATE).splitlines()))
    sql = re.sub(rf"\b{TEMPLATE}\b", "{{schema}}", sql)
    script, _made = CountyScript.objects.update_or_create(
        pk=1,
        defaults={"fingerprint": fingerprint(applied(TEMPLATE)), "sql": sql, "made_at": clock.now()},
    )
    return script


def dump_county(schema: str) -> str:
    """One county's tables and rows as SQL that makes them again under the same name.

    Only what psql alone understands is cut off, before and behind: within, a line that looks like
    a comment may be part of a farmer's text.
    """
    text = _dump(schema)
    return text[text.index("CREATE SCHEMA") : text.rindex("\n\\unrestrict") if "\n\\unrestrict" in text else None]


def script() -> CountyScript:
    """The current script, rendered anew when the template has moved on."""
    kept = CountyScript.objects.filter(pk=1).first()
    now = fingerprint(applied(TEMPLATE))
    return kept if kept and kept.fingerprint == now else render_script()


def add_to_script(name: tuple[str, str], sql: str, *, before: str) -> None:
    """Let the script take what the template, ``before`` the migration by its fingerprint, has just taken.

    Dumping the template anew reads the catalogue of every county first, 48 s where there are 2 844. It is
    dumped all the same if the migration makes a key: a script that makes one and lets it go would lock the
    public table it names at every opening.
    """
    if "REFERENCES" in sql:
        return
    app, migration = name
    noted = f"INSERT INTO django_migrations (app, name, applied) VALUES ('{app}', '{migration}', now())"  # noqa: S608
    lines = ('SET LOCAL search_path = "{{schema}}", "public"', sql.strip().removesuffix(";"), noted)
    more = "".join(f"\n{line};" for line in (*lines, 'SET LOCAL search_path = "public"') if line)
    CountyScript.objects.filter(pk=1, fingerprint=before).update(
        fingerprint=fingerprint(applied(TEMPLATE)), sql=Concat("sql", Value(more)), made_at=clock.now()
    )


def create_schema(name: str) -> str:
    """Make a county's schema in the caller's transaction; returns the fingerprint of its tables."""
    with public_scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [SCHEMA_LOCK])
        source = script()
        # The dump names everything in full; names inside function bodies are checked when run.
        cursor.execute("SET LOCAL check_function_bodies = off")
        cursor.execute(source.sql.replace("{{schema}}", name))
    return source.fingerprint


def schema_exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [name])
        return cursor.fetchone() is not None


def drop_schema(name: str) -> None:
    """For tests and for a county that never opened."""
    if not re.fullmatch(r"c\d{6}", name):
        raise ValueError(f"not a county's schema: {name}")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')


def catalogue(schema: str) -> frozenset[str]:
    """Tables, columns, constraints, indexes, sequences and triggers as sentences without the name."""
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE, {"schema": schema})
        return frozenset(_plain(row[0], schema) for row in cursor.fetchall())


def _plain(line: str, schema: str) -> str:
    """Without the schema's name; and an index or constraint without the casts and brackets that
    PostgreSQL itself writes differently after a dump of the same condition."""
    line = re.sub(rf"\b{schema}\b", "·", line)
    if line.startswith(("index ", "constraint ")):
        line = re.sub(r"::(character varying|text)(\[\])?|[()]", "", line)
    return line


def differences(schema: str) -> list[str]:
    """What a county lacks (−) or has beyond the template (+)."""
    wanted, there = catalogue(TEMPLATE), catalogue(schema)
    return sorted([f"− {line}" for line in wanted - there] + [f"+ {line}" for line in there - wanted])


def _dump(schema: str) -> str:
    database = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]
    words = [str(pg_dump_program()), "--schema", schema, "--no-owner", "--no-privileges"]
    # It comes by a connection of its own: a caller that changed the template and has not committed would wait for ever.
    words += ["--inserts", "--rows-per-insert=500", "--no-comments", "--lock-wait-timeout=20s"]
    reached = {"host": database["HOST"], "port": database["PORT"], "user": database["USER"]}
    # With the certificate the connection itself asks for: pg_dump left alone takes any, or none.
    reached |= {option: value for option, value in database.get("OPTIONS", {}).items() if option.startswith("ssl")}
    target = make_dsn(dbname=str(name), **{word: str(value) for word, value in reached.items() if value})
    surroundings = {**os.environ, "PGPASSWORD": str(database.get("PASSWORD") or "")}
    done = subprocess.run([*words, "--dbname", target], capture_output=True, check=False, text=True, env=surroundings)
    if done.returncode:
        raise RuntimeError(f"pg_dump: {done.stderr.strip()}")
    return done.stdout


def _wanted(lines: list[str]) -> list[str]:
    return [line for line in lines if not NOISE.match(line)]


# The view pg_sequences would open every county's sequences to tell of one county's: two thirds of the whole look.
CATALOGUE = """
SELECT format('table %%s', c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p')
UNION ALL
SELECT format('column %%s.%%s %%s%%s%%s%%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
              coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''),
              CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text ELSE '' END)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE n.nspname = %(schema)s AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT format('constraint %%s %%s %%s', c.relname, k.conname, pg_get_constraintdef(k.oid))
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %(schema)s
UNION ALL
SELECT format('index %%s', indexdef) FROM pg_indexes WHERE schemaname = %(schema)s
UNION ALL
SELECT format('sequence %%s %%s', c.relname, s.seqtypid::regtype) FROM pg_sequence s
  JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %(schema)s
UNION ALL
SELECT format('trigger %%s', pg_get_triggerdef(t.oid)) FROM pg_trigger t
  JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = %(schema)s AND NOT t.tgisinternal
UNION ALL
SELECT format('function %%s %%s', p.proname, pg_get_functiondef(p.oid)) FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = %(schema)s
"""
