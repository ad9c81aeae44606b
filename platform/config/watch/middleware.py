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
ON_PURPOSE = 503  # a suspended county, a part that is not ready: we said so ourselves


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
    if status >= 500 and status != ON_PURPOSE:
        failures.note(failures.PAGE, view, county)
    logs.access.info(
        "request",
        method=request.method,
        path=request.path[:LONGEST],
        view=view,
        status=status,
        ms=round(seconds * 1000, 1),
        queries=queries,
        county=county,
        user=logs.opaque(getattr(getattr(request, "_cached_user", None), "pk", None)),
    )


def view_name(request: HttpRequest) -> str:
    """One of the addresses' names: what nobody serves has none, and files are one."""
    if request.resolver_match is not None:
        return request.resolver_match.view_name
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"
