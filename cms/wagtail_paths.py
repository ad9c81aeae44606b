"""Wagtail under a county's path: the few places where it remembers the first county for ever.

Each replacement checks what it replaces, so an upgrade of Wagtail that changes one of them stops
the start instead of linking one county's editors into another's pages.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.test.utils import override_script_prefix
from django.urls import get_script_prefix
from django.utils.functional import cached_property
from wagtail.admin.menu import Menu
from wagtail.admin.search import Search
from wagtail.admin.viewsets.base import ViewSet
from wagtail.contrib.redirects import signal_handlers
from wagtail.models import Page

from tenants.scope import current_county, current_origin


def install() -> None:
    _remember_by_prefix(Menu, "registered_menu_items")
    _remember_by_prefix(Search, "registered_search_areas")
    _never_remember(ViewSet, "menu_url")
    _origin_of_the_scope()
    _redirects_without_prefix()


def _cached(owner: type, name: str) -> Callable[[Any], Any]:
    found = owner.__dict__.get(name)
    if not isinstance(found, cached_property):
        raise RuntimeError(f"Wagtail changed {owner.__name__}.{name}: look again at county paths")
    return found.func


def _remember_by_prefix(owner: type, name: str) -> None:
    """Menus and search areas reverse their URLs once; keep them per county."""
    build = _cached(owner, name)

    def get(self: Any) -> Any:
        kept = self.__dict__.setdefault(f"_{name}_by_prefix", {})
        prefix = get_script_prefix()
        if prefix not in kept:
            kept[prefix] = build(self)
        return kept[prefix]

    setattr(owner, name, property(get))


def _never_remember(owner: type, name: str) -> None:
    """A URL that may also be assigned on an instance: computed each time it is not."""
    build = _cached(owner, name)

    class Fresh:
        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            return self if instance is None else build(instance)

    setattr(owner, name, Fresh())


def _origin_of_the_scope() -> None:
    """A page's full URL starts with the origin we are being visited under, not the Site row's."""
    original = Page.get_url_parts

    def get_url_parts(self: Page, request: Any = None) -> Any:
        origin, county = current_origin(), current_county()
        if origin is None and county is not None:  # a bare tenant_context dropped the prefix
            with override_script_prefix(county.prefix):
                parts = original(self, request)
            origin = settings.PROVINCE_ORIGIN
        else:
            parts = original(self, request)
        if not parts or parts[1] is None or not origin:
            return parts
        return parts[0], origin, parts[2]

    owner = next(kind for kind in Page.__mro__ if "get_url_parts" in kind.__dict__)
    owner.get_url_parts = get_url_parts  # type: ignore[attr-defined]


def _redirects_without_prefix() -> None:
    """Redirects of renamed pages are stored as the county's own paths, valid on any address."""
    if not hasattr(signal_handlers, "_page_urls_for_sites"):
        raise RuntimeError("Wagtail changed its redirects: look again at county paths")
    original = signal_handlers._page_urls_for_sites

    def without_prefix(page: Any, sites: Any, cache_target: Any) -> Any:
        with override_script_prefix("/"):
            return original(page, sites, cache_target)

    signal_handlers._page_urls_for_sites = without_prefix
