"""Archives: asked for, built by the worker, kept encrypted for some days, each download written down."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import roles
from accounts.errors import AlreadyBuilding, NotReady, NotYours
from accounts.messages import send
from accounts.models import Archive, User
from accounts.rights import county, person, sealed
from accounts.states import ArchiveKind, ArchiveState
from kernel import audit, clock, outbox
from tenants.models import County

DAYS = 7
BUILD = "archive.build"
COUNTY_EXPORT = "accounts.county.export"
MOST_TRIES = 3


@transaction.atomic
def ask_for_own(user: User) -> Archive:
    """我的资料: the person's own, for themselves only."""
    return _ask(Archive(what=ArchiveKind.PERSON, subject=user, asked_by=user))


@transaction.atomic
def ask_for_county(place: County, *, by: User) -> Archive:
    """Everything a county owns."""
    if not roles.may(by, COUNTY_EXPORT, place.code):
        raise NotYours(_("全县资料由县电商办负责人或省级协调员来要。"))
    return _ask(Archive(what=ArchiveKind.COUNTY, county_code=place.code, asked_by=by))


def _ask(archive: Archive) -> Archive:
    try:
        with transaction.atomic():
            archive.save()
    except IntegrityError as twice:
        raise AlreadyBuilding(_("已经在打包了，好了会告诉您。")) from twice
    outbox.announce(BUILD, {"archive": str(archive.pk)}, key=str(archive.pk))
    _record("archive.ask", archive, by=archive.asked_by)
    return archive


def build(archive: Archive) -> None:
    """Run by the worker. The row is in the outbox's transaction; progress is not, so that it shows meanwhile."""
    if archive.state not in {ArchiveState.WAITING, ArchiveState.BUILDING}:
        return
    with _draft_folder(archive) as folder:
        draft = Path(folder) / "draft.zip"
        draft.touch(mode=0o600)
        if archive.what == ArchiveKind.PERSON:
            assert archive.subject is not None
            files = person.write(archive.subject, draft)
        else:
            files = county.write(County.objects.get(code=archive.county_code), draft, archive)
        _keep(archive, draft, files)
    _record("archive.ready", archive, by=archive.asked_by, files=archive.files, size=archive.size)
    if archive.asked_by.phone:
        send("archive.ready", archive.asked_by.phone, to=archive.asked_by, county=archive.county_code, days=DAYS)


def _draft_folder(archive: Archive) -> tempfile.TemporaryDirectory[str]:
    """A fresh one; that of a worker that was killed goes first, for what it holds is in plain."""
    for left in _folder().glob(f"{archive.pk}-*"):
        shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(dir=_folder(), prefix=f"{archive.pk}-")


def _keep(archive: Archive, draft: Path, files: int) -> None:
    with draft.open("rb") as plain:
        archive.sha256 = hashlib.file_digest(plain, "sha256").hexdigest()
        plain.seek(0)
        sealed.seal(plain, path_of(archive), str(archive.pk))
    archive.files, archive.size, archive.state, archive.step = files, draft.stat().st_size, ArchiveState.READY, ""
    archive.ready_at = clock.now()
    archive.expires_at = archive.ready_at + timedelta(days=DAYS)
    archive.save()


def give_up(archive: Archive, trouble: str, *, tries: int) -> None:
    told = {"state": ArchiveState.FAILED, "step": "", "trouble": trouble[:200], "attempts": tries}
    Archive.objects.filter(pk=archive.pk).update(**told)


@transaction.atomic
def open_archive(archive: Archive, *, by: User) -> sealed.Opened:
    """The archive as it streams out; who took it is written down first."""
    if not may_open(archive, by):
        raise NotYours(_("这份资料不是给您的。"))
    if archive.state != ArchiveState.READY or not path_of(archive).exists():
        raise NotReady(_("这份资料还没打好，或者过了 %(days)d 天已经销毁。请再要一份。") % {"days": DAYS})
    try:
        opened = sealed.Opened(path_of(archive), str(archive.pk))
    except (sealed.Broken, InvalidToken) as broken:  # the key it was sealed with has been put away
        raise NotReady(_("这份资料打不开了。请再要一份。")) from broken
    Archive.objects.filter(pk=archive.pk).update(downloads=F("downloads") + 1)
    _record("archive.download", archive, by=by, size=archive.size)
    return opened


def may_open(archive: Archive, by: Any) -> bool:
    if archive.what == ArchiveKind.PERSON:
        return bool(archive.subject_id == by.pk)
    return roles.may(by, COUNTY_EXPORT, archive.county_code)


def destroy_old() -> int:
    """What has had its days, and what was left behind by an archive that failed."""
    old = Archive.objects.filter(state=ArchiveState.READY, expires_at__lt=clock.now())
    found = list(old)
    for archive in found:
        destroy(archive)
    return len(found)


def destroy(archive: Archive) -> None:
    Archive.objects.filter(pk=archive.pk).update(state=ArchiveState.GONE)
    transaction.on_commit(lambda: path_of(archive).unlink(missing_ok=True))


def path_of(archive: Archive) -> Path:
    return _folder() / str(archive.pk)


def _folder() -> Path:
    folder = Path(settings.PRIVATE_ROOT) / "archives"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _record(action: str, archive: Archive, *, by: User, **facts: Any) -> None:
    audit.record(
        action,
        by=by,
        county=archive.county_code,
        obj=("archive", str(archive.pk)),
        title=str(ArchiveKind(archive.what).label),
        **facts,
    )
