"""Build the cluster the tests are cloned from: ``python -m tests.build_cluster FOLDER``."""

import signal
import sys
from pathlib import Path

from tests.database import TEMPLATE, cluster

COUNTIES = {"230184": "0451-55550184", "231086": "0453-55551086"}


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
    """Prepare everything as a first start does, then open counties through the door every county comes through."""
    import django

    django.setup()
    from django.db import connections

    from config import first_start

    first_start.migrate_public()
    first_start.load_categories()
    first_start.migrate_counties()
    open_counties()
    connections.close_all()


def open_counties() -> None:
    from kernel.outbox import relay_once
    from tenants.models import County, Opening
    from tenants.opening import Plan, plan_counties

    plan_counties(
        [
            Plan(code=code, contact_name="周启航", contact_phone="13800000000", service_phone=phone)
            for code, phone in COUNTIES.items()
        ]
    )
    while relay_once():
        pass
    if County.objects.filter(code__in=COUNTIES, state="open").count() != len(COUNTIES):
        raise SystemExit(f"not opened: {list(Opening.objects.values_list('county__code', 'step', 'state', 'trouble'))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
