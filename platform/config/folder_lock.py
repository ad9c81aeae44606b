"""One platform for each data folder; the kernel frees the lock at our end, however we end."""

import fcntl
import os
from pathlib import Path
from typing import IO


class FolderTaken(Exception):
    """Another ``jieti`` works in this folder; ``holder`` is its process number, if it said so."""

    def __init__(self, folder: Path, holder: str) -> None:
        self.holder = holder
        super().__init__(
            f"数据文件夹 {folder} 正由另一个借梯使用（进程 {holder or '未知'}）。要同时开两个，请给它们不同的 JIETI_VAR 和 PORT。\n"
            f"{folder} is in use by another jieti (process {holder or 'unknown'}). To run two, give each its own JIETI_VAR and PORT."
        )


def take_folder(folder: Path) -> IO[str]:
    """Keep what is returned open as long as the folder is yours. Children do not inherit it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        lock.seek(0)
        holder = lock.read(20).strip()
        lock.close()
        raise FolderTaken(folder, holder) from taken
    lock.seek(0)
    lock.truncate()
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
