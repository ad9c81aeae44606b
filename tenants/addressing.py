"""Addresses from anywhere to anywhere: the province's pages and every county's."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.test.utils import override_script_prefix
from django.urls import reverse
from django.utils.safestring import SafeString

from tenants.scope import current_origin

PLAIN = (int, str, SafeString)


def province_url(name: str, *args: Any, **kwargs: Any) -> str:
    """A page of the province; with its origin when we stand on a county's own domain."""
    return _from_here(_path("/", settings.PUBLIC_SCHEMA_URLCONF, name, args, tuple(kwargs.items())))


def county_url(slug: str, name: str = "", *args: Any, **kwargs: Any) -> str:
    """A page of a county under the province's host; without a name its front page."""
    if not name:
        return _from_here(f"/c/{slug}/")
    return _from_here(_path(f"/c/{slug}/", settings.ROOT_URLCONF, name, args, tuple(kwargs.items())))


def _path(prefix: str, urlconf: str, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    """Only numbers and words are the same question when they are equal; of a row the next one may say otherwise."""
    plain = all(type(value) in PLAIN for value in (*args, *(value for _key, value in kwargs)))
    return (_kept_path if plain else _reversed)(prefix, urlconf, name, args, kwargs)


def _reversed(prefix: str, urlconf: str, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]) -> str:
    with override_script_prefix(prefix):
        return reverse(name, urlconf=urlconf, args=args, kwargs=dict(kwargs))


# An address is the same as long as the process lives, and a page asks for fifty.
_kept_path = lru_cache(maxsize=4096, typed=True)(_reversed)


def _from_here(path: str) -> str:
    origin = current_origin()
    return path if origin in (None, settings.PROVINCE_ORIGIN) else settings.PROVINCE_ORIGIN + path
