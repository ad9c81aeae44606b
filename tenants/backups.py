"""One county in one file, and back into a living province.

The file is a zip: the county's schema as SQL, its media and its originals, and a manifest with the
checksum of each. A restore is one transaction: the old schema stands aside until the rooms have
written the county's listings and cards anew, and comes back whole if anything fails. Rows of the
province (cases, seats, the trail) are never rolled back; what of them now points at nothing is named.

What is encrypted in a file is under the keys of its day: the manifest has their prints, every value is
opened before anything is kept, and comes to lie under the key of today.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import connection, transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from kernel import audit, clock, key_ring, privacy, turning
from kernel.errors import DomainError
from kernel.key_file import fingerprint
from tenants import migrating, schemas
from tenants.models import County, SchemaState
from tenants.scope import county_scope, public_scope

FORMAT = 1
SQL, MANIFEST = "schema.sql", "manifest.json"
CHUNK = 1024 * 1024
LARGEST_SQL = 1024 * 1024 * 1024

# Sent inside the restore's transaction and the county's scope, with ``county`` and ``made_at``: the
# rooms write what the province shows of the county anew.
county_restored = Signal()
Dangling = Callable[[County], list[str]]
_lookers: list[Dangling] = []


class BadBackup(DomainError):
    """The file is damaged, of another county, or of a later release; nothing was changed."""

    code = "bad_backup"


class KeyMissing(BadBackup):
    """Something in the file is under a key that is not here; nothing was changed."""

    code = "backup_key_missing"


class Shelf(Protocol):
    """Where finished files go, and in what form: sealed, and kept by a rule."""

    def drafts(self, folder: Path) -> Path: ...

    def keep(self, made: Path, folder: Path) -> Path: ...


@dataclass
class Restored:
    """What came back, and the province's rows that point at nothing in it."""

    county: County
    made_at: datetime
    files: int = 0
    turned: int = 0
    dangling: list[str] = field(default_factory=list)


def look_for_dangling(looker: Dangling) -> None:
    """A room says at start how to find its public rows whose county row is gone."""
    _lookers.append(looker)


def back_up_county(county: County, folder: Path) -> Path:
    """Write the county as it is this moment; the file has its name only when it is whole and checked."""
    folder.mkdir(parents=True, exist_ok=True)
    made_at = clock.now()
    path = folder / f"county-{county.code}-{made_at.astimezone(clock.SHANGHAI):%Y%m%d-%H%M%S}.zip"
    draft = path.with_suffix(".part")
    try:
        _write(county, draft, made_at)
        draft.chmod(0o600)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)  # of one that failed: every night would leave another
    audit.record("county.back_up", by=None, county=county.code, title=county.name, file=path.name)
    return path


def _write(county: County, draft: Path, made_at: datetime) -> None:
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as pack:
        sums = {SQL: _put(pack, SQL, [schemas.dump_county(county.schema_name).encode()])}
        for name, file in _files(county):
            sums[name] = _put(pack, name, _read(file))
        manifest = {
            "format": FORMAT,
            "code": county.code,
            "name": county.name,
            "made_at": made_at.isoformat(),
            "migrations": schemas.applied(county.schema_name),
            "key_prints": _prints(),
            "sha256": sums,
        }
        pack.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    with zipfile.ZipFile(draft) as pack:
        _check(pack)


def restore_county(path: Path, *, by: Any, old_keys: Iterable[str] = ()) -> Restored:
    """Put a county back as the file has it. ``old_keys`` open what is under keys that have gone since.

    Raises BadBackup, or KeyMissing; then nothing was changed.
    """
    with key_ring.also(old_keys), _opened(path) as pack:
        manifest = _check(pack)
        county = County.objects.filter(code=manifest["code"]).first()
        if county is None:
            raise BadBackup(_("这个省没有开过 %(name)s，先开馆，再恢复。") % {"name": manifest["name"]})
        _must_be_known(manifest)
        _must_open(manifest, _closed_files(pack, manifest))
        restored = Restored(county, datetime.fromisoformat(manifest["made_at"]))
        with public_scope(), transaction.atomic():
            _swap(county, pack.read(SQL).decode())
            _bring_up_to_date(county)
            restored.turned, closed = turning.turn_schema(county.schema_name)
            _must_open(manifest, closed)
            restored.files = _put_files_back(pack, manifest, county)
            with county_scope(county):
                county_restored.send(sender=County, county=county, made_at=restored.made_at)
            with connection.cursor() as cursor:
                cursor.execute(f'DROP SCHEMA "{_aside(county)}" CASCADE')
            restored.dangling = [line for looker in _lookers for line in looker(county)]
            audit.record(
                "county.restore",
                by=by,
                county=county.code,
                title=county.name,
                file=path.name,
                made_at=manifest["made_at"],
                dangling=len(restored.dangling),
            )
    return restored


def _prints() -> list[str]:
    return [fingerprint(key) for key in key_ring.ring().text]


