"""What every page says about itself: who runs it, which province, which counties' colours."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tenants import register
from web import selectors
from web.short_names import short_province


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site": settings.SITE,
        "demo": settings.JIETI_DEMO,
        "demo_comes": SimpleLazyObject(demo_comes),
        "province_name": SimpleLazyObject(province_name),
        "county_themes": Themes(getattr(request, "county", None)),
    }


def demo_comes() -> bool:
    """The demo province is still being filled: its counties are not all there, its accounts cannot sign in."""
    return bool(settings.JIETI_DEMO) and not settings.DEMO_MARK.exists()


class Themes:
    """Which county wears which theme, by code. A county's own page nearly always asks only for its own."""

    def __init__(self, here: Any) -> None:
        self._known = {here.code: here.theme} if here is not None else {}
        self._complete = False

    def get(self, code: str, default: str = "") -> str:
        if code not in self._known and not self._complete:
            self._known = {**selectors.county_themes(), **self._known}
            self._complete = True
        return self._known.get(code, default)


def province_name() -> str:
    """黑龙江, as people say it: without 省, 自治区 or 市."""
    return short_province(register.province_name(settings.JIETI_PROVINCE))
