"""Build the cluster the tests are cloned from: ``python -m tests.build_cluster FOLDER``."""

import signal
import sys
from pathlib import Path

from tests.database import TEMPLATE, cluster

COUNTIES = ("230184", "231086")


def main(folder: Path) -> None:
    from config import processes

    postgres = cluster(folder)
    postgres.create()
    server = postgres.start()
    try:
        postgres.make_database(TEMPLATE)
        fill()
    finally:
        processes.end(server, with_signal=signal.SIGINT, patience=60)
    if server.returncode:
        raise SystemExit(f"PostgreSQL ended with {server.returncode}")


def fill() -> None:
    """Migrate public, then open the counties through the door every county comes through."""
    import django

    django.setup()
    from config.first_start import load_categories, migrate_public
    from django.db import connections

    migrate_public()
    load_categories()
    open_counties()
    connections.close_all()


def open_counties() -> None:
    from kernel.outbox import relay_once
    from tenants.opening import plan_counties

    plan_counties(COUNTIES, by=None)
    while relay_once():
        pass
    from tenants.models import County

    unopened = County.objects.filter(code__in=COUNTIES).exclude(state="open")
    if County.objects.filter(code__in=COUNTIES).count() != len(COUNTIES) or unopened.exists():
        raise SystemExit(f"not opened: {list(unopened.values_list('code', 'state'))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
