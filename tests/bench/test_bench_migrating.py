"""One AddField over all counties against django-tenants' migrate_schemas, measured on some and reckoned for all."""

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
    theirs = []
    for county in counties[:MEASURED]:
        theirs.append(seconds(lambda county=county: by_migrate_schemas(county.schema_name)))
    for county in counties[:MEASURED]:  # back to where they were, so that ours does them all
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{county.schema_name}".catalog_producer DROP fax')
            cursor.execute(f"DELETE FROM \"{county.schema_name}\".django_migrations WHERE name = '9001_later'")
    report = None

    def ours():
        nonlocal report
        report = migrating.migrate_counties()

    took = seconds(ours)
    assert (len(report.fast), report.slow, report.failed) == (len(counties), [], {})
    wanted = schemas.catalogue(schemas.TEMPLATE)
    assert all(schemas.catalogue(county.schema_name) == wanted for county in counties[::20])
    each = sum(theirs) / len(theirs)
    nothing = seconds(migrating.migrate_counties)
    show(
        f"One AddField over {len(counties)} counties",
        [
            ("ours, template and all counties", f"{took:.2f} s"),
            ("ours, a county", ms(took / len(counties))),
            (f"migrate_schemas, a county, mean of {MEASURED} measured", ms(each)),
            (f"migrate_schemas, {len(counties)} counties, reckoned from these", f"{each * len(counties):.0f} s"),
            ("times faster (aim 50)", f"{each * len(counties) / took:.0f} ×"),
            ("a second run with nothing to do", ms(nothing)),
        ],
    )


def by_migrate_schemas(name):
    call_command("migrate_schemas", schema_name=name, verbosity=0, interactive=False)
    connection.set_schema_to_public()
