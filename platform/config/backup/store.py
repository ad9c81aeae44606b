"""The backup's folder: what lies where, who may write, how much room there is.

bases/20261122-060000/   the database whole, its manifest, the list of files of that moment
wal/<system>/            every change since, in PostgreSQL's own segments; receiving-N/ is still growing
media/objects/, lists/   files by their sum, and which name had which sum when
"""

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from config.backup.packing import PART
from config.refusal import Refusal
from kernel.whole_files import make_sure

FORMAT = 1
MANIFEST = "manifest.json"
STAMP = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class Base:
    """One base backup that was written and found whole."""

    folder: Path
    facts: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.facts["began"])

    @property
    def ended(self) -> datetime:
        """Not before this moment can the province be brought back from it."""
        return datetime.fromisoformat(self.facts["ended"])

    @property
    def data(self) -> Path:
        return self.folder / str(self.facts["data"]["name"])

    @property
    def system(self) -> str:
        return str(self.facts["system"])


@dataclass(frozen=True)
class Store:
    folder: Path

    @property
    def bases_folder(self) -> Path:
        return self.folder / "bases"

    @property
    def objects(self) -> Path:
        return self.folder / "media" / "objects"

    @property
    def lists(self) -> Path:
        return self.folder / "media" / "lists"

    def wal(self, system: str) -> Path:
        return self.folder / "wal" / system

    def make(self) -> None:
        """Raises Refusal where the folder cannot be written."""
        try:
            for folder in (self.bases_folder, self.folder / "wal", self.objects, self.lists):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as wrong:
            raise Refusal(
                f"备份文件夹 {self.folder} 不能写入（{wrong.strerror}）。",
                f"The backup folder {self.folder} cannot be written ({wrong.strerror}).",
            ) from wrong

    def bases(self) -> list[Base]:
        """Oldest first; a folder without a readable manifest is no base."""
        found = []
        for manifest in sorted(self.bases_folder.glob(f"*/{MANIFEST}")):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
                base = Base(manifest.parent, json.loads(manifest.read_text(encoding="utf-8")))
                if base.facts["format"] == FORMAT and base.ended and base.system and base.data.name:
                    found.append(base)
        return found

    def draft_of(self, name: str) -> Path:
        """A folder for a new base. What a killed backup left behind is swept, a finished one never touched."""
        final = self.bases_folder / name
        if final.exists():
            raise Refusal(f"已经有备份 {name}，不会覆盖。", f"There is a backup {name} already; it is not overwritten.")
        for left in self.bases_folder.glob(f"*{PART}"):
            shutil.rmtree(left)
        draft = final.with_name(name + PART)
        draft.mkdir(mode=0o700)
        return draft

    @contextlib.contextmanager
    def taken(self, purpose: str, patience: float = 0) -> Iterator[None]:
        """One at a time, after waiting ``patience`` seconds. The kernel frees the lock at our end, however we end."""
        limit = time.monotonic() + patience
        with (self.folder / f"{purpose}.lock").open("a") as lock:
            while not _locked(lock):
                if time.monotonic() >= limit:
                    raise Refusal(
                        f"另一个备份正在写 {self.folder}，等它做完。",
                        f"Another backup is writing into {self.folder}; wait for it.",
                    )
                time.sleep(0.2)
            yield

    def must_have_room(self, wanted: int) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < wanted:
            raise Refusal(
                f"{self.folder} 只剩 {megabytes(free)}，这次备份要留 {megabytes(wanted)}；请腾地方或换一个文件夹。",
                f"{self.folder} has {megabytes(free)} left, this backup may need {megabytes(wanted)}: make room or choose another.",
            )


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def write_json(path: Path, facts: Any) -> None:
    """Whole or not at all."""
    draft = path.with_name(path.name + PART)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(facts, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    make_sure(path.parent)


def stamp_of(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(STAMP)


def moment_of(stamp: str) -> datetime:
    return datetime.strptime(stamp[:15], STAMP).replace(tzinfo=UTC)


def megabytes(size: float) -> str:
    return f"{size / 1_000_000:,.1f} MB"
