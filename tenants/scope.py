"""To be in a county: its schema, its path and its addresses, and back again.

``county_scope`` is the only way in, for requests, tasks and commands. It restores what was there
before, not the public schema: a Wagtail preview runs the whole middleware inside a request.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import override_script_prefix
from django.urls import get_urlconf, set_urlconf

from kernel.errors import CountyGone
from tenants import visits
from tenants.models import County
from tenants.states import CountyState

_origin: ContextVar[str | None] = ContextVar("county_origin", default=None)

SERVED = (CountyState.OPENING, CountyState.OPEN, CountyState.SUSPENDED)


def current_origin() -> str | None:
    """Scheme and host of the county we are in, None on the province."""
    return _origin.get()


def current_county() -> County | None:
    tenant = getattr(connection, "tenant", None)
    return tenant if isinstance(tenant, County) else None


def code_here() -> str:
    """The code of the county we are in, empty on the province."""
    county = current_county()
    return county.code if county else ""


@contextmanager
def county_scope(county: County, *, prefix: str | None = None, origin: str | None = None) -> Iterator[County]:
    """Everything inside reads and writes this county's schema and makes this county's links."""
    tenant_before, urlconf_before = connection.tenant, get_urlconf()
    token = _origin.set(origin or settings.PROVINCE_ORIGIN)
    try:
        connection.set_tenant(county)
        visits.note(county.schema_name)
        set_urlconf(settings.ROOT_URLCONF)
        with override_script_prefix(prefix or county.prefix):
            yield county
    finally:
        _return_to(tenant_before)
        set_urlconf(urlconf_before)
        _origin.reset(token)


@contextmanager
def public_scope() -> Iterator[None]:
    """The province's side of things, from inside a county."""
    tenant_before = connection.tenant
    try:
        connection.set_schema_to_public()
        yield
    finally:
        _return_to(tenant_before)


def scope_of(county_code: str) -> Any:
    """The scope of a county that must still exist; raises CountyGone otherwise."""
    county = County.objects.filter(code=county_code, state__in=SERVED).first()
    if county is None:
        raise CountyGone(f"{county_code} 没有这个县，或者已经归档。", county=county_code)
    return county_scope(county)


def scoped_steps(parts: Iterable[bytes], county: County, prefix: str, origin: str) -> Iterator[bytes]:
    """A streaming body whose every step runs in the county: it is read after the middleware ended."""
    parts = iter(parts)
    try:
        while True:
            with county_scope(county, prefix=prefix, origin=origin):
                try:
                    part = next(parts)
                except StopIteration:
                    return
            yield part
    finally:
        if hasattr(parts, "close"):
            with county_scope(county, prefix=prefix, origin=origin):
                parts.close()


def _return_to(tenant: Any) -> None:
    if tenant is None:
        connection.set_schema_to_public()
    else:
        connection.set_tenant(tenant)
