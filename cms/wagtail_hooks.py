"""Editors see their pages, pictures and documents: what the province runs is not in their menu."""

from typing import Any

from wagtail import hooks

HIDDEN = frozenset({"settings", "reports", "help"})


@hooks.register("construct_main_menu")
def only_what_is_theirs(request: Any, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in HIDDEN]
