"""The audit trail as a file that proves itself: signed with Ed25519, its links checked again by whoever gets it.

One JSON value a line: what the file is, each entry, and at the end the signature over every byte
before it. The key lies outside the database: who could change the trail there could not sign it.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import IO, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from kernel import audit, clock, key_file, key_ring
from kernel.errors import DomainError
from kernel.models import AuditEntry

FORMAT = "jieti audit export 1"
FIELDS = (
    "pk",
    "by_id",
    "by_name",
    "action",
    "county_code",
    "object_kind",
    "object_id",
    "title",
    "facts",
    "place",
    "seal",
)


class NoSigningKey(DomainError):
    """Keys stand in the environment and the one that signs is not among them."""

    code = "no_signing_key"


class NothingToExport(DomainError):
    code = "nothing_to_export"


class BadExport(DomainError):
    """The file is not what was exported; the sentence says where it breaks."""

    code = "bad_export"


@dataclass(frozen=True)
class Exported:
    first: int
    last: int
    sha256: str


def new_key() -> str:
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def signing_key() -> Ed25519PrivateKey:
    """The province's own; where keys lie in a file it is made there at the first export."""
    given = getattr(settings, "AUDIT_SIGNING_KEY", "")
    path = key_ring.file_path()
    if not given and path is not None:
        given = key_file.change(path, lambda held: held.setdefault("signing_key", new_key()))["signing_key"]
    if not given:
        raise NoSigningKey(_("还没有签名密钥：请运行 jieti audit new-key，把它写进 JIETI_SIGNING_KEY，再重启。"))
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(given))


def public_key() -> str:
    """What an inspector needs to check a file; it is no secret."""
    raw = signing_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def export(first_day: date, last_day: date, file: IO[bytes], *, by: Any = None) -> Exported:
    """Write every entry from the first sealed on ``first_day`` to the last on ``last_day``, without a gap.

    Whatever waits is sealed before. Raises NothingToExport when there is none.
    """
    while audit.seal():
        pass
    key = signing_key()
    first, last = _places(first_day, last_day)
    digest = hashlib.sha256()
    for line in _lines(first, last, first_day, last_day, by):
        digest.update(line)
        file.write(line)
    file.write(_last(digest.hexdigest(), key.sign(_signed(digest.digest()))))
    audit.record(
        "audit.export", by=by, title=f"{first_day} – {last_day}", first=first, last=last, sha256=digest.hexdigest()
    )
    return Exported(first, last, digest.hexdigest())


def _places(first_day: date, last_day: date) -> tuple[int, int]:
    begin = datetime.combine(first_day, time(), clock.SHANGHAI)
    end = datetime.combine(last_day + timedelta(days=1), time(), clock.SHANGHAI)
    within = AuditEntry.objects.filter(place__isnull=False, at__gte=begin, at__lt=end)
    found = within.aggregate(first=Min("place"), last=Max("place"))
    if found["first"] is None:
        raise NothingToExport(_("这几天没有记录，请换一段日子。"))
    return found["first"], found["last"]


def _lines(first: int, last: int, first_day: date, last_day: date, by: Any) -> Iterator[bytes]:
    before = AuditEntry.objects.filter(place=first - 1).values_list("seal", flat=True).first()
    yield _line(
        {
            "format": FORMAT,
            "province": settings.JIETI_PROVINCE,
            "from": str(first_day),
            "to": str(last_day),
            "first": first,
            "last": last,
            "before": before or audit.START,
            "made_at": clock.now().isoformat(),
            "made_by": str(by or ""),
            "public_key": public_key(),
        }
    )
    entries = AuditEntry.objects.filter(place__gte=first, place__lte=last).order_by("place")
    for entry in entries.iterator(chunk_size=1000):
        yield _line({name: getattr(entry, name) for name in FIELDS} | {"at": entry.at.isoformat()})


def verify(file: IO[bytes], *, trusted: str = "") -> Exported:
    """Is this what was exported, to the last byte, and does every link hold? Raises BadExport.

    ``trusted`` is the public key in base64; empty is the province's own. The one inside the file
    proves nothing: who forges the file writes their own there.
    """
    digest, held = hashlib.sha256(), b""
    head: dict[str, Any] = {}
    previous, expected = "", 0
    for number, line in enumerate(file):
        if held:
            told = _read(held, number - 1)
            digest.update(held)
            if not head:
                head = _head(told)
                previous, expected = head["before"], head["first"]
            else:
                previous = _link(told, expected, previous)
                expected += 1
        held = line
    if not head:
        raise BadExport(_("这不是操作记录的导出文件。"))
    _check_signature(held, digest, trusted or public_key())
    if expected != head["last"] + 1:
        raise BadExport(
            _("少了记录：应到第 %(last)s 条，只到第 %(here)s 条。") % {"last": head["last"], "here": expected - 1}
        )
    return Exported(head["first"], head["last"], digest.hexdigest())


def _head(told: dict[str, Any]) -> dict[str, Any]:
    numbers = isinstance(told.get("first"), int) and isinstance(told.get("last"), int)
    if told.get("format") != FORMAT or not numbers or not isinstance(told.get("before"), str):
        raise BadExport(_("这不是操作记录的导出文件。"))
    return told


def _link(told: dict[str, Any], expected: int, previous: str) -> str:
    try:
        entry: Any = SimpleNamespace(**{**told, "at": datetime.fromisoformat(told["at"])})
        whole = entry.place == expected and entry.seal == audit.digest(entry, expected, previous)
    except (KeyError, TypeError, ValueError, AttributeError):
        whole = False
    if not whole:
        raise BadExport(_("第 %(place)s 条对不上：这一条或前一条被改过。") % {"place": expected})
    return str(entry.seal)


def _check_signature(line: bytes, digest: Any, trusted: str) -> None:
    told = _read(line, -1)
    try:
        signature = base64.b64decode(told.get("signature", ""), validate=True)
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(trusted))
        key.verify(signature, _signed(digest.digest()))
    except (InvalidSignature, ValueError, TypeError) as wrong:
        raise BadExport(_("签名不对：文件被改过，或者不是这把密钥签的。")) from wrong
    # The same signature can be spelt in other letters, and the sum beside it be another: to the byte.
    if line != _last(digest.hexdigest(), signature):
        raise BadExport(_("签名不对：文件被改过，或者不是这把密钥签的。"))


def _last(sha256: str, signature: bytes) -> bytes:
    return _line({"sha256": sha256, "signature": base64.b64encode(signature).decode()})


def _signed(digest: bytes) -> bytes:
    return f"{FORMAT}\n".encode() + digest


def _read(line: bytes, number: int) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError as wrong:
        raise BadExport(_("第 %(number)s 行读不出来。") % {"number": number + 1}) from wrong
    return told if isinstance(told, dict) else {}


def _line(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"
