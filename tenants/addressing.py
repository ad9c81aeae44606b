"""Addresses from anywhere to anywhere: the province's pages and every county's."""

from typing import Any

from django.conf import settings
from django.test.utils import override_script_prefix
from django.urls import reverse

from tenants.scope import current_origin


def province_url(name: str, *args: Any, **kwargs: Any) -> str:
    """A page of the province; with its origin when we stand on a county's own domain."""
    with override_script_prefix("/"):
        path = reverse(name, urlconf=settings.PUBLIC_SCHEMA_URLCONF, args=args, kwargs=kwargs)
    return _from_here(path)


def county_url(slug: str, name: str = "", *args: Any, **kwargs: Any) -> str:
    """A page of a county under the province's host; without a name its front page."""
    if not name:
        return _from_here(f"/c/{slug}/")
    with override_script_prefix(f"/c/{slug}/"):
        path = reverse(name, urlconf=settings.ROOT_URLCONF, args=args, kwargs=kwargs)
    return _from_here(path)


def _from_here(path: str) -> str:
    origin = current_origin()
    return path if origin in (None, settings.PROVINCE_ORIGIN) else settings.PROVINCE_ORIGIN + path
