"""Reading a whole backup again: sums of bases, no hole in the WAL, every file of the newest list."""

from collections.abc import Callable, Iterable
from pathlib import Path

from config.backup import media, wal
from config.backup.packing import CHUNK, Damaged, sum_of, unpacked
from config.backup.store import Base, Store
from config.refusal import Refusal


def check_store(store: Store, name: str, say: Callable[[str], None]) -> list[str]:
    """Sentences about what is damaged or missing; none when all is well. Sealed pieces are judged by their sums."""
    bases = [base for base in store.bases() if name in {"", base.name}]
    if not bases:
        raise Refusal(f"没有备份 {name}。".replace(" 。", "。"), "There is no such backup.")
    troubles = []
    for base in bases:
        say(f"核对 {base.name}……")
        troubles += check_base(base)
    if not name:
        troubles += _check_wal(store, bases)
        troubles += [f"文件 {digest[:12]}… 不在了" for digest in media.missing_objects(store)]
    return troubles


def check_base(base: Base) -> list[str]:
    facts = base.facts["data"]
    if not base.data.exists():
        return [f"备份 {base.name}：{base.data.name} 不在了"]
    if base.data.stat().st_size != facts["bytes"] or sum_of(base.data) != facts["sha256"]:
        return [f"备份 {base.name}：{base.data.name} 坏了"]
    return []


def _check_wal(store: Store, bases: Iterable[Base]) -> list[str]:
    troubles = []
    for system in {base.system for base in bases}:
        ours = [base for base in bases if base.system == system]
        shelf = store.wal(system)
        chain = wal.Chain.of(shelf, ours[-1].facts["last_segment"], ours[-1].facts["segment_bytes"])
        if chain.hole:
            troubles.append(f"日志缺了一段：{chain.hole}")
        troubles += [f"日志 {wrong}" for wrong in damaged(chain.paths)]
    return troubles


def damaged(paths: Iterable[Path]) -> list[str]:
    """Plain segments are unpacked; sealed ones cannot be, where their key is not."""
    found = []
    for path in paths:
        if path.name.endswith(".gz"):
            try:
                with unpacked(path) as plain:
                    while plain.read(CHUNK):
                        pass
            except Damaged as wrong:
                found.append(str(wrong))
    return found
