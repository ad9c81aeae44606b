"""All counties of China with a million listings on one machine: ``make china [COUNTIES=60] [LISTINGS=20000]``.

It may be killed at any moment and goes on where it was. What is done is not done again, unless it is named:
``make china AGAIN=search,visit``. Everything is in ``var/china`` (JIETI_CHINA_VAR), which may be removed afterwards.
"""

import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import database  # first: it chooses the surroundings

WHOLE, MANY = 2844, 1_000_000


def main() -> list[str]:
    folder = Path(os.environ.get("JIETI_CHINA_VAR") or database.ROOT / "var" / "china").absolute()
    counties = int(os.environ.get("COUNTIES") or WHOLE)
    listings = int(os.environ.get("LISTINGS") or MANY)
    again = [name for name in os.environ.get("AGAIN", "").split(",") if name]

    from tests.china.ledger import Ledger
    from tests.china.place import place_of, settled

    place = place_of(folder)
    os.environ.update(place.surroundings())
    with settled(place) as server:
        (folder / "logs").mkdir(exist_ok=True)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("createcachetable", verbosity=0)  # the tests' database, which ours is a copy of, does without
        ledger = Ledger(folder / "ledger.json")
        ledger.forget(*(f"{name}_done" for name in again))
        ledger.note(counties=counties, listings=listings)
        failed = _stages(place, ledger, server.pid, counties, listings)
        from django.db import connections

        from tests.china import report

        connections.close_all()
        if not failed:
            report.show(folder, ledger)
    return failed


def _stages(place: Any, ledger: Any, server: int, counties: int, listings: int) -> list[str]:
    """Which of them failed."""
    from tests.china import asking, filling, searching

    filling.open_counties(place, ledger, server, counties)
    filling.publish_listings(place, ledger, server, listings)
    later: dict[str, Callable[[], None]] = {
        "catalogue": lambda: asking.look_at_catalogue(place, ledger),
        "search": lambda: searching.search(ledger),
        "elastic": lambda: searching.search_elsewhere(place, ledger),
        "backup": lambda: asking.back_up(place, ledger),
        "addfield": lambda: asking.add_field(place, ledger),
        "visit": lambda: asking.visit(place, ledger),
    }
    failed = []
    for name, stage in later.items():
        if f"{name}_done" not in ledger:
            print(f"—— {name}", flush=True)
            began = time.monotonic()
            try:
                stage()
            except Exception:  # the others are still worth knowing
                traceback.print_exc()
                failed.append(name)
            else:
                ledger.note(**{f"{name}_done": time.monotonic() - began})
    return failed


if __name__ == "__main__":
    sys.exit(", ".join(main()) or 0)
