"""Every change of a listing has a number, larger than all before it: what a slow or repeated message is told by.

The numbers come from one sequence of the database, taken while the listing's row is held, so that of two
changes of one listing the later has the larger. A listing that goes leaves its last number in ``Departed``.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import BigIntegerField, Func, Value

SEQUENCE = "public.search_version"
NEXT = f"nextval('{SEQUENCE}')"

MOURN = f"""
INSERT INTO search_departed AS kept (county_code, product_id, version)
SELECT %s, product_id, {NEXT} FROM unnest(%s::bigint[]) AS product_id
ON CONFLICT (county_code, product_id) DO UPDATE SET version = excluded.version
"""  # noqa: S608


def next_version() -> Func:
    """For an UPDATE: a new number for each row, taken once the row is ours."""
    return Func(Value(SEQUENCE), function="nextval", output_field=BigIntegerField())


def mourn(county_code: str, products: Sequence[int]) -> None:
    """Keep the number of their going; call it when the rows are deleted, not before."""
    with connection.cursor() as cursor:
        cursor.execute(MOURN, [county_code, sorted(products)])


def beyond(version: int) -> None:
    """No later number may be smaller: after a restored database an engine can know of larger ones."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval('{SEQUENCE}', greatest(%s, {NEXT}))", [version])
