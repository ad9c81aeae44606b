"""``jieti doctor [--before] [--counties] [--json]``: 0 when nothing must be mended, 1 otherwise."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from config.doctor import machine, province, running, surroundings
from config.doctor.line import GOOD, MEND, Line, looked
from config.environment import Environment
from config.refusal import Refusal

WORDS = frozenset({"--before", "--counties", "--json"})


def doctor(words: Sequence[str]) -> int:
    for word in words:
        if word not in WORDS:
            raise Refusal(
                f"jieti doctor 不认识“{word}”；可以写 --before、--counties、--json。",
                f'jieti doctor does not know "{word}"; say --before, --counties or --json.',
            )
    lines = list(_lines(before="--before" in words, counties="--counties" in words, talk="--json" not in words))
    wrong = sum(line.verdict == MEND for line in lines)
    if "--json" in words:
        print(json.dumps({"mend": wrong, "lines": [line.facts() for line in lines]}, ensure_ascii=False, indent=1))
    else:
        print(_sum(wrong))
    return int(bool(wrong))


def _sum(wrong: int) -> str:
    return f"\n{wrong} 处要修。 {wrong} to mend." if wrong else "\n没有要修的。 Nothing to mend."


def _lines(*, before: bool, counties: bool, talk: bool) -> Iterator[Line]:
    for line in _all(before, counties):
        if talk:
            print(line.told(), flush=True)
        yield line


def _all(before: bool, counties: bool) -> Iterator[Line]:
    yield from _machine()
    environment, lines = surroundings.read_all(os.environ)
    yield from lines
    if environment is None:
        return
    environment = _on_its_port(environment)
    yield from _machine_for(environment)
    sound = all(line.verdict == GOOD for line in lines)
    if sound and not before and running.is_installed(environment):
        yield from _running(environment, counties)


def _on_its_port(environment: Environment) -> Environment:
    """The port the embedded platform was started on, as every other command takes it."""
    note = environment.var / "port"
    if "PORT" in os.environ or environment.production or not note.exists():
        return environment
    return replace(environment, port=int(note.read_text(encoding="utf-8")))


def _machine() -> Iterator[Line]:
    looks = (
        machine.python,
        machine.packages,
        machine.memory,
        machine.utf8,
        machine.files,
        machine.clock,
        machine.fonts,
    )
    for look in looks:
        yield from looked(look.__name__, look)


def _machine_for(environment: Environment) -> Iterator[Line]:
    looks = (machine.disk, machine.folder, machine.port, surroundings.secrets, surroundings.optional)
    for look in looks:
        yield from looked(look.__name__, partial(look, environment))


def _running(environment: Environment, counties: bool) -> Iterator[Line]:
    """The first thing that is missing makes the rest a guess."""
    reached = looked("database", partial(running.reachable, environment))
    yield from reached
    if reached[0].verdict == MEND:
        return
    import django

    django.setup()
    yield from looked("migrations", province.migrated)
    for name, look in (
        ("broker", running.broker),
        ("elasticsearch", running.elasticsearch),
        ("https", running.handshake),
    ):
        yield from looked(name, partial(look, environment))
    for name, ask in (
        ("keys", province.keys),
        ("cache", province.caches),
        ("media", province.media),
        ("status", province.findings),
    ):
        yield from looked(name, ask)
    if counties:
        yield from looked("counties", province.counties)
