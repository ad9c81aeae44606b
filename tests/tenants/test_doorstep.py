"""What PostgreSQL keeps of the way to a county is the way, never the county."""

import pytest
from django.db import connection

from tenants.doorstep import step_into
from tenants.models import County
from tenants.states import CountyState


def stands_in():
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_each_step_reads_the_row_of_now(wuchang, dongning):
    assert step_into("wuchang") == wuchang
    assert stands_in() == wuchang.schema_name
    County.objects.filter(pk=wuchang.pk).update(state=CountyState.SUSPENDED, notice="整改中")
    assert step_into("wuchang").notice == "整改中"
    assert step_into("dongning") == dongning
    assert stands_in() == dongning.schema_name
    County.objects.filter(pk=wuchang.pk).update(state=CountyState.ARCHIVED)
    assert step_into("wuchang") is None
    assert step_into("' OR true --") is None


@pytest.mark.django_db
def test_an_upgrade_may_add_a_column_meanwhile(wuchang):
    step_into("wuchang")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE public.tenants_county ADD COLUMN of_the_next_release text")
    assert step_into("wuchang") == wuchang


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_learns_the_way_again(wuchang):
    step_into("wuchang")
    connection.close()
    assert step_into("wuchang") == wuchang
    with connection.connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = 'county_door'")
        assert cursor.fetchone() == (1,)
