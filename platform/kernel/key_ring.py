"""The keys in force, in every process, while they turn (promise S8, ADR 0024).

Where the keys lie in a file, each process looks at it once a second and before it gives up on a
text it cannot read: so a key turns without a restart. Where they stand in the environment, the
processes are started anew one after the other, and both keys stand side by side meanwhile.
"""

import contextlib
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from kernel import key_file

LOOKED_EVERY = 1.0


@dataclass(frozen=True)
class Ring:
    """Each list with the key that writes first."""

    text: tuple[str, ...]
    hashes: tuple[str, ...]
    sessions: tuple[str, ...]
    waiting: frozenset[str] = frozenset()

    def of(self, what: str) -> tuple[str, ...]:
        return {key_file.TEXT: self.text, key_file.HASH: self.hashes, key_file.SESSION: self.sessions}[what]


_also: ContextVar[tuple[str, ...]] = ContextVar("also", default=())
_held: Ring | None = None
_stamp: tuple[int, ...] = ()
_looked = 0.0


def file_path() -> Path | None:
    """The file that holds the keys, or None where the environment does."""
    named = getattr(settings, "KEY_FILE", None)
    return Path(named) if named else None


@contextlib.contextmanager
def also(keys: Iterable[str]) -> Iterator[None]:
    """Old keys that read here and now, as a restore of an old file needs; none of them writes."""
    mark = _also.set(tuple(keys))
    try:
        yield
    finally:
        _also.reset(mark)


def ring() -> Ring:
    """The keys of this moment."""
    held = _in_force()
    old = tuple(key for key in _also.get() if key not in held.text)
    return replace(held, text=(*held.text, *old)) if old else held


def _in_force() -> Ring:
    path = file_path()
    if path is None:
        return _of_settings()
    if _held is None or time.monotonic() - _looked > LOOKED_EVERY:
        look_again()
    return _held or _of_settings()


def look_again() -> bool:
    """Read the file if it is another than before; True when the keys are."""
    global _held, _stamp, _looked
    path = file_path()
    if path is None:
        return False
    _looked = time.monotonic()
    found = path.stat()
    stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
    if stamp == _stamp and _held is not None:
        return False
    raw = key_file.load(path)
    before, _stamp = _held, stamp
    _held = Ring(tuple(raw["keys"]), tuple(raw["hash_keys"]), tuple(raw["session_keys"]), frozenset(raw["waiting"]))
    _tell_django(_held)
    return _held != before


def forget() -> None:
    """Read the file anew at the next question: for tests, which change it under one process."""
    global _held, _stamp, _looked
    _held, _stamp, _looked = None, (), 0.0


def on_request(**_facts: Any) -> None:
    """Before each request and task: sessions are signed with what the file says now."""
    ring()


def _of_settings() -> Ring:
    return Ring(
        tuple(settings.PRIVACY_KEYS),
        (settings.PRIVACY_HASH_KEY, *getattr(settings, "PRIVACY_HASH_KEY_FALLBACKS", ())),
        (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS),
    )


def _tell_django(held: Ring) -> None:
    """Django signs sessions with its own setting; it reads it at each signing."""
    if held.sessions and (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS) != held.sessions:
        settings.SECRET_KEY = held.sessions[0]
        settings.SECRET_KEY_FALLBACKS = list(held.sessions[1:])
