"""What every answer carries, and a page for whoever opens an address that is only a button's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

NOT_ALLOWED = 405
# Behind these stands somebody's work: neither a proxy nor a browser on a shared machine keeps it.
KEPT_NOWHERE = ("/desk/", "/studio/", "/me/", "/sign-in/", "/invite/", "/cms/")
KEPT_SHOWN = ("text/html", "application/json")
POWERS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"


class SafetyHeaders:
    """Beside Django's own: no powers of the machine, no embedding elsewhere, no copies of a desk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info  # inside a county already: its prefix is off
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", POWERS)
        # Pictures may be shown by a reader of our feeds; pages and answers are for our own pages only.
        if not response.get("Content-Type", "").startswith("image/"):
            response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if _is_kept_nowhere(path, response):
            response["Cache-Control"] = "private, no-store"
        return response


def _is_kept_nowhere(path: str, response: HttpResponseBase) -> bool:
    return path.startswith(KEPT_NOWHERE) and (
        response.get("Content-Type", "").startswith(KEPT_SHOWN) or response.has_header("Content-Disposition")
    )


class WithoutNulls:
    """A zero byte in what an address asks for is nothing anybody typed, and PostgreSQL takes no text that has one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", ""):
            asked = request.GET.copy()
            for name, values in asked.lists():
                asked.setlist(name, [value.replace("\0", "") for value in values])
            request.GET = asked  # type: ignore[assignment]
        return self.get_response(request)


class ButtonOnlyMiddleware:
    """After a reload or from a bookmark a browser asks by GET for what only a button does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code != NOT_ALLOWED or request.method != "GET" or not request.accepts("text/html"):
            return response
        page = render(request, "405.html", status=NOT_ALLOWED)
        page["Allow"] = response["Allow"]
        return page
