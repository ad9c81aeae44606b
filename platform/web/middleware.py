"""A page, not an empty answer, for whoever opens an address that is only a button's."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

NOT_ALLOWED = 405


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
