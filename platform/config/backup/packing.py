"""Writing a stream so that it can be trusted: compressed, sealed on request, summed, under its name only when whole."""

import contextlib
import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from config.backup.age import BadSeal, Opener, Recipient, Sealing, Unsealed
from kernel.whole_files import make_sure

CHUNK = 1024 * 1024
QUICK = 1  # compression: three times as fast as the usual 6, a tenth larger
GZIP = 31  # zlib's word for a gzip frame
PART = ".part"


class Damaged(Exception):
    """A file of the backup is not what was written; ``path`` names it."""

    def __init__(self, path: Path, why: str) -> None:
        self.path = path
        super().__init__(f"{path.name}: {why}")


@dataclass(frozen=True)
class Packed:
    """What lies on the disk: its name, its bytes, and their sum."""

    name: str
    bytes: int
    sha256: str


class Packing:
    """``write`` plain bytes into it; ``close`` makes the file durable and gives it its name."""

    def __init__(self, path: Path, recipient: Recipient | None) -> None:
        self.path = path.with_name(path.name + (".gz.age" if recipient else ".gz"))
        self.draft = self.path.with_name(self.path.name + PART)
        self._file = open(os.open(self.draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")  # noqa: SIM115 - close and give_up close it
        self._sum = hashlib.sha256()
        self._bytes = 0
        self._zip = zlib.compressobj(QUICK, zlib.DEFLATED, GZIP)
        self._seal = Sealing(cast("IO[bytes]", _Into(self._put)), recipient) if recipient else None

    def write(self, data: bytes) -> int:
        self._pass_on(self._zip.compress(data))
        return len(data)

    def close(self) -> Packed:
        self._pass_on(self._zip.flush())
        if self._seal:
            self._seal.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.draft.replace(self.path)
        make_sure(self.path.parent)
        return Packed(self.path.name, self._bytes, self._sum.hexdigest())

    def give_up(self) -> None:
        self._file.close()
        self.draft.unlink(missing_ok=True)

    def _pass_on(self, data: bytes) -> None:
        if data:
            (self._seal.write if self._seal else self._put)(data)

    def _put(self, data: bytes) -> int:
        self._sum.update(data)
        self._bytes += len(data)
        return self._file.write(data)


class _Into:
    """Something with ``write`` for the sealing."""

    def __init__(self, write: object) -> None:
        self.write = write


def pack(source: IO[bytes], path: Path, recipient: Recipient | None) -> Packed:
    """A whole file."""
    packing = Packing(path, recipient)
    try:
        while piece := source.read(CHUNK):
            packing.write(piece)
        return packing.close()
    except BaseException:
        packing.give_up()
        raise


@contextlib.contextmanager
def unpacked(path: Path, *openers: Opener) -> Iterator[IO[bytes]]:
    """The plain bytes of a packed file, in a stream. Raises Damaged; BadSeal where no key fits."""
    with path.open("rb") as file:
        sealed = path.name.endswith(".age")
        inner = Unsealed(file, *openers) if sealed else file
        try:
            with gzip.GzipFile(fileobj=cast("IO[bytes]", inner)) as plain:
                yield cast("IO[bytes]", plain)
        except (gzip.BadGzipFile, zlib.error, EOFError, BadSeal) as wrong:
            raise Damaged(path, str(wrong)) from wrong


def sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def plain_name(path: Path) -> str:
    """ "0000….gz.age" → "0000…"."""
    return path.name.removesuffix(".age").removesuffix(".gz")
