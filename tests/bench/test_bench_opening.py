"""Opening a county from the script against the same tables by ordinary migrations; then all counties."""

import pytest
from django.core.management import call_command
from django.db import connection

from tests.bench.many import open_all
from tests.bench.table import median, ms, seconds, show

ROUNDS = 7
MIGRATED = 3


@pytest.mark.django_db(transaction=True)
def test_bench_opening():
    from tenants import schemas

    schemas.create_schema("c990000")  # warm: the script is rendered
    schemas.drop_schema("c990000")
    scripted, migrated = [], []
    for _round in range(ROUNDS):
        scripted.append(seconds(lambda: schemas.create_schema("c990001")))
        schemas.drop_schema("c990001")
    for number in range(MIGRATED):
        name = f"c99001{number}"
        migrated.append(seconds(lambda name=name: by_migrations(name)))
    assert len(schemas.catalogue("c990010")) > 300
    for number in range(MIGRATED):
        schemas.drop_schema(f"c99001{number}")
    fixed: list[float] = []
    times = open_all(lambda: fixed.append(seconds(fixed_work)))
    tenth = max(5, len(times) // 10)
    first, last = median(times[:tenth]), median(times[-tenth:])
    busier = median(fixed[-tenth:]) / median(fixed[:tenth])
    show(
        "Opening a county",
        [
            (f"tables from the script, median of {ROUNDS}", ms(median(scripted))),
            (f"the same tables by migrate_schemas, median of {MIGRATED}", ms(median(migrated))),
            ("times faster (aim 25)", f"{median(migrated) / median(scripted):.1f} ×"),
            (f"all steps of opening, {len(times)} counties one after another (aim 60 s)", f"{sum(times):.1f} s"),
            (f"the first {tenth}, median", ms(first)),
            (f"the last {tenth}, median", ms(last)),
            ("the last against the first (aim 1.5)", f"{last / first:.2f} ×"),
            ("a fixed piece of work beside them, last against first", f"{busier:.2f} ×"),
        ],
    )


def by_migrations(name):
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{name}"')
    call_command("migrate_schemas", schema_name=name, verbosity=0, interactive=False)
    connection.set_schema_to_public()


def fixed_work():
    """The same tables and the same rows each time: slower only when the machine is."""
    columns = ", ".join(f"c{number} text" for number in range(20))
    with connection.cursor() as cursor:
        for number in range(30):
            cursor.execute(f"CREATE TEMP TABLE fixed{number} ({columns})")
            cursor.execute(f"DROP TABLE fixed{number}")
    sum(number * number for number in range(200_000))
