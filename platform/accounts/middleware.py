"""On every request: has this session had its time, and may this person change anything at all?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from accounts import limits, roles, staying

GetResponse = Callable[[HttpRequest], HttpResponseBase]
SMALL = 20_000  # bytes: a form without a file, whatever it calls itself
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# A page asks these by itself while nobody sits there: they are no sign of life.
BY_ITSELF = frozenset(
    {
        "console:progress",
        "accounts:county_archive_progress",
        "accounts:stay_left",
        "wagtailadmin_editing_sessions:ping",
        "wagtailadmin_editing_sessions:release",
    }
)
# What concerns nobody's work: the auditor's own coming and going, and their own data.
OWN_DOOR = frozenset(
    {
        "accounts:sign_in",
        "accounts:code",
        "accounts:code_enter",
        "accounts:second_factor",
        "accounts:sign_out",
        "accounts:password",
        "accounts:language",
        "accounts:stay",
        "accounts:end_elsewhere",
        "accounts:ask_own",
        "accounts:take_own",
        "accounts:mail",
        "accounts:confirm_mail",
        "accounts:new_phone",
        "accounts:new_phone_code",
        "accounts:ask_to_leave",
        "accounts:stay_after_all",
        "set_language",
    }
)


class SessionClock:
    """A session that nobody uses ends on the server, whatever the browser believes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if staying.is_tracked(request):
            why = staying.ended(request)
            if why:
                staying.end(request, why)
                request.session_ended = why  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name not in BY_ITSELF and staying.is_tracked(request):
            staying.touch(request)


class UploadsAreFew:
    """A file costs us a careful look each: so many an hour for one person, counted over all processes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method == "POST" and request.content_type == "multipart/form-data":
            size = request.headers.get("Content-Length", "")
            heavy = not size.isdecimal() or int(size) > SMALL
            if heavy and request.user.is_authenticated and not limits.UPLOAD.take(str(request.user.pk)):
                return render(request, "429.html", status=429)
        return self.get_response(request)


class AuditorOnlyReads:
    """The auditor reads everything and changes nothing: said once, before any view, whatever it allows.

    The permission table gives the auditor nothing that changes; a room that slips there, or a view
    that asks for no permission, still meets this.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.method in SAFE or not request.user.is_authenticated:
            return
        if request.resolver_match and request.resolver_match.view_name in OWN_DOOR:
            return
        if roles.has_role(request.user, roles.AUDITOR):
            raise PermissionDenied
