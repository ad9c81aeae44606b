"""Every address of the platform, as the two resolvers list them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

PROVINCE, COUNTY = "config.urls_province", "config.urls_county"
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """``route`` is the pattern from the root of its place, without the marks of regular expressions."""

    place: str
    name: str
    route: str

    def path(self, values: dict[str, Any], regexes: dict[str, str]) -> str:
        """The route with each parameter filled in; a KeyError names the one without a value."""
        route = regexes.get(self.route, self.route)
        return "/" + PARAMETER.sub(lambda found: str(values[found[1]]), route)


def addresses(place: str) -> list[Address]:
    from django.urls import get_resolver

    found = [Address(place, name, route) for route, name in _walk(get_resolver(place).url_patterns)]
    assert len(found) > 40
    return found


def _walk(patterns: Any, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, route, inner)
        else:
            yield route, ":".join([*spaces, pattern.name or ""])
