"""One step to the county of a request: its row and its search_path in one round trip.

Through the ORM it took three: ``SET search_path`` to public, the row, ``SET search_path`` to the
county. The row is still read afresh for each request, so a suspension counts from the next one on;
what PostgreSQL keeps on a connection is only how to look for it.
"""

from django.db import DEFAULT_DB_ALIAS, connections

from tenants.models import County
from tenants.states import CountyState

VISIBLE = (CountyState.OPEN, CountyState.SUSPENDED)
FIELDS = [field.attname for field in County._meta.concrete_fields if field.name != "contact_phone"]
NAMED = frozenset(FIELDS)
PREPARE = (
    f"PREPARE county_door (text) AS SELECT {', '.join(FIELDS)},"  # noqa: S608
    " set_config('search_path', quote_ident(schema_name) || ', public', false)"
    f" FROM public.tenants_county WHERE slug = $1 AND state IN ({', '.join(repr(state.value) for state in VISIBLE)})"
)
ENTER = "EXECUTE county_door (%s)"


def step_into(slug: str) -> County | None:
    """The county of this slug if it may be seen; the connection then stands in its schema."""
    here = connections[DEFAULT_DB_ALIAS]
    here.close_if_health_check_failed()
    here.ensure_connection()
    # Django's own cursor would set the search_path of wherever the connection stood before.
    with here.wrap_database_errors, here.connection.cursor() as cursor:
        if not here.knows_the_door:
            cursor.execute(PREPARE)
            here.knows_the_door = True
        cursor.execute(ENTER, (slug,))
        row = cursor.fetchone()
    if row is None:
        return None
    county = County.from_db(DEFAULT_DB_ALIAS, NAMED, row[:-1])
    county.stepped_into = True
    return county


def already_inside(county: County) -> None:
    """Tell django-tenants that the search_path is set, if ``step_into`` did; it would set it again."""
    if getattr(county, "stepped_into", False):
        connections[DEFAULT_DB_ALIAS].search_path_set_schemas = [county.schema_name, "public"]
