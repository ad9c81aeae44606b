"""One of the two processes that do the work: ``python -m tests.china.hand open|list NUMBER OF [COUNT]``.

Opening it is a worker: it empties the outbox until there is nothing left to open. Listing it publishes lots of a
thousand, those that are not there yet. What each step cost it writes down as it goes.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.china.machine import processor_seconds


def main(what: str, number: int, of: int, count: int) -> None:
    import django

    django.setup()
    notes = Path(os.environ["JIETI_VAR"]) / f"{what}-{number}.csv"
    with notes.open("a", encoding="utf-8", buffering=1) as file:
        {"open": _open, "list": _list}[what](lambda *facts: print(*facts, sep=",", file=file), number, of, count)


def _open(note: Callable[..., None], number: int, of: int, count: int) -> None:
    """A line for each step: when, which, seconds, processor seconds of ours, of PostgreSQL's."""
    from django.db import close_old_connections

    from kernel.outbox import relay_once
    from tenants import opening
    from tenants.models import Opening
    from tenants.states import OpeningState

    taken, run = [""], opening._run

    def named(step: Any, county: Any) -> None:
        taken[0] = step.name
        run(step, county)

    opening._run = named
    while Opening.objects.filter(state=OpeningState.WORKING).exists():
        done, *spent = _spent(lambda: relay_once(limit=1))
        if done:
            note(time.time(), taken[0], *spent)
        else:
            time.sleep(0.05)
        close_old_connections()  # as a worker does after each task


def _list(note: Callable[..., None], number: int, of: int, count: int) -> None:
    from django.db import connection

    from search.services import publish_many
    from tests.china import country, goods

    with connection.cursor() as cursor:
        cursor.execute("SELECT product_id / %s, count(*) FROM search_listing GROUP BY 1", [goods.LOT])
        there = {int(lot): int(rows) for lot, rows in cursor.fetchall()}
    counties = opened(country.counties())
    for lot in range(number, -(-count // goods.LOT), of):
        listings = goods.lot(lot, counties, count)
        if there.get(lot, 0) < len(listings):
            _rows, *spent = _spent(lambda told=listings: publish_many(told))
            note(time.time(), "lot", *spent)


def opened(counties: tuple[Any, ...]) -> tuple[Any, ...]:
    from tenants.selectors import open_counties

    codes = set(open_counties().values_list("code", flat=True))
    return tuple(one for one in counties if one.code in codes)


def _spent(work: Callable[[], Any]) -> tuple[Any, float, float, float]:
    from django.db import connection

    connection.ensure_connection()
    backend = connection.connection.get_backend_pid()
    began, ours, theirs = time.perf_counter(), time.process_time(), processor_seconds(backend)
    done = work()
    ours, began = time.process_time() - ours, time.perf_counter() - began
    return done, round(began, 4), round(ours, 4), round(processor_seconds(backend) - theirs, 4)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
