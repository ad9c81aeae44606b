"""“上一步” on a screen that asks: a button of its form, so that what was typed is kept before one goes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from kernel.errors import DomainError

BEFORE = "before"


def goes_back(request: HttpRequest) -> bool:
    return request.method == "POST" and BEFORE in request.POST


def unkept(form: Any, *not_alone: str) -> bool:
    """Would going lose something typed? It stands in a wrong field, or in one that is only kept with the whole form."""
    if form.is_valid():
        return False
    return any(_is_typed(form, name) for name in (*form.errors, *not_alone) if name in form.fields)


def went_back(request: HttpRequest, url: str, *, keep: Callable[[], Any], loses: bool) -> HttpResponse | None:
    """Keep what is right and go; None where the screen has to be shown again, with what is wrong still in it."""
    try:
        keep()
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return None
    return None if loses else redirect(url)


def _is_typed(form: Any, name: str) -> bool:
    said = form[name].data
    return any(str(one).strip() for one in (said if isinstance(said, list) else [said or ""]))
