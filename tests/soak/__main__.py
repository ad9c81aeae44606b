"""Ten minutes of a working day on a running platform: ``make soak [MINUTES=10]``.

It starts a platform of its own in ``var/soak`` (JIETI_SOAK_VAR; the first time with the demo province), sends shoppers,
work teams, a coordinator and an editor through it by HTTP, and ends it. Exit code 1 on any server error, on a walk
that could not go on, or when the memory of a part still grows in the last third.
"""

import os
import random
import re
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.china.machine import pss
from tests.database import ROOT
from tests.prove.test_up import PARTS, Platform
from tests.soak import people
from tests.soak.browser import Browser
from tests.soak.memory import growth, still_grows
from tests.soak.notes import Notes

EVERY = 5.0
FIRST_START = 1200
COORDINATOR, EDITOR = "13900000001", "13900000012"
TEAMS = {"wuchang": "13900000013", "dongning": "13900000022"}
MANAGERS = {"wuchang": "13900000011", "dongning": "13900000021"}
REST, LONG_REST = (8.0, 12.0), (25.0, 30.0)  # seconds between two goods, for a quarter of an hour and for hours
SHOPPERS = 6
LEAST = {  # a minute; far below what a slow machine does, far above nothing
    "home": 3, "typing help": 3, "search": 3, "product": 2, "picture": 1, "county": 3, "story": 3,
    "desk": 1, "save draft": 1, "upload photo": 0.5, "province desk": 3, "open a county": 0.2, "story desk": 1,
    "save story": 0.5,
}  # fmt: skip


def main() -> int:
    minutes = float(os.environ.get("MINUTES") or 10)
    var = Path(os.environ.get("JIETI_SOAK_VAR") or ROOT / "var" / "soak").absolute()
    for name in ("DJANGO_SETTINGS_MODULE", "SECRET_KEY", "JIETI_KEYS", "JIETI_HASH_KEY"):  # tests.database's, not ours
        os.environ.pop(name, None)
    # Each visitor an address of their own, as behind a real front server: one address may only ask so often.
    platform = Platform(var, JIETI_DEMO="1", JIETI_PROXIES="1").start()
    try:
        platform.wait_ready(FIRST_START)
        return soak(platform, minutes * 60)
    finally:
        platform.stop()


def soak(platform: Platform, seconds: float) -> int:
    notes, ended = Notes(), threading.Event()
    people.may_open(_unopened(platform))
    _put_on_sale(platform, notes)
    rest = REST if seconds <= 15 * 60 else LONG_REST
    threads = [
        threading.Thread(target=_live, args=(platform, notes, ended, *one), name=one[0], daemon=True)
        for one in _cast(platform, rest)
    ]
    samples: dict[str, list[float]] = {}
    numbers: dict[str, set[int | None]] = {}
    lags, loads = [0.0], [os.getloadavg()[0]]
    notes.began = limit = time.monotonic()
    for thread in threads:
        thread.start()
    while time.monotonic() < limit + seconds:
        for name in PARTS:
            numbers.setdefault(name, set()).add(platform.part(name))
            samples.setdefault(name, []).append(_memory(platform, name))
        lags.append(_lag(platform))
        loads.append(os.getloadavg()[0])
        if len(loads) % 12 == 0:
            print(f"{(time.monotonic() - limit) / 60:.1f} min, " + _memory_line(samples), flush=True)
        time.sleep(EVERY)
    dead = [thread.name for thread in threads if not thread.is_alive()]
    ended.set()
    for thread in threads:
        thread.join(90)
    wrong = died(dead, [thread.name for thread in threads if thread.is_alive()], numbers) + notes.too_few(LEAST)
    return report(notes, samples, lags, loads, wrong)


def died(walkers: list[str], stuck: list[str], numbers: dict[str, set[int | None]]) -> list[str]:
    """Who walks no more, and which part was away or another process than it began as."""
    wrong = [f"{name} walks no more" for name in walkers] + [f"{name} does not end" for name in stuck]
    for part, seen in numbers.items():
        if None in seen:
            wrong.append(f"{part} was away")
        if len(seen - {None}) > 1:
            wrong.append(f"{part} was started again: {len(seen - {None})} processes")
    return wrong


