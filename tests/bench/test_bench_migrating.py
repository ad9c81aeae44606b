"""One AddField over all counties against django-tenants' migrate_schemas, measured on some and reckoned for all."""

import time

import pytest
from django.core.management import call_command
from django.db import connection

from tests.bench.many import open_all
from tests.bench.table import ms, seconds, show
from tests.tenants.test_migrating import ROADS, later  # noqa: F401 - a fixture

MEASURED = 10


@pytest.mark.django_db(transaction=True)
def test_bench_migrating(later):  # noqa: F811
    from tenants import migrating, schemas
    from tenants.models import County

    open_all()
    counties = list(County.objects.order_by("code"))
    later(ROADS["AddField"][0])
    measured = counties[:MEASURED]
    theirs = [seconds(lambda county=county: by_migrate_schemas(county.schema_name)) for county in measured]
    for county in measured:  # back to where they were, so that ours does them all
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{county.schema_name}".catalog_producer DROP fax')
            cursor.execute(f"DELETE FROM \"{county.schema_name}\".django_migrations WHERE name = '9001_later'")
    report = None

    at: list[float] = []

    def ours():
        nonlocal report
        report = migrating.migrate_counties(lambda *_step: at.append(time.perf_counter()))

    took = seconds(ours)
    counties_took = (at[-1] - at[0]) / (len(at) - 1) * len(at)
    assert (len(report.fast), report.slow, report.failed) == (len(counties), [], {})
    wanted = schemas.catalogue(schemas.TEMPLATE)
    assert all(schemas.catalogue(county.schema_name) == wanted for county in counties[::20])
    each = sum(theirs) / len(theirs)
    nothing = seconds(migrating.migrate_counties)
    show(
        f"One AddField over {len(counties)} counties",
        [
            ("ours, template and all counties", f"{took:.2f} s"),
            ("of these the counties; the rest is the template and its new script", f"{counties_took:.2f} s"),
            ("ours, a county", ms(counties_took / len(counties))),
            (f"migrate_schemas, a county, mean of {MEASURED} measured", ms(each)),
            (f"migrate_schemas, {len(counties)} counties, reckoned from these", f"{each * len(counties):.0f} s"),
            ("times faster over all (aim 50)", f"{each * len(counties) / took:.0f} ×"),
            ("times faster, county by county", f"{each * len(counties) / counties_took:.0f} ×"),
            ("a second run with nothing to do", ms(nothing)),
        ],
    )


def by_migrate_schemas(name):
    call_command("migrate_schemas", schema_name=name, verbosity=0, interactive=False)
    connection.set_schema_to_public()
