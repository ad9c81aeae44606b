"""Content types are rows of public alone: a step into a county need not forget them."""

from types import SimpleNamespace

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantsWrapper

from tenants.postgres.base import DatabaseWrapper
from tenants.scope import county_scope


def set_by(set_tenant):
    seen = SimpleNamespace(counties=[])
    seen.set_settings_schema = seen.counties.append
    set_tenant(seen, SimpleNamespace(schema_name="c230184"), False)
    return {name: value for name, value in vars(seen).items() if name not in ("tenant", "set_settings_schema")}


def test_a_step_does_what_django_tenants_does():
    assert set_by(DatabaseWrapper.set_tenant) == set_by(TenantsWrapper.set_tenant)


@pytest.mark.django_db
def test_no_county_has_content_types_of_its_own(wuchang):
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'django_content_type'")
        assert cursor.fetchall() == [("public",)]


@pytest.mark.django_db
def test_what_is_known_in_one_county_is_known_in_the_next(wuchang, dongning):
    from cms.models import StoryPage

    with county_scope(wuchang):
        known = ContentType.objects.get_for_model(StoryPage)
    with county_scope(dongning), CaptureQueriesContext(connection) as asked:
        assert ContentType.objects.get_for_id(known.pk) == known
    assert len(asked) == 0
