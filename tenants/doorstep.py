"""One step to the county of a request: its row and its search_path in one round trip.

Through the ORM it took three: ``SET search_path`` to public, the row, ``SET search_path`` to the
county. The row is still read afresh for each request, so a suspension counts from the next one on.
"""

from django.db import connection

from tenants.models import County
from tenants.states import CountyState

VISIBLE = (CountyState.OPEN, CountyState.SUSPENDED)
FIELDS = [field.attname for field in County._meta.concrete_fields if field.name != "contact_phone"]
NAMED = frozenset(FIELDS)
ENTER = (
    f"SELECT {', '.join(FIELDS)}, set_config('search_path', quote_ident(schema_name) || ', public', false)"  # noqa: S608
    " FROM public.tenants_county WHERE slug = %s AND state = ANY(%s)"
)


def step_into(slug: str) -> County | None:
    """The county of this slug if it may be seen; the connection then stands in its schema."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    # Django's own cursor would set the search_path of wherever the connection stood before.
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(ENTER, [slug, list(VISIBLE)])
        row = cursor.fetchone()
    if row is None:
        return None
    county = County.from_db(connection.alias, NAMED, row[:-1])
    county.stepped_into = True
    return county


def already_inside(county: County) -> None:
    """Tell django-tenants that the search_path is set, if ``step_into`` did; it would set it again."""
    if getattr(county, "stepped_into", False):
        connection.search_path_set_schemas = [county.schema_name, "public"]
