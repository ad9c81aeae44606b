"""A room's own command (``jieti county open …``), beside a running platform or without one."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

from config import processes
from config.commands.parts import postgres_of
from config.environment import Environment, read_environment
from config.folder_lock import FolderTaken, take_folder
from config.refusal import Refusal
from kernel import terminal

WITHOUT_DATABASE = frozenset({"help", "version", "--version", "makemessages", "compilemessages", "translations"})


def run_room_command(words: list[str], **given: Any) -> int:
    """``given``: what does not belong among words that anybody may see, as a key."""
    environment = read_environment(os.environ)
    note = environment.var / "port"
    if "PORT" not in os.environ and note.exists():  # links name the port the platform runs on
        os.environ["PORT"] = note.read_text(encoding="utf-8").strip()
        environment = read_environment(os.environ)
    if words[0] in WITHOUT_DATABASE:
        return _execute(words)
    _must_have_started(environment)
    with reachable_database(environment):
        return _execute_with(words, given) if given else _execute(words)


def _must_have_started(environment: Environment) -> None:
    """Elsewhere than where ``make up`` keeps its data there is no province, and none is begun for a mistyped folder."""
    if not environment.production and not (postgres_of(environment).folder / "PG_VERSION").exists():
        raise Refusal(
            f"{environment.var} 里还没有借梯的数据：先 make up；数据放在别处的，命令前面写上 JIETI_VAR=那个文件夹。",
            f"There is no data of jieti in {environment.var}: run make up first, or put JIETI_VAR=its folder before the command.",
        )


def _execute(words: list[str]) -> int:
    from django.core.management import execute_from_command_line

    try:
        with terminal.typed():
            execute_from_command_line(["jieti", *words])
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _execute_with(words: list[str], given: dict[str, Any]) -> int:
    import django
    from django.core.management import CommandError, call_command

    django.setup()
    try:
        with terminal.typed():
            call_command(*words, **given)
    except CommandError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def reachable_database(environment: Environment, patience: float = 60) -> Iterator[None]:
    """The running platform's PostgreSQL, or one of our own for as long as the command takes."""
    if environment.production:
        yield
        return
    postgres = postgres_of(environment)
    limit = time.monotonic() + patience
    while True:
        try:
            lock = take_folder(environment.var)
            break
        except FolderTaken:
            if postgres.is_ready():
                yield
                return
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)
    with lock:
        postgres.create()
        server = postgres.start()
        try:
            postgres.make_database(environment.database["NAME"])
            yield
        finally:
            processes.end(server, with_signal=signal.SIGINT, patience=60)
