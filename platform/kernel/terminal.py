"""Who types a command on the machine itself: the trail names them where nobody has signed in."""

import contextlib
import getpass
from collections.abc import Iterator
from contextvars import ContextVar

_typist: ContextVar[str] = ContextVar("typist", default="")


def typist() -> str:
    return _typist.get()


@contextlib.contextmanager
def typed() -> Iterator[None]:
    """What is done inside is done by whoever is logged in to the machine."""
    token = _typist.set(f"{_user()}（命令行）")
    try:
        yield
    finally:
        _typist.reset(token)


@contextlib.contextmanager
def untyped() -> Iterator[None]:
    """Effects that happen to run in the same process are nobody's deed here."""
    token = _typist.set("")
    try:
        yield
    finally:
        _typist.reset(token)


def _user() -> str:
    try:
        return getpass.getuser()[:40]
    except (KeyError, OSError):  # a container's number without a name
        return "?"
