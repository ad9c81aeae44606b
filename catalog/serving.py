"""How long browsers may keep a picture, and whether it is still there: rooms above may know more than its file."""

from collections.abc import Callable

YEAR = 365 * 24 * 3600

# (schema, name below it) -> seconds, 0 for a picture that must not be seen any more
Asked = Callable[[str, str], int]
_asked: list[Asked] = []


def ask(asked: Asked) -> None:
    if asked not in _asked:
        _asked.append(asked)


def keep_for(schema: str, name: str) -> int:
    """A picture's name changes with its content, so browsers may keep it for a year unless somebody says less."""
    return min((asked(schema, name) for asked in _asked), default=YEAR)
