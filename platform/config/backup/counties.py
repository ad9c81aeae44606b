"""Files of single counties: sealed for the same key as the province's backup, and kept by the same rule."""

import contextlib
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.backup.age import BadSeal, Identity, Recipient
from config.backup.base import check_written
from config.backup.packing import CHUNK, Damaged, pack, plain_name, unpacked
from config.backup.province import recipient_of
from config.backup.rule import Rule
from config.environment import Environment
from config.refusal import Refusal
from kernel.clock import SHANGHAI

FILE = re.compile(r"county-(?P<code>\d{6})-(?P<stamp>\d{8}-\d{6})\.zip(\.gz\.age)?")
STAMP = "%Y%m%d-%H%M%S"
ROUND = ".last-round"  # when every county's file was last made


@dataclass(frozen=True)
class CountyShelf:
    """``ours`` are the folders in which the rule holds; a stick of somebody's own is never cleared."""

    recipient: Recipient | None
    rule: Rule
    ours: tuple[Path, ...]
    aside: Path

    def drafts(self, folder: Path) -> Path:
        """Where the plain file is made: a sealed backup's disk must never have held it."""
        return self.aside if self.recipient else folder

    def keep(self, made: Path, folder: Path) -> Path:
        """The finished file in its folder. Raises Damaged when the disk did not take it."""
        path = self._sealed(made, folder) if self.recipient else made
        if any(folder.resolve().is_relative_to(place.resolve()) for place in self.ours):
            forget(folder, path, self.rule)
        return path

    def _sealed(self, made: Path, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        with made.open("rb") as source:
            packed = pack(source, folder / made.name, self.recipient)
        made.unlink()
        check_written(folder, packed)
        return folder / packed.name


@contextlib.contextmanager
def county_shelf(environment: Environment) -> Iterator[CountyShelf]:
    ours = (environment.var / "backups", *([environment.backup] if environment.backup else []))
    environment.var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sealing-", dir=environment.var) as aside:
        yield CountyShelf(recipient_of(environment), Rule.read(environment.backup_keep), ours, Path(aside))


def forget(folder: Path, newest: Path, rule: Rule) -> None:
    """What the rule does not keep of the county whose file ``newest`` is."""
    known = {path: moment for path, code, moment in _files(folder) if code == _code_of(newest)}
    kept = rule.kept(known.values())
    for path, moment in known.items():
        if moment not in kept:
            path.unlink()


def files_in(folder: Path) -> dict[str, list[datetime]]:
    """County → the moments of its files, the latest last; empty where there are none."""
    found: dict[str, list[datetime]] = {}
    for _path, code, moment in sorted(_files(folder), key=lambda one: one[1:]) if folder.exists() else ():
        found.setdefault(code, []).append(moment)
    return found


def _files(folder: Path) -> Iterator[tuple[Path, str, datetime]]:
    for path in folder.iterdir():
        if found := FILE.fullmatch(path.name):
            yield path, found["code"], datetime.strptime(found["stamp"], STAMP).replace(tzinfo=SHANGHAI)


def noted(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ROUND).touch()


def since_noted(folder: Path) -> float:
    """Seconds since every county's file was made; endless when they never were."""
    with contextlib.suppress(FileNotFoundError):
        return time.time() - (folder / ROUND).stat().st_mtime
    return float("inf")


def _code_of(path: Path) -> str:
    return path.name.split("-")[1]


@contextlib.contextmanager
def opened(file: Path, identity: Identity | None, var: Path) -> Iterator[Path]:
    """The plain file, for as long as it is needed; one that is not sealed is itself."""
    if not file.name.endswith(".age"):
        yield file
        return
    if identity is None:
        raise Refusal("这份备份是加密的，要 --identity 私钥文件。", "This backup is sealed: --identity FILE is needed.")
    var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="opening-", dir=var) as place:
        path = Path(place) / plain_name(file)
        try:
            with unpacked(file, identity) as plain, path.open("wb") as target:
                shutil.copyfileobj(plain, target, CHUNK)
        except FileNotFoundError as missing:
            raise Refusal(f"没有这个文件：{file}", f"There is no such file: {file}") from missing
        except (BadSeal, Damaged) as wrong:
            raise Refusal(
                f"打不开 {file.name}（{wrong}）：私钥不是这一把，或者文件坏了。", f"{file.name} does not open: {wrong}."
            ) from wrong
        yield path
