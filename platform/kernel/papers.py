"""Papers of a case: licences, notices, drafts, signed forms.

Checked by content in a process of its own, kept encrypted outside the public media, opened only by
those a room's guard lets in; each opening is in the audit trail.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kernel import audit, clock, privacy
from kernel.errors import DomainError
from kernel.models import Paper
from kernel.whole_files import WholeFileStorage

MOST_BYTES = 20 * 1024 * 1024
PATIENCE = 20  # seconds by the wall: the child itself may use two of the processor
SHOWN = 1600  # the longer side of a preview, in pixels
PDF = "application/pdf"
PICTURES = ("image/jpeg", "image/png")
PDF_OR_PICTURE = (PDF, *PICTURES)

Guard = Callable[[Any, Paper], bool]
_guards: dict[str, Guard] = {}


class BadPaper(DomainError):
    """The file is not what it must be; nothing of it was kept."""

    code = "bad_paper"


def guard(object_kind: str, may_open: Guard) -> None:
    """A room says at start who may open the papers of its things."""
    _guards[object_kind] = may_open


def may_open(user: Any, paper: Paper) -> bool:
    asked = _guards.get(paper.object_kind)
    return paper.removed_at is None and asked is not None and asked(user, paper)


def keep(
    upload: Any,
    *,
    kind: str,
    obj: tuple[str, str],
    by: Any,
    county: str = "",
    allowed: Iterable[str] = PDF_OR_PICTURE,
) -> Paper:
    """Check an uploaded file and keep it; raises BadPaper with what to do instead."""
    if (upload.size or 0) > MOST_BYTES:
        raise BadPaper(_("文件超过 20 MB。照片请用手机相册缩小，扫描件请用较低的清晰度重扫一次。"))
    upload.seek(0)
    facts, clean = inspected(upload.read(), allowed)
    return keep_bytes(clean, upload.name, kind=kind, obj=obj, by=by, county=county, facts=facts)


@transaction.atomic
def keep_bytes(
    data: bytes,
    name: str,
    *,
    kind: str,
    obj: tuple[str, str],
    by: Any,
    facts: dict[str, Any],
    county: str = "",
) -> Paper:
    """Keep a file that is known to be sound: one just checked, or one of our own making.

    ``facts`` holds at least ``content_type``.
    """
    paper = Paper(
        county_code=county,
        object_kind=obj[0],
        object_id=obj[1],
        kind=kind,
        name=plain_name(name),
        content_type=facts["content_type"],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        facts={key: value for key, value in facts.items() if key != "content_type"},
        by=by,
        by_name=str(by or ""),
        at=clock.now(),
    )
    _put(_path(paper), data)
    paper.save(force_insert=True)
    return paper


def read(paper: Paper) -> bytes:
    """The file as it was kept; raises BadPaper if what lies there is another."""
    with _room().open(_path(paper)) as file:
        data = privacy.decrypt_bytes(file.read())
    if hashlib.sha256(data).hexdigest() != paper.sha256:
        raise BadPaper(_("这份文件和登记的不一样，请告诉省里的系统管理员。"), paper=str(paper.pk))
    return data


def of(obj: tuple[str, str], county: str = "") -> QuerySet[Paper]:
    """The papers of a thing that were not taken back, in the order they came."""
    return Paper.objects.filter(object_kind=obj[0], object_id=obj[1], county_code=county, removed_at__isnull=True)


@transaction.atomic
def remove(paper: Paper, *, by: Any) -> None:
    """Take a paper back. The row stays for the trail; the file goes when this is certain."""
    Paper.objects.filter(pk=paper.pk, removed_at__isnull=True).update(removed_at=clock.now())
    audit.record("paper.remove", by=by, county=paper.county_code, obj=("paper", str(paper.pk)), title=paper.name)
    lying = (_path(paper), _preview_path(paper))
    transaction.on_commit(lambda: [_room().delete(path) for path in lying])


def note_opened(paper: Paper, *, by: Any) -> None:
    audit.record(
        "paper.open",
        by=by,
        county=paper.county_code,
        obj=("paper", str(paper.pk)),
        title=paper.name,
        case=f"{paper.object_kind} {paper.object_id}",
    )


def preview(paper: Paper, side: int = SHOWN) -> bytes:
    """The first page as a PNG, drawn in a process of its own; the usual size once, then kept beside it."""
    if side != SHOWN:
        return previewed(read(paper), side)
    path = _preview_path(paper)
    if _room().exists(path):
        with _room().open(path) as file:
            return privacy.decrypt_bytes(file.read())
    picture = previewed(read(paper), side)
    if not _room().exists(path):
        _put(path, picture)
    return picture


def previewed(data: bytes, side: int = SHOWN) -> bytes:
    _facts, picture = _ask(["preview", str(side)], data)
    return picture


def inspected(data: bytes, allowed: Iterable[str] = PDF_OR_PICTURE) -> tuple[dict[str, Any], bytes]:
    """What a file is and what of it may be kept; raises BadPaper."""
    if not data:
        raise BadPaper(_("文件是空的，请重新选一个。"))
    if len(data) > MOST_BYTES:
        raise BadPaper(_("文件超过 20 MB。照片请用手机相册缩小，扫描件请用较低的清晰度重扫一次。"))
    return _ask(["check", ",".join(allowed)], data)


def looked_into(data: bytes, allowed: Iterable[str] = PICTURES) -> dict[str, Any]:
    """What a picture is, by reading it to its end in the careful process; raises BadPaper."""
    if not data:
        raise BadPaper(_("文件是空的，请重新选一个。"))
    facts, _nothing = _ask(["look", ",".join(allowed)], data)
    return facts


def sheet_rows(data: bytes, most: int) -> list[tuple[int, list[str]]]:
    """Up to ``most`` rows of a spreadsheet's first sheet that hold anything, with their numbers from 1.

    Read in the careful process; raises BadPaper, whose facts name the ``reason``: "far" when something lies so
    far from the rest that the sheet is too large to read, "heavy", or "broken".
    """
    _facts, rows = _ask(["sheet", str(most)], data)
    return [(number, cells) for number, cells in json.loads(rows)]


def plain_name(name: str) -> str:
    """The last part of a file's name, with nothing a download could stumble over."""
    last = str(name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*%')
    stem, dot, ending = kept.strip(" .").rpartition(".")
    return f"{stem[:100]}{dot}{ending[:10]}" if dot else kept.strip(" .")[:110] or "file"


def _ask(command: list[str], data: bytes) -> tuple[dict[str, Any], bytes]:
    child = [sys.executable, "-I", "-m", "kernel.inspecting", *command]
    try:
        answer = subprocess.run(child, input=data, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as slow:
        raise BadPaper(_refusals()["heavy"], reason="heavy") from slow
    line, _break, rest = answer.stdout.partition(b"\n")
    # Killed for using too much: no line at all.
    facts = json.loads(line) if answer.returncode == 0 and line else {"refused": "heavy"}
    if "refused" in facts:
        raise BadPaper(_refusals().get(facts["refused"], _refusals()["broken"]), reason=facts["refused"])
    return facts, rest


def _refusals() -> dict[str, str]:
    return {
        "kind": _("这里不收这种文件。请传 PDF、JPG 或 PNG。"),
        "broken": _("这个文件打不开。请传完整的 PDF、JPG 或 PNG；苹果手机的 HEIC 请先转成 JPG。"),
        "locked": _("这份 PDF 有密码。请先去掉密码，再传一次。"),
        "active": _("这份 PDF 里有会自己运行的内容或夹带的文件。请用“打印成 PDF”另存一份再传。"),
        "pages": _("这份 PDF 页数太多。请只传需要的那几页。"),
        "pixels": _("图片的像素太多。请缩小到 6000 万像素以内再传。"),
        "heavy": _("这个文件太费劲，没法安全地打开。请另存一份小一点的再传。"),
    }


def _room() -> Any:
    return storages["papers"]


def _put(path: str, data: bytes) -> None:
    """Whole or not at all: a torn preview would be kept for ever and never open."""
    room = _room()
    whole = WholeFileStorage(location=room.location, file_permissions_mode=room.file_permissions_mode)
    whole.save(path, ContentFile(privacy.encrypt_bytes(data)))


def _path(paper: Paper) -> str:
    return f"{paper.county_code or 'province'}/{paper.pk}"


def _preview_path(paper: Paper) -> str:
    return f"{_path(paper)}-preview"