def _must_open(manifest: dict[str, Any], closed: int) -> None:
    """A key that is not here and opens nothing any more is not missed: what counts is that every value opens."""
    if not closed:
        return
    missing = [mark for mark in manifest.get("key_prints", ()) if mark not in _prints()]
    raise KeyMissing(
        _(
            "这份备份里有 %(number)s 处加密的内容打不开，什么都没有动。缺的旧密钥是 %(prints)s："
            "用存着它的密钥文件再来一次，jieti restore 这份备份 --keys 密钥文件。"
        )
        % {"number": closed, "prints": " ".join(missing) or "—"},
        closed=closed,
        missing=missing,
    )


def _swap(county: County, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [schemas.SCHEMA_LOCK])
        # A long report in this county must not hold up every later request behind our lock.
        cursor.execute("SET LOCAL lock_timeout = '30s'")
        cursor.execute("SET LOCAL check_function_bodies = off")
        cursor.execute(f'ALTER SCHEMA "{county.schema_name}" RENAME TO "{_aside(county)}"')
        cursor.execute(sql)


def _aside(county: County) -> str:
    return f"{county.schema_name}_aside"


def _bring_up_to_date(county: County) -> None:
    """A file from before an upgrade takes the migrations it lacks."""
    _road, target = migrating.advance_one(county)
    SchemaState.objects.filter(county=county).update(fingerprint=target, trouble="", at=clock.now())


def _must_be_known(manifest: dict[str, Any]) -> None:
    ours = set(schemas.applied(schemas.TEMPLATE))
    later = [f"{app}.{name}" for app, name in manifest["migrations"] if (app, name) not in ours]
    if later:
        raise BadBackup(
            _("这份备份出自更新的版本（%(names)s），先升级，再恢复。") % {"names": ", ".join(later[:3])}, later=later
        )


# --- files -------------------------------------------------------------------------------------


def _roots() -> dict[str, Path]:
    return {"media": Path(settings.MEDIA_ROOT), "private": Path(settings.PRIVATE_ROOT)}


def _files(county: County) -> Iterator[tuple[str, Path]]:
    for kind, root in _roots().items():
        home = root / county.schema_name
        for path in sorted(home.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield f"{kind}/{path.relative_to(home).as_posix()}", path


def _put_files_back(pack: zipfile.ZipFile, manifest: dict[str, Any], county: County) -> int:
    """Files that are missing or different; newer ones stay, nothing refers to them. Returns how many."""
    written = 0
    for name, wanted in manifest["sha256"].items():
        kind, _slash, inside = name.partition("/")
        if kind not in _roots():
            continue
        path = _roots()[kind] / county.schema_name / inside
        if path.is_file() and _sum(_read(path)) == wanted:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.restoring")
        with draft.open("wb") as target:
            if _is_sealed(pack, name):
                target.write(privacy.turned_bytes(pack.read(name)))
            else:
                target.writelines(_member(pack, name))
        draft.replace(path)
        written += 1
    return written


def _is_sealed(pack: zipfile.ZipFile, name: str) -> bool:
    """Papers are encrypted one by one, under the keys of the database."""
    if not name.startswith("private/"):
        return False
    with pack.open(name) as source:
        return source.read(len(turning.MARK)) == turning.MARK


def _closed_files(pack: zipfile.ZipFile, manifest: dict[str, Any]) -> int:
    closed = 0
    for name in manifest["sha256"]:
        if _is_sealed(pack, name):
            try:
                privacy.decrypt_bytes(pack.read(name))
            except InvalidToken:
                closed += 1
    return closed


def _put(pack: zipfile.ZipFile, name: str, pieces: Any) -> str:
    digest = hashlib.sha256()
    with pack.open(name, "w", force_zip64=True) as target:
        for piece in pieces:
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _sum(pieces: Any) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


# --- checking ----------------------------------------------------------------------------------


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except FileNotFoundError as missing:
        raise BadBackup(_("没有这个文件：%(path)s") % {"path": path}) from missing
    except (OSError, zipfile.BadZipFile) as broken:
        raise BadBackup(_("这个文件不是备份，或者已经损坏：%(path)s") % {"path": path}) from broken


def _check(pack: zipfile.ZipFile) -> dict[str, Any]:
    """Every member is there, none beside, and each has its checksum; no name leads out of its folder."""
    try:
        manifest: dict[str, Any] = json.loads(pack.read(MANIFEST))
        manifest["migrations"] = [(app, name) for app, name in manifest["migrations"]]
        sums: dict[str, str] = manifest["sha256"]
        whole = manifest["format"] == FORMAT and set(pack.namelist()) == {*sums, MANIFEST} and SQL in sums
        sound = whole and all(_is_inside(name) for name in sums) and re.fullmatch(r"\d{6}", manifest["code"])
        sound = sound and pack.getinfo(SQL).file_size <= LARGEST_SQL
        sound = sound and all(_sum(_member(pack, name)) == wanted for name, wanted in sums.items())
    except (KeyError, ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile) as broken:
        raise BadBackup(_("备份已经损坏，请换一份。")) from broken
    if not sound:
        raise BadBackup(_("备份已经损坏，请换一份。"))
    return manifest


def _member(pack: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with pack.open(name) as source:
        while piece := source.read(CHUNK):
            yield piece


def _is_inside(name: str) -> bool:
    return name == SQL or (not name.startswith("/") and ".." not in name.split("/") and "\\" not in name)
