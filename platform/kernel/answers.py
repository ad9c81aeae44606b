"""What a person is told after an act, and how a file is handed out that is nobody else's business."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from kernel.errors import DomainError


def do_and_say(request: HttpRequest, act: Callable[[], Any], said: str) -> None:
    """Try it; say that it was done, or why it was refused."""
    try:
        act()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)


def private_file(data: bytes, content_type: str, name: str) -> HttpResponse:
    """Shown in the browser and kept nowhere; even a file that got past every check runs nothing here."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
