"""The file that holds the keys: read without Django, changed whole or not at all.

``keys``, ``hash_keys`` and ``session_keys`` are lists, the one that writes first. A key that was
added and does not write yet stands last and is named in ``waiting``. Files of earlier releases
have one ``hash_key`` and one ``secret_key``; they are read the same.
"""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEXT, HASH, SESSION = "text", "hash", "session"
PLACES = {TEXT: "keys", HASH: "hash_keys", SESSION: "session_keys"}
ONE_OF_BEFORE = {HASH: "hash_key", SESSION: "secret_key"}


def fingerprint(key: str) -> str:
    """Twelve digits by which a key is called; they tell nothing of it."""
    return hashlib.sha256(f"jieti key {key}".encode()).hexdigest()[:12]


def load(path: Path) -> dict[str, Any]:
    """The file's content with every list in its place; raises OSError or ValueError."""
    return _whole(json.loads(path.read_text(encoding="utf-8")))


def change(path: Path, act: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Read, change, write; two commands at once go one after the other, a reader sees one or the other."""
    with open(path.with_name(f"{path.name}.lock"), "w") as lock:
        os.fchmod(lock.fileno(), 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = load(path)
        act(held)
        _write(path, held)
    return held


def _whole(raw: dict[str, Any]) -> dict[str, Any]:
    held = {"waiting": [], "added": {}, **raw}
    for what, place in PLACES.items():
        before = raw.get(ONE_OF_BEFORE.get(what, ""), "")
        held[place] = list(raw.get(place) or ([before] if before else []))
    return held


def _write(path: Path, held: dict[str, Any]) -> None:
    draft = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    # An older release that still runs beside this one reads the single keys.
    for what, place in ONE_OF_BEFORE.items():
        held[place] = held[PLACES[what]][0] if held[PLACES[what]] else ""
    kept = path.stat()
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(held, file)
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(kept.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(draft, kept.st_uid, kept.st_gid)
    draft.replace(path)
