"""The province back from its backup: everything is read, opened and replayed beside, and moved into place at the end.

Until then nothing that was there is touched, so a wrong key or a damaged file costs nothing but the minutes.
"""

import contextlib
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from config.backup import media, wal
from config.backup.age import BadSeal, Identity, Opener, Unsealed
from config.backup.base import PG_MANIFEST
from config.backup.checking import check_base
from config.backup.keys import Keys
from config.backup.packing import CHUNK, Damaged, sum_of, unpacked
from config.backup.recovery import Reached, Recovery, Running
from config.backup.source import lsn
from config.backup.store import Base, Store, megabytes
from config.refusal import Refusal
from kernel.clock import SHANGHAI
from kernel.postgres_clients import wheel_folder

Say = Callable[[str], None]
DRAFT = "restoring"
KINDS = ("media", "private")


@dataclass(frozen=True)
class Wish:
    """What to bring back, and where to. ``media`` and ``data`` may be brought back apart."""

    store: Store
    data: Path
    files: Path
    until: datetime | None = None
    base: str = ""
    timeline: str = "latest"
    even_damaged: bool = False
    with_database: bool = True
    with_media: bool = True
    programs: Path | None = None


@dataclass
class Done:
    base: Base
    reached: Reached | None = None
    segments: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)


def choose_base(wish: Wish) -> Base:
    """The newest that ended before the wished moment. Raises Refusal."""
    known = wish.store.bases()
    if wish.base:
        known = [base for base in known if base.name == wish.base]
    fitting = [base for base in known if wish.until is None or base.ended <= wish.until]
    if fitting:
        return fitting[-1]
    if known:
        first = known[0].ended.astimezone(SHANGHAI)
        raise Refusal(
            f"最早的备份在 北京时间 {first:%Y-%m-%d %H:%M:%S} 做完，回不到更早的时候。",
            f"The first backup ended at {first:%Y-%m-%d %H:%M:%S} Beijing time; nothing earlier can be had.",
        )
    raise Refusal(f"{wish.store.folder} 里没有做完的备份。", f"There is no finished backup in {wish.store.folder}.")


def stands_alone(wish: Wish, base: Base) -> bool:
    """A weekly or monthly base, whose changes the rule let go up to where a later base begins: whole as it stands.

    A hole that ends anywhere else is a loss, and is said.
    """
    chain = _known_chain(wish, base)
    later = [one for one in wish.store.bases() if one.system == base.system and one.began > base.began]
    return not chain.names and any(one.facts["first_segment"][8:] <= chain.after for one in later)


def must_be_reachable(wish: Wish, base: Base) -> None:
    """Raises Refusal for a moment whose changes the rule let go."""
    if wish.until is not None and stands_alone(wish, base):
        ended = base.ended.astimezone(SHANGHAI)
        raise Refusal(
            f"这一刻的日志按规则已经删去，回不到。最近的一份整份备份在 北京时间 {ended:%Y-%m-%d %H:%M:%S} 做完：写 --base {base.name}，不写 --until。",
            f"The changes of that moment are no longer kept; the base before it is whole: --base {base.name} without --until.",
        )


def must_fit(base: Base, keys: Keys | None, identity: Identity | None, say: Say) -> None:
    """The keys are this province's, the backup is whole and opens. Raises Refusal before a byte is written."""
    wanted = set(base.facts["key_prints"])
    missing = wanted - set(keys.prints) if keys else set()
    if missing == wanted:
        raise Refusal(
            f"这些密钥不是这个省的：备份用的是 {' '.join(sorted(wanted))}，拿来的是 {' '.join(keys.prints if keys else [])}。",
            "These keys are not this province's: phones and papers would stay closed.",
        )
    if missing:
        say(f"备份那时的 {len(wanted)} 把钥匙少了 {len(missing)} 把：后来换过的话不要紧，恢复完会逐处试着打开。")
    if base.facts["sealed_for"] and identity is None:
        raise Refusal(
            f"备份是加密的（给 {base.facts['sealed_for']}），要 --identity 私钥文件。",
            f"The backup is sealed for {base.facts['sealed_for']}: --identity FILE is needed.",
        )
    must_be_sound(base)
    if base.facts["sealed_for"] and identity is not None:
        try:
            with base.data.open("rb") as file:
                Unsealed(file, identity)
        except BadSeal as wrong:
            raise Refusal(
                f"这把私钥打不开备份：要的是 {base.facts['sealed_for']} 那一把，拿来的是 {identity.recipient} 的。",
                f"This identity does not open the backup, which is sealed for {base.facts['sealed_for']}.",
            ) from wrong


