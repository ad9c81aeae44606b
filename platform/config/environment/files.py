"""``jieti --env /etc/jieti/jieti.env …``: a command by hand sees what the services see."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

LINE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)")


def take_settings(named: Sequence[str]) -> None:
    """Put a settings file into the environment; what already stands there wins, as in ``PORT=8001 jieti --env …``."""
    if not named:
        raise FileNotFoundError("no file named")
    for name, value in settings_in(Path(named[0]).read_text(encoding="utf-8")).items():
        os.environ.setdefault(name, value)


def settings_in(text: str) -> dict[str, str]:
    """``NAME=value`` a line, as systemd and containers read it: no shell, so ``&`` and ``$`` are only letters."""
    found = (LINE.fullmatch(line.strip()) for line in text.splitlines())
    return {match[1]: _bare(match[2].strip()) for match in found if match}


def _bare(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value
