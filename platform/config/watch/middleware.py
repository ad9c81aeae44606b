"""Outermost: every request gets an id, is counted, and leaves one line."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.watch import meters
from kernel import failures, logs

LONGEST = 200  # characters of a path in the log
REFUSED = {400: "form", 429: "often"}


class Statements:
    """Counts what the database is asked in one thread."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.number += 1
        return execute(sql, params, many, context)

    def counted(self) -> AbstractContextManager[None]:
        return connection.execute_wrapper(self)


class WatchMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "is_dummy", False):  # a preview inside a request that is watched already
            return self.get_response(request)
        began = time.perf_counter()
        request_id = logs.accepted_id(request.META.get("HTTP_X_REQUEST_ID", ""))
        statements = Statements()
        with logs.working_for(request_id):
            with statements.counted():
                response = self.get_response(request)
            _note(request, response.status_code, time.perf_counter() - began, statements.number)
        response.headers["X-Request-ID"] = request_id
        return response


def _note(request: HttpRequest, status: int, seconds: float, queries: int) -> None:
    view, county = view_name(request), getattr(getattr(request, "county", None), "code", "")
    meters.count(view, request.method or "", status, seconds, queries)
    if status >= 500 and status != meters.ON_PURPOSE:
        failures.note(failures.PAGE, view, county)
    why = refused(request, status)
    logs.access.info(
        "request",
        method=request.method,
        path=request.path[:LONGEST],
        view=view,
        status=status,
        ms=round(seconds * 1000, 1),
        queries=queries,
        county=county,
        user=logs.opaque(_person(request)),
        **({"refused": why} if why else {}),
    )


def _person(request: HttpRequest) -> Any:
    """Whoever the request was for, if anything asked who that is."""
    return getattr(getattr(request, "_cached_user", None), "pk", None)


def refused(request: HttpRequest, status: int) -> str:
    """What stood in the way, for whoever looks for somebody who tries: ``right``, ``token``, ``row``, ``form`` or ``often``.

    On the line that is written anyway, so that trying fills no log faster than asking does.
    """
    if status == 403:
        return "right" if getattr(request, "csrf_processing_done", False) else "token"
    # An address that is there, asked by somebody signed in: the row is not, or is another county's.
    if status == 404 and request.resolver_match is not None and _person(request) is not None:
        return "row"
    return REFUSED.get(status, "")


def view_name(request: HttpRequest) -> str:
    """One of the addresses' names: what nobody serves has none, and files are one."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"