def must_be_empty(wish: Wish) -> None:
    places = [wish.data] if wish.with_database else []
    places += [wish.files / kind for kind in KINDS] if wish.with_media else []
    for place in places:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise Refusal(
                f"{place} 不是空的，不会覆盖；先把它改名挪开（mv {place} {place}.old）。",
                f"{place} is not empty and is not overwritten; move it aside first (mv {place} {place}.old).",
            )


@contextlib.contextmanager
def bring_back(wish: Wish, base: Base, openers: list[Opener], say: Say) -> Iterator[tuple[Done, Running | None]]:
    """Everything beside its place; in the body the replayed server still answers. After it, moved into place.

    Raises Refusal for a damaged backup, with what can still be had.
    """
    done = Done(base)
    drafts = [wish.data.parent / DRAFT, wish.files / DRAFT]
    for draft in dict.fromkeys(drafts):
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o711, parents=True)  # PostgreSQL may have to pass through as another user
    try:
        with contextlib.ExitStack() as stack:
            running = None
            if wish.with_media:
                _unpack_media(wish, openers, drafts[1], done, say)
            if wish.with_database:
                recovery = _lay_out(wish, base, openers, drafts[0], done, say)
                say("正在重放日志……")
                running = stack.enter_context(recovery.running())
                done.reached = running.reached
            yield done, running
        _move_into_place(wish, drafts)
    finally:
        for draft in drafts:
            shutil.rmtree(draft, ignore_errors=True)


def _move_into_place(wish: Wish, drafts: list[Path]) -> None:
    moves = [(drafts[0] / "data", wish.data)] if wish.with_database else []
    moves += [(drafts[1] / kind, wish.files / kind) for kind in KINDS] if wish.with_media else []
    for source, target in moves:
        if source.exists():
            if target.exists():
                target.rmdir()
            source.rename(target)


# --- the database ----------------------------------------------------------------------------------


def _lay_out(wish: Wish, base: Base, openers: list[Opener], draft: Path, done: Done, say: Say) -> Recovery:
    programs = wish.programs or _programs_for(base)
    chain, alone = _chain(wish, base), stands_alone(wish, base)
    _must_have_room(wish, base, len(chain.names))
    segments = draft / "wal"
    segments.mkdir(mode=0o700)
    done.segments = _unpack_wal(wish, chain, openers, segments)
    say(f"日志 {done.segments} 段完好，正在展开数据库……")
    data = draft / "data"
    data.mkdir(mode=0o700)
    _extract(base, openers, data)
    _verify(data)
    _prefer_the_longer(base, data, segments)
    return Recovery(
        data=data,
        wal=segments,
        programs=programs,
        user=base.facts["user"],
        database=base.facts["database"],
        until=wish.until,
        timeline="current" if alone and wish.timeline == "latest" else wish.timeline,
        base_alone=alone,
        log=_log_beside(wish.data),
    )


def _log_beside(data: Path) -> Path:
    path = data.parent / "recovery.log"
    path.unlink(missing_ok=True)
    return path


def must_be_sound(base: Base) -> None:
    for trouble in check_base(base):
        raise Refusal(
            f"{trouble}，什么都没有动；换一份：--base 名字。", f"Base {base.name} is damaged; nothing was touched."
        )


def _known_chain(wish: Wish, base: Base) -> wal.Chain:
    return wal.Chain.of(wish.store.wal(base.system), base.facts["last_segment"], base.facts["segment_bytes"])


def _chain(wish: Wish, base: Base) -> wal.Chain:
    chain = _known_chain(wish, base)
    if chain.hole and not wish.even_damaged and not stands_alone(wish, base):
        raise Refusal(
            f"日志缺了一段（{chain.hole}），后面的用不上，什么都没有动；恢复到缺口为止：加 --even-damaged。",
            f"WAL segment {chain.hole} is missing, what follows it cannot be used. Nothing was touched; --even-damaged goes up to it.",
        )
    return chain


def _must_have_room(wish: Wish, base: Base, segments: int) -> None:
    wanted = base.facts["plain_bytes"] + segments * base.facts["segment_bytes"]
    free = shutil.disk_usage(wish.data.parent).free
    if free < wanted * 1.1:
        raise Refusal(
            f"{wish.data.parent} 只剩 {megabytes(free)}，恢复要 {megabytes(wanted * 1.1)}。",
            f"{wish.data.parent} has {megabytes(free)} left, the restore needs {megabytes(wanted * 1.1)}.",
        )


def _unpack_wal(wish: Wish, chain: wal.Chain, openers: list[Opener], target: Path) -> int:
    histories = [name for name in chain.files if name.endswith(".history")]
    count = 0
    for name in [*histories, *chain.names]:
        try:
            _unpack_one(chain.files[name], openers, target / name)
        except (Damaged, BadSeal) as wrong:
            (target / name).unlink(missing_ok=True)
            if wish.even_damaged:
                break
            raise Refusal(
                f"日志坏了一段（{wrong}），什么都没有动；恢复到坏的地方为止：加 --even-damaged。",
                "A WAL segment is damaged. Nothing was touched; --even-damaged goes up to it.",
            ) from wrong
        count += 1
    return count


