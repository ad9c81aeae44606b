"""The whole upgrade on a copy of the tables in a database of its own: does it run, does it come back, how long.

The live database is only read. A rehearsal in it would hold locks on tables everybody uses, for as long as
Django thinks between two statements.
"""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from tenants import locks, schemas
from tenants.errors import UpgradeRefused
from tenants.migrating import advance_template, way_back, way_forward
from tenants.models import County
from tenants.upgrading.back import undo_public, undo_template
from tenants.upgrading.plan import PUBLIC, Plan, Step
from tenants.upgrading.running import take_public

COUNTIES = ("c000001", "c000002", "c000003")  # the first makes Django's models, the others tell what a county takes
NO_RIGHT = "42501"


@dataclass(frozen=True)
class Rehearsal:
    """Seconds for each part; a county's is measured without goods in it."""

    public: float
    template: float
    county: float
    back: float | None

    def estimate(self, counties: int) -> float:
        return self.public + self.template + self.county * counties


class CannotRehearse(UpgradeRefused):
    code = "cannot_rehearse"


def rehearse(plan: Plan, *, contracting: bool = False) -> Rehearsal:
    """Raises what the upgrade would raise, with the migrations as they are."""
    steps = plan.contracting if contracting else plan.expanding
    with _copy():
        before = _shape()
        public = _seconds(lambda: take_public(steps, lambda _text: None))
        template = _seconds(lambda: advance_template([step.name for step in steps]))
        county = _counties(way_forward())
        back = None if contracting else _seconds(lambda: _undo(steps))
        if back is not None and (left := _shape() ^ before):
            raise UpgradeRefused("\n".join([_("退回以后库表和原来的不一样："), *sorted(left)]))
    return Rehearsal(public, template, county, back)


def _undo(steps: list[Step]) -> None:
    names = [step.name for step in steps]
    _counties(way_back(undo_template(names)))
    undo_public(names)


def _counties(way: Callable[[County], str]) -> float:
    """Seconds of one county when the first is over."""
    took = []
    for name in COUNTIES:
        county = County(schema_name=name, code=name[1:], name=name)
        took.append(_seconds(lambda county=county: locks.patiently(lambda: way(county))))  # type: ignore[misc]
        connection.set_schema_to_public()
    return min(took[1:])


def _shape() -> frozenset[str]:
    """Every table of ``public``, the template and a county, each line with its place."""
    places = (PUBLIC, schemas.TEMPLATE, COUNTIES[0])
    return frozenset(f"{place}: {line}" for place in places for line in schemas.catalogue(place))


def _seconds(work: Callable[[], Any]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


@contextlib.contextmanager
def _copy() -> Iterator[None]:
    """This connection works on the copy inside, and on the live database again afterwards."""
    live = connection.settings_dict["NAME"]
    copy = f"{live}_rehearsal"
    script = schemas.script().sql
    _drop(copy)
    try:
        _make(copy)
        try:
            _fill(live, copy)
            _turn_to(copy)
            with connection.cursor() as cursor:
                for name in COUNTIES:
                    cursor.execute(script.replace("{{schema}}", name))
            yield
        finally:
            _turn_to(live)
    finally:
        _drop(copy)


def _make(copy: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE template0')
    except DatabaseError as trouble:
        if getattr(trouble.__cause__, "pgcode", None) != NO_RIGHT:
            raise
        raise CannotRehearse(
            _("数据库用户不能建库，没法排练。给它 CREATEDB，或用 --no-rehearsal 不排练就升级。")
        ) from trouble


def _drop(copy: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [copy])
        if cursor.fetchone():
            cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _turn_to(name: str) -> None:
    """Also what the process remembers of rows belongs to one database."""
    connection.set_schema_to_public()
    connection.close()
    connection.settings_dict["NAME"] = name
    ContentType.objects.clear_cache()


def _fill(live: str, copy: str) -> None:
    """Tables without rows, and the rows that say which migrations they have."""
    shape = ["--schema-only", "--exclude-schema=c[0-9][0-9][0-9][0-9][0-9][0-9]"]
    rows = ["--data-only", f"--table={PUBLIC}.django_migrations", f"--table={schemas.TEMPLATE}.django_migrations"]
    rows.append(f"--table={PUBLIC}.django_content_type")
    for options in (shape, rows):
        dumped = _run("pg_dump", "--no-owner", "--no-privileges", *options, database=live)
        _run(
            "psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null", database=copy, said=dumped
        )


def _run(program: str, *words: str, database: str, said: bytes = b"") -> bytes:
    place: Path = schemas.pg_dump_program().with_name(program)
    done = subprocess.run(
        [str(place), *words], input=said, env=_surroundings(database), capture_output=True, check=False
    )
    if done.returncode:
        raise CannotRehearse(f"{program}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _surroundings(database: str) -> dict[str, str]:
    facts = connection.settings_dict
    told = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    own = {variable: str(facts[name]) for name, variable in told.items() if facts.get(name)}
    secure = {
        f"PG{option.upper()}": str(value) for option, value in facts["OPTIONS"].items() if option.startswith("ssl")
    }
    return {**os.environ, **own, **secure, "PGDATABASE": database}
