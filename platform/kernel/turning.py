"""Turning keys under a running platform: every secret anew, in batches, without a lock.

Each value is changed by "set it to the new one where it still is the old one": whoever writes at
the same moment wins and has written with the new key already. What is under the new key is left
alone, so a turn that was killed goes on where it was, without a note of its own. A pass that finds
nothing more to turn ends it.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import connection, models
from django.utils import timezone

from kernel import key_ring, privacy
from kernel.privacy import EncryptedTextField
from kernel.whole_files import PART

BATCH = 500
PASSES = 6
TOKEN = re.compile(r"gAAAAA[A-Za-z0-9_-]{60,}={0,2}")
MARK = b"gAAAAA"
SALT = "django.contrib.sessions.SessionStore"
Say = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Column:
    """One column of one table in one schema; ``is_json`` where the secrets stand inside JSON."""

    schema: str
    table: str
    key: str
    name: str
    is_json: bool = False

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}.{self.name}"

    @property
    def place(self) -> str:
        return f'"{self.schema}"."{self.table}"'


@dataclass(frozen=True)
class Hashed:
    """A hash that can be made anew, for what it is made of stands encrypted beside it."""

    model: str
    name: str
    source: str
    made: Callable[[str], str]


_json_fields: set[tuple[str, str]] = set()
_hashed: list[Hashed] = []
_still_needed: list[Callable[[Any], int]] = []


def add_json(model: str, field: str) -> None:
    """A room names a JSON column in which secrets stand."""
    _json_fields.add((model, field))


def add_hash(hashed: Hashed) -> None:
    if hashed not in _hashed:
        _hashed.append(hashed)


def add_waiting(count: Callable[[Any], int]) -> None:
    """How many hashes without a source, older than a moment, are still good? They end by themselves."""
    if count not in _still_needed:
        _still_needed.append(count)


# --- where the secrets stand ----------------------------------------------------------------------
def columns() -> list[Column]:
    """Every encrypted column in every schema that has its table: a new field is found by itself."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if meta.proxy or not meta.managed:
            continue
        for field in meta.local_concrete_fields:
            is_json = (meta.label, field.name) in _json_fields
            if isinstance(field, EncryptedTextField) or is_json:
                found += [
                    Column(schema, meta.db_table, str(meta.pk.column), str(field.column), is_json)
                    for schema in schemas_with(meta.db_table)
                ]
    return found


def schemas_with(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relname = %s AND c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%%' ORDER BY 1",
            [table],
        )
        return [row[0] for row in cursor.fetchall()]


def files() -> Iterator[Path]:
    """What lies encrypted on the disk: papers, previews, archives."""
    room = Path(settings.PRIVATE_ROOT)
    for path in sorted(room.rglob("*")) if room.is_dir() else ():
        # What a killed writer left half is nobody's file.
        if path.is_file() and path.suffix != PART and _begins(path) == MARK:
            yield path


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(MARK))


# --- turning --------------------------------------------------------------------------------------
# What no key opens, by place: it is left as it is and named, for one broken value must not stop the rest.
unreadable: Counter[str] = Counter()


def turn_text(say: Say = lambda *_: None) -> int:
    """Everything encrypted, under the key that writes; returns how many values were turned."""
    whole = 0
    unreadable.clear()
    # Nobody reads these any more, and a thief of the dump could.
    Session.objects.filter(expire_date__lte=timezone.now()).delete()
    for _pass in range(PASSES):
        turned = sum(_turn_columns(say)) + _turn_files(say) + _turn_inside_sessions()
        whole += turned
        if not turned:
            break
    return whole


def turn_schema(schema: str) -> tuple[int, int]:
    """One county's rows, as they came out of a file: how many values were turned, how many no key opens."""
    unreadable.clear()
    ours = [column for column in columns() if column.schema == schema]
    turned = sum(_turn_rows(column, rows) for column in ours for rows in batches(column))
    return turned, unreadable.total()


def _turn_columns(say: Say) -> Iterator[int]:
    all_columns = columns()
    for number, column in enumerate(all_columns, start=1):
        turned = sum(_turn_rows(column, rows) for rows in batches(column))
        if turned:
            say(str(column), number, len(all_columns))
        yield turned


def batches(column: Column) -> Iterator[list[tuple[Any, str]]]:
    """(key, value) in the order of the key, some hundred at a time; short statements, no long snapshot."""
    last: Any = None
    cast = "::text" if column.is_json else ""
    while True:
        after = f'WHERE "{column.key}" > %s' if last is not None else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT "{column.key}", "{column.name}"{cast} FROM {column.place} {after}'  # noqa: S608
                f' ORDER BY "{column.key}" LIMIT {BATCH}',
                [last] if last is not None else [],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield [(key, value) for key, value in rows if value]


def _turn_rows(column: Column, rows: Iterable[tuple[Any, str]]) -> int:
    anew = []
    for key, old in rows:
        try:
            new = _anew(old, is_json=column.is_json)
        except InvalidToken:
            unreadable[str(column)] += 1
            continue
        if new != old:
            anew.append((new, key, old))
    compared = f'"{column.name}"::text' if column.is_json else f'"{column.name}"'
    cast = "::jsonb" if column.is_json else ""
    turned = 0
    with connection.cursor() as cursor:
        for new, key, old in anew:
            cursor.execute(
                f'UPDATE {column.place} SET "{column.name}" = %s{cast}'  # noqa: S608
                f' WHERE "{column.key}" = %s AND {compared} = %s',
                [new, key, old],
            )
            turned += cursor.rowcount
    return turned