def _unpack_one(path: Path, openers: list[Opener], target: Path) -> None:
    if ".gz" not in path.name:  # still being received: as pg_receivewal wrote it
        shutil.copyfile(path, target)
        return
    with unpacked(path, *openers) as plain, target.open("wb") as file:
        shutil.copyfileobj(plain, file, CHUNK)


def _prefer_the_longer(base: Base, data: Path, segments: Path) -> None:
    """A segment that was still growing gets its name, unless what the base itself brought reaches further."""
    for growing in segments.glob(f"*{wal.GROWING}"):
        whole = segments / growing.name.removesuffix(wal.GROWING)
        own = data / "pg_wal" / whole.name
        if whole.exists() or (own.exists() and not _holds(growing, own, base)):
            growing.unlink()
        else:
            growing.rename(whole)


def _holds(growing: Path, own: Path, base: Base) -> bool:
    """Does the received piece hold all the base needs of this segment?"""
    if growing.name.removesuffix(wal.GROWING) != base.facts["last_segment"]:
        return False
    length = (lsn(base.facts["wal_end"]) - 1) % base.facts["segment_bytes"] + 1
    with growing.open("rb") as one, own.open("rb") as other:
        return one.read(length) == other.read(length)


def _extract(base: Base, openers: list[Opener], target: Path) -> None:
    try:
        with unpacked(base.data, *openers) as plain, tarfile.open(fileobj=cast("Any", plain), mode="r|") as pack:
            while (member := pack.next()) is not None:
                pack.members.clear()  # type: ignore[attr-defined]
                pack.extract(member, target, filter="data")
    except (Damaged, BadSeal, tarfile.TarError) as wrong:
        raise Refusal(f"备份 {base.name} 坏了（{wrong}），什么都没有动。", f"Base {base.name} is damaged.") from wrong
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        folder.chmod(0o700)


def _verify(data: Path) -> None:
    """PostgreSQL's own judgement; its tar stream holds the WAL too, which replaying judges by itself."""
    done = subprocess.run(
        [wheel_folder() / "pg_verifybackup", "-n", "-q", "-e", data], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refusal(
            f"pg_verifybackup：{done.stderr.strip()[-300:]}", "pg_verifybackup refuses the base; nothing was touched."
        )
    (data / PG_MANIFEST).unlink()


def _programs_for(base: Base) -> Path:
    """The server's programs must be of the release that wrote the data."""
    release = str(base.facts["postgresql"]).split(".", maxsplit=1)[0]
    for folder in (Path("/usr/lib/postgresql") / release / "bin", wheel_folder()):
        if (folder / "postgres").exists() and _release_of(folder) == release:
            return folder
    raise Refusal(
        f"备份出自 PostgreSQL {release}，这台机器上没有：apt install postgresql-{release}，或用 --programs 指出来。",
        f"The backup is of PostgreSQL {release}, which is not here: install it or name it with --programs.",
    )


def _release_of(folder: Path) -> str:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    return said.split()[2].split(".")[0] if len(said.split()) > 2 else ""


# --- files -----------------------------------------------------------------------------------------


def _unpack_media(wish: Wish, openers: list[Opener], draft: Path, done: Done, say: Say) -> None:
    """A damaged photo does not keep a province closed: it is named."""
    wanted: media.Listing = {}
    moment = wish.until or (done.base.ended if stands_alone(wish, done.base) else None)
    for path in media.lists_around(wish.store, moment):
        try:
            wanted |= media.read_list(path, *openers)
        except (Damaged, BadSeal) as wrong:
            raise Refusal(f"文件清单坏了（{wrong}），什么都没有动。", "The list of files is damaged.") from wrong
    say(f"照片和文件 {len(wanted)} 个……")
    for kind in KINDS:
        (draft / kind).mkdir(mode=0o755 if kind == "media" else 0o700)
    for name, entry in wanted.items():
        if not _is_inside(name) or not _unpack_file(wish.store, entry, openers, draft / name):
            done.missing.append(name)
            continue
        done.files += 1
        if name.startswith("private/"):
            (draft / name).chmod(0o600)


def _unpack_file(store: Store, entry: media.Entry, openers: list[Opener], target: Path) -> bool:
    kept = media.find_object(store, entry[0])
    if kept is None:
        return False
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    try:
        _unpack_one(kept, openers, target)
    except (Damaged, BadSeal):
        target.unlink(missing_ok=True)
        return False
    if sum_of(target) != entry[0]:
        target.unlink()
        return False
    return True


def _is_inside(name: str) -> bool:
    return name.split("/", maxsplit=1)[0] in KINDS and ".." not in name.split("/") and "\\" not in name