def report(
    notes: Notes, samples: dict[str, list[float]], lags: list[float], loads: list[float], more: list[str]
) -> int:
    print("\n".join(["", *notes.table(), ""]))
    print(f"{'part':<12}{'begin MB':>10}{'end MB':>10}{'last third':>12}")
    for name, sizes in samples.items():
        print(f"{name:<12}{sizes[0]:>10.0f}{sizes[-1]:>10.0f}{growth(sizes):>+12.1f}")
    print(
        f"outbox lag: longest {max(lags):.1f} s, at the end {lags[-1]:.1f} s; load {min(loads):.1f} to {max(loads):.1f}"
    )
    wrong = (
        more
        + notes.fatal()
        + [f"{name} still grows: {growth(sizes):+.1f} MB" for name, sizes in samples.items() if still_grows(sizes)]
    )
    print("\n".join(wrong) or "nothing wrong")
    return int(bool(wrong))


def _put_on_sale(platform: Platform, notes: Notes) -> None:
    for number, (county, phone) in enumerate(TEAMS.items(), start=1):
        team, manager = (Browser(platform.port, notes.note, f"10.9.{number}.{place}") for place in (1, 2))
        people.sign_in(team, phone)
        people.sign_in(manager, MANAGERS[county])
        people.put_on_sale(team, manager, random.Random(county), county)


def _cast(
    platform: Platform, rest: tuple[float, float]
) -> list[tuple[str, people.Walk, str, Callable[[], str] | None]]:
    code = _code_of(platform, "林雪")
    return [
        *[(f"shopper {number}", people.shopper, "", None) for number in range(SHOPPERS)],
        *[(f"team {county}", people.team_of(county, rest), phone, None) for county, phone in TEAMS.items()],
        ("coordinator", people.coordinator, COORDINATOR, code),
        ("editor", people.editor, EDITOR, None),
    ]


def _live(
    platform: Platform, notes: Notes, ended: threading.Event, who: str, walk: people.Walk, phone: str,
    code: Callable[[], str] | None,
) -> None:  # fmt: skip
    """Over and over until it is over; a walk that cannot go on is noted and begun again."""
    dice = random.Random(who)
    browser = Browser(platform.port, notes.note, f"10.0.{dice.randrange(256)}.{dice.randrange(1, 255)}")
    signed_in = not phone
    while not ended.is_set():
        try:
            if not signed_in:
                people.sign_in(browser, phone, code)
                signed_in = True
            walk(browser, dice)
        except OSError:  # the browser has noted the line that broke
            ended.wait(1)
        except Exception as stopped:
            # Whatever it is: a walker that dies of it unseen leaves the others saying that nothing is wrong.
            notes.trouble(who.split(maxsplit=1)[0], f"{type(stopped).__name__}: {stopped}")
            ended.wait(5)
        ended.wait(dice.uniform(0.1, 0.6))


def _code_of(platform: Platform, name: str) -> Callable[[], str]:
    def ask() -> str:
        said = platform.command("demo", "code", name)
        found = re.search(r"\b\d{6}\b", said.stdout)
        if found is None:
            raise people.SignInFailed(said.stdout + said.stderr)
        return found[0]

    return ask


def _unopened(platform: Platform, most: int = 20) -> list[str]:
    """Counties that the coordinator may open meanwhile, as the register has them."""
    from tenants import register

    rows = _query(platform, "SELECT code FROM tenants_county")
    there = {code for (code,) in rows}
    return [one.code for one in register.divisions("23") if one.code not in there][:most]


def _lag(platform: Platform) -> float:
    """Seconds that the oldest due row of the outbox has waited."""
    rows = _query(
        platform,
        "SELECT extract(epoch FROM now() - min(next_at)) FROM kernel_outboxrow WHERE state = 'waiting' AND next_at <= now()",
    )
    return max(0.0, float(rows[0][0] or 0))


def _query(platform: Platform, sql: str) -> list[tuple]:
    import contextlib

    import psycopg2

    from config.environment.reading import socket_folder

    with (
        contextlib.closing(
            psycopg2.connect(dbname="jieti", user="jieti", host=str(socket_folder(platform.var)))
        ) as line,
        line.cursor() as cursor,
    ):
        cursor.execute(sql)
        return cursor.fetchall()


def _memory(platform: Platform, part: str) -> float:
    pid = platform.part(part)
    if pid is None:
        return 0.0
    try:
        return pss([pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))])
    except psutil.Error:
        return 0.0


def _memory_line(samples: dict[str, list[float]]) -> str:
    return ", ".join(f"{name} {sizes[-1]:.0f} MB" for name, sizes in samples.items())


if __name__ == "__main__":
    sys.exit(main())
