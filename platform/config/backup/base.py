"""The database whole: one stream from pg_basebackup, each file in it compared with PostgreSQL's own manifest on its way.

What was compared is what is written: the same bytes go through tar, compression and seal in one pass, and
afterwards the file is read again from the disk against its sum. So a sealed backup is checked as well as a plain one.
"""

import hashlib
import json
import re
import signal
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import IO, Any, cast

from config import processes
from config.backup.age import Recipient
from config.backup.packing import CHUNK, Damaged, Packed, Packing, sum_of
from config.backup.source import Source
from config.refusal import Refusal

DATA = "base.tar"
PG_MANIFEST = "backup_manifest"
NOT_LISTED = ("pg_wal/", "postgresql.auto.conf", "recovery.signal", "standby.signal", PG_MANIFEST)


class _Tee:
    """Read by tarfile, written to the disk."""

    def __init__(self, source: IO[bytes], packing: Packing) -> None:
        self.source, self.packing, self.plain_bytes = source, packing, 0

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.packing.write(data)
        self.plain_bytes += len(data)
        return data


def write_base(source: Source, folder: Path, label: str, recipient: Recipient | None) -> dict[str, Any]:
    """Facts of a base that was written and found whole. Raises Refusal with PostgreSQL's words, or Damaged."""
    packing = Packing(folder / DATA, recipient)
    with tempfile.TemporaryFile() as words, source.wal_held(f"jieti_base_{label.replace('-', '_')}"):
        command: list[str | Path] = [
            source.program("pg_basebackup"),
            "-D",
            "-",
            "-Ft",
            "-X",
            "fetch",
            "-c",
            "fast",
            "--no-password",
        ]
        command += ["--manifest-checksums=SHA256", "-l", f"jieti {label}", "-d", source.conninfo]
        running = processes.start(command, env=source.env, output=subprocess.PIPE, complaints=words)
        try:
            facts = _take_in(_Tee(cast("IO[bytes]", running.stdout), packing))
            _must_have_ended_well(running, words)
            packed = packing.close()
        except BaseException as wrong:
            processes.end(running, with_signal=signal.SIGTERM)
            packing.give_up()
            if isinstance(wrong, tarfile.TarError):
                _must_have_ended_well(running, words)
            raise
        finally:
            cast("IO[bytes]", running.stdout).close()
    check_written(folder, packed)
    return {**facts, "data": {"name": packed.name, "bytes": packed.bytes, "sha256": packed.sha256}}


def _must_have_ended_well(running: "subprocess.Popen[bytes]", words: IO[bytes]) -> None:
    if running.wait():
        words.seek(0)
        said = words.read().decode(errors="replace").strip()[-600:]
        raise Refusal(f"pg_basebackup 没有做完：{said}", "pg_basebackup did not finish; the line above says why.")


def _take_in(tee: _Tee) -> dict[str, Any]:
    sums: dict[str, tuple[int, bytes]] = {}
    manifest = b""
    with tarfile.open(fileobj=cast("IO[bytes]", tee), mode="r|", bufsize=CHUNK) as pack:
        while (member := pack.next()) is not None:
            pack.members.clear()  # type: ignore[attr-defined]  # a whole country has millions of files
            if member.issym() and member.name.startswith("pg_tblspc/"):
                raise Refusal("表空间不能这样备份。", "Tablespaces cannot be backed up this way.")
            if not member.isfile():
                continue
            content = pack.extractfile(member)
            assert content is not None
            name = member.name.removeprefix("./")
            if name == PG_MANIFEST:
                manifest = content.read()
            elif not name.startswith(NOT_LISTED):
                sums[name] = (member.size, hashlib.file_digest(cast("Any", content), "sha256").digest())
    while tee.read(CHUNK):  # what tarfile leaves unread belongs to the stream all the same
        pass
    return {"plain_bytes": tee.plain_bytes, "files": len(sums), **compare(manifest, sums)}


def compare(manifest: bytes, sums: dict[str, tuple[int, bytes]]) -> dict[str, Any]:
    """Each file PostgreSQL sent against what arrived; returns where the base begins and ends in the WAL."""
    place = Path(PG_MANIFEST)
    found = re.search(rb'"Manifest-Checksum": "([0-9a-f]{64})"\}\s*$', manifest)
    if (
        not found
        or hashlib.sha256(manifest[: manifest.rindex(b'"Manifest-Checksum"')]).hexdigest() != found[1].decode()
    ):
        raise Damaged(place, "PostgreSQL's manifest is missing or damaged")
    facts = json.loads(manifest)
    for file in facts["Files"]:
        name = (
            file["Path"] if "Path" in file else bytes.fromhex(file["Encoded-Path"]).decode("utf-8", "surrogateescape")
        )
        if name.startswith(NOT_LISTED):
            continue
        if sums.get(name) != (file["Size"], bytes.fromhex(file["Checksum"])):
            raise Damaged(Path(name), "it did not arrive as PostgreSQL sent it")
    ranges = facts["WAL-Ranges"]
    return {
        "timeline": ranges[-1]["Timeline"],
        "wal_start": ranges[0]["Start-LSN"],
        "wal_end": ranges[-1]["End-LSN"],
    }


def check_written(folder: Path, packed: Packed) -> None:
    """Read it again: a disk that lies is found out today, not on the bad day."""
    path = folder / packed.name
    if path.stat().st_size != packed.bytes or sum_of(path) != packed.sha256:
        raise Damaged(path, "what lies on the disk is not what was written")
