"""What a person is told after an act."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from kernel.errors import DomainError


def do_and_say(request: HttpRequest, act: Callable[[], Any], said: str) -> None:
    """Try it; say that it was done, or why it was refused."""
    try:
        act()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