def _anew(value: str, *, is_json: bool) -> str:
    if is_json:
        told = json.loads(value)
        renewed = _renewed(told)
        return value if renewed == told else json.dumps(renewed, ensure_ascii=False)
    return value if under_the_new(value) else privacy.turned(value)


def under_the_new(token: str | bytes) -> bool:
    return privacy.reads(key_ring.ring().text[0], token)


def _renewed(told: Any) -> Any:
    """Every secret inside a JSON value, under the new key."""
    if isinstance(told, dict):
        return {name: _renewed(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_renewed(value) for value in told]
    if isinstance(told, str) and TOKEN.fullmatch(told) and not under_the_new(told):
        return privacy.turned(told)
    return told


def _turn_files(say: Say) -> int:
    turned = 0
    for path in files():
        old = path.read_bytes()
        if under_the_new(old):
            continue
        draft = path.with_name(f".{path.name}.turning")
        try:
            draft.write_bytes(privacy.turned_bytes(old))
        except InvalidToken:
            unreadable["files"] += 1
            continue
        draft.chmod(path.stat().st_mode & 0o777)
        draft.replace(path)
        turned += 1
        if turned % 100 == 1:
            say(str(path.relative_to(settings.PRIVATE_ROOT)), turned, 0)
    return turned


def _turn_inside_sessions() -> int:
    turned = 0
    for row in live_sessions():
        told = row.get_decoded()
        renewed = _renewed(told)
        if renewed != told:
            turned += _resign(row, renewed)
    return turned


def live_sessions() -> Iterator[Session]:
    return Session.objects.filter(expire_date__gt=timezone.now()).order_by("pk").iterator(chunk_size=BATCH)


def _resign(row: Session, told: dict[str, Any]) -> int:
    fresh = signing.dumps(told, salt=SALT, serializer=signing.JSONSerializer, compress=True)
    return Session.objects.filter(pk=row.pk, session_data=row.session_data).update(session_data=fresh)


def turn_hashes(say: Say = lambda *_: None) -> int:
    """Every hash that has its source beside it, under the new key; a double is left and stays named."""
    turned = 0
    for hashed in _hashed:
        model = apps.get_model(hashed.model)
        found = 0
        for row in model._default_manager.order_by("pk").iterator(chunk_size=BATCH):
            found += _rehash(model, hashed, row)
        turned += found
        say(f"{hashed.model}.{hashed.name}", found, found)
    return turned


def _rehash(model: type[models.Model], hashed: Hashed, row: Any) -> int:
    old, source = getattr(row, hashed.name), getattr(row, hashed.source)
    new = hashed.made(source) if old and source else old
    if new == old:
        return 0
    return model._default_manager.filter(pk=row.pk, **{hashed.name: old}).update(**{hashed.name: new})


def turn_sessions(say: Say = lambda *_: None, person: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> int:
    """Sign every live session with the new key, so that the old one can go and nobody is signed out.

    ``person`` gives back what a session says with the person's own mark made anew.
    """
    turned = 0
    for row in live_sessions():
        if signed_by(row, key_ring.ring().sessions[:1]):
            continue
        turned += _resign(row, person(row.get_decoded()))
        if turned % BATCH == 1:
            say("sessions", turned, 0)
    return turned


def signed_by(row: Session, keys: Iterable[str]) -> bool:
    for key in keys:
        try:
            signing.loads(row.session_data, key=key, salt=SALT, serializer=signing.JSONSerializer, fallback_keys=[])
        except signing.BadSignature:
            continue
        return True
    return False


# --- what an old key still holds ------------------------------------------------------------------
def left_of_text(key: str) -> dict[str, int]:
    """Where anything written with this key still stands: the whole database is read, known columns or not."""
    left: dict[str, int] = {}
    for column in every_text_column():
        count = sum(privacy.reads(key, token) for token in _tokens_in(column))
        if count:
            left[str(column)] = count
    in_files = sum(privacy.reads(key, path.read_bytes()) for path in files())
    in_sessions = sum(
        any(privacy.reads(key, token) for token in TOKEN.findall(json.dumps(row.get_decoded())))
        for row in live_sessions()
    )
    return left | ({"files": in_files} if in_files else {}) | ({"sessions": in_sessions} if in_sessions else {})


def every_text_column() -> list[Column]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped"
            " AND a.atttypid::regtype::text IN ('text', 'character varying', 'json', 'jsonb')"
            " AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema' ORDER BY 1, 2, 3",
            [],
        )
        return [Column(schema, table, "", name) for schema, table, name in cursor.fetchall()]


def _tokens_in(column: Column) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "{column.name}"::text FROM {column.place}'  # noqa: S608
            f" WHERE \"{column.name}\"::text LIKE '%%gAAAAA%%'",
            [],
        )
        for (text,) in cursor.fetchall():
            yield from TOKEN.findall(text)


def left_of_hashes(turned_at: Any) -> dict[str, int]:
    """Hashes not yet made anew, and those without a source that are still good."""
    left = {}
    for hashed in _hashed:
        model = apps.get_model(hashed.model)
        rows = model._default_manager.order_by("pk").iterator(chunk_size=BATCH)
        count = sum(1 for row in rows if _is_stale(hashed, row))
        if count:
            left[f"{hashed.model}.{hashed.name}"] = count
    waiting = sum(count(turned_at) for count in _still_needed)
    return left | ({"waiting": waiting} if waiting else {})


def _is_stale(hashed: Hashed, row: Any) -> bool:
    old, source = getattr(row, hashed.name), getattr(row, hashed.source)
    return bool(old and source and hashed.made(source) != old)


def left_of_sessions() -> dict[str, int]:
    newest = key_ring.ring().sessions[:1]
    count = sum(not signed_by(row, newest) for row in live_sessions())
    return {"sessions": count} if count else {}
