"""A county's public pages, kept in the process for strangers.

Kept by path, language and day, and shown only while the county's version is the same: a price that
changed, a page that was published or taken down, a consent that was withdrawn shows on the next
request. Whoever brings a session sees a page made for them, and previews are never kept.
"""

import hashlib
import re
from collections.abc import Callable

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from cms.versions import version_of
from kernel import clock
from tenants.models import County
from tenants.scope import current_origin

# These say nothing of who asks: the language is part of the name, the token is put in anew.
HARMLESS = frozenset({settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME})
STAFF = ("/desk/", "/cms/", "/documents/", "/p/", "/media/")
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[A-Za-z0-9]+(")')
PLACE = b"\0token\0"
MINUTES = 10


class KeptPages:
    """Sits after the CSRF middleware: what stands before it (headers, language, cookie) is done for every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _may_be_kept(request):
            return self.get_response(request)
        name = _name(request)
        kept = caches["pages"].get(name)
        if kept is not None:
            return _shown(request, kept)
        response = self.get_response(request)
        if isinstance(response, HttpResponse) and _worth_keeping(response):
            caches["pages"].set(name, TOKEN.sub(rb"\1" + PLACE + rb"\2", response.content), MINUTES * 60)
        return response


def _may_be_kept(request: HttpRequest) -> bool:
    """A stranger's plain look at a county's page."""
    return (
        request.method == "GET"
        and getattr(request, "county", None) is not None
        and not getattr(request, "is_dummy", False)
        and not request.META.get("QUERY_STRING")
        and not request.path_info.startswith(STAFF)
        and HARMLESS.issuperset(request.COOKIES)
    )


def _name(request: HttpRequest) -> str:
    county: County = request.county  # type: ignore[attr-defined]
    said = (county.name, county.theme, county.state, county.prefecture, county.service_phone, county.notice)
    parts = (
        current_origin(),
        request.path,
        get_language(),
        clock.today().isoformat(),
        static("jieti.css"),
        version_of(county.code),
        *said,
    )
    return hashlib.blake2b("|".join(str(part) for part in parts).encode(), digest_size=24).hexdigest()


def _worth_keeping(response: HttpResponse) -> bool:
    return response.status_code == 200 and bool(getattr(response, "is_county_page", False)) and not response.cookies


def _shown(request: HttpRequest, kept: bytes) -> HttpResponse:
    body = kept
    if PLACE in kept:
        body = kept.replace(PLACE, get_token(request).encode())
    response = HttpResponse(body)
    patch_vary_headers(response, ("Cookie", "Accept-Language"))
    return response
