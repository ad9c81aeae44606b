"""Large files that lie encrypted on the disk: written and read piece by piece, never whole in memory.

Each piece is a Fernet token that carries its number and whether it is the last one, so pieces cannot be
swapped, repeated, taken from another file or cut off without being noticed.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from kernel import privacy

MAGIC = b"jieti-sealed-1\n"
PIECE = 1024 * 1024


class Broken(OSError):
    """The file is not as it was written."""


def seal(source: BinaryIO, target: Path, name: str) -> None:
    """Write everything ``source`` holds under ``name``, which opens it again and nothing else does."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with target.open("wb") as file:
        target.chmod(0o600)
        file.write(MAGIC)
        number, piece = 0, source.read(PIECE)
        while True:
            following = source.read(PIECE)
            token = privacy.encrypt_bytes(_head(name, number, last=not following) + piece)
            file.write(struct.pack(">I", len(token)) + token)
            if not following:
                return
            number, piece = number + 1, following


def _head(name: str, number: int, *, last: bool) -> bytes:
    return f"{name}:{number}:{int(last)}\n".encode()


def pieces(source: Path, name: str) -> Iterator[bytes]:
    """The file again, piece by piece; raises Broken at the first that is not the one that belongs there."""
    with source.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise Broken("not a sealed file")
        number, last = 0, False
        while not last:
            size = file.read(4)
            if len(size) < 4:
                raise Broken("cut off")
            said, _break, piece = privacy.decrypt_bytes(file.read(struct.unpack(">I", size)[0])).partition(b"\n")
            last = said + b"\n" == _head(name, number, last=True)
            if not last and said + b"\n" != _head(name, number, last=False):
                raise Broken("another piece")
            number += 1
            yield piece


class Opened(io.RawIOBase):
    """A sealed file as a response streams it: read only, from the beginning."""

    def __init__(self, source: Path, name: str) -> None:
        super().__init__()
        self._pieces = pieces(source, name)
        # Opened at once: one that no key fits is refused before anything is sent.
        self._piece = io.BytesIO(next(self._pieces, b""))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        given = self._piece.readinto(buffer)
        while not given and (piece := next(self._pieces, None)) is not None:
            self._piece = io.BytesIO(piece)
            given = self._piece.readinto(buffer)
        return given
