"""What stands in the side list of a desk: each room adds its entries at start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.doors import county_code_of
from accounts.roles import may

PROVINCE_DESK, COUNTY_DESK = "province", "county"


@dataclass(frozen=True)
class Entry:
    """``count`` is asked with the request; None shows no number."""

    where: str
    order: int
    label: Any
    url_name: str
    permission: str
    group: Any = ""
    count: Callable[[HttpRequest], int | None] | None = None
    reading: str = ""


_entries: dict[tuple[str, str], Entry] = {}


def add_entry(entry: Entry) -> None:
    _entries[entry.where, entry.url_name] = entry


def entries_for(request: HttpRequest) -> list[dict[str, Any]]:
    """The entries this person may use here, as the desk's frame wants them."""
    county_code = county_code_of(request)
    where = COUNTY_DESK if county_code else PROVINCE_DESK
    listed = sorted((one for one in _entries.values() if one.where == where), key=lambda one: one.order)
    shown = []
    for one in listed:
        if not any(may(request.user, asked, county_code) for asked in (one.permission, one.reading) if asked):
            continue
        url = reverse(one.url_name, urlconf=getattr(request, "urlconf", None))
        shown.append(
            {
                "label": one.label,
                "url": url,
                "count": one.count(request) if one.count else None,
                "current": _is_current(request.path, url),
                "group": str(one.group),
            }
        )
    return shown


def _is_current(path: str, url: str) -> bool:
    return path == url or (url.count("/") > 2 and not url.endswith("/desk/") and path.startswith(url))
