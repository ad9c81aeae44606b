"""Which county is this request for? Host or path decide, and nothing is served that is neither.

One host serves the province; ``/c/<slug>/`` on it is a county, and a county may have a host of its
own. The county's row is read afresh for each request, so a suspension counts from the next one on.
"""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.http.request import split_domain_port
from django.urls import get_script_prefix, set_script_prefix

from tenants.doorstep import VISIBLE, already_inside, step_into
from tenants.models import County
from tenants.scope import county_scope, current_origin, scoped_steps
from tenants.states import CountyState

COUNTY_PATH = re.compile(r"/c/([a-z0-9][a-z0-9-]{0,58})(/.*)?", re.DOTALL)
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class CountyMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "is_dummy", False):
            return self._preview(request)
        connection.set_schema_to_public()
        set_script_prefix("/")
        request.county = None
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        host = split_domain_port(request._get_raw_host())[0].rstrip(".")
        if host in settings.PROVINCE_HOSTS:
            return self._on_province_host(request)
        return self._on_own_host(request, host)

    def _on_province_host(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path != "/c" and not path.startswith("/c/"):
            return self.get_response(request)
        found = COUNTY_PATH.fullmatch(path)
        county = found and step_into(found[1])
        if not found or not county:
            return self._not_found(request)
        if found[2] is None:
            query = request.META.get("QUERY_STRING")
            return HttpResponsePermanentRedirect(f"{path}/" + (f"?{query}" if query else ""))
        return self._in_county(request, county, county.prefix, settings.PROVINCE_ORIGIN)

    def _on_own_host(self, request: HttpRequest, host: str) -> HttpResponseBase:
        county = _county(domains__domain=host) if host else None
        if county is None:
            raise DisallowedHost("unknown host")
        raw_host = request._get_raw_host()
        # Django's own list names only the province; this host was found in the county's row.
        request.get_host = lambda: raw_host  # type: ignore[method-assign]
        if request.path_info.startswith(("/cms/", "/desk/")):  # one sign-in, on the province's host
            return HttpResponseRedirect(f"{settings.PROVINCE_ORIGIN}/c/{county.slug}{request.get_full_path()}")
        return self._in_county(request, county, "/", f"{request.scheme}://{raw_host}")

    def _in_county(self, request: HttpRequest, county: County, prefix: str, origin: str) -> HttpResponseBase:
        if county.state == CountyState.SUSPENDED and not _for_staff(request, prefix):
            request.closed_county = county
            request.urlconf = "tenants.urls_closed"
            return self.get_response(request)
        request.county = county
        request.tenant = county
        request.urlconf = settings.ROOT_URLCONF
        if prefix != "/":
            request.path_info = "/" + request.path_info[len(prefix) :]
            request.META["SCRIPT_NAME"] = prefix[:-1]
            request.META["PATH_INFO"] = request.path_info
        with county_scope(county, prefix=prefix, origin=origin):
            already_inside(county)
            response = self.get_response(request)
        if getattr(response, "streaming", False) and not isinstance(response, FileResponse):
            response.streaming_content = scoped_steps(response.streaming_content, county, prefix, origin)
        return response

    def _preview(self, request: HttpRequest) -> HttpResponseBase:
        """Wagtail renders a preview through a made-up request: it stays in the county we are in."""
        county = connection.tenant
        request.county = request.tenant = county
        request.urlconf = settings.ROOT_URLCONF
        origin = current_origin() or settings.PROVINCE_ORIGIN
        with county_scope(county, prefix=get_script_prefix(), origin=origin):
            return self.get_response(request)

    def _not_found(self, request: HttpRequest) -> HttpResponseBase:
        """Through the view layer, so that the page wears the province's dress."""
        request.path_info = "/no-such-county/"
        return self.get_response(request)


def _county(**where: Any) -> County | None:
    return County.objects.defer("contact_phone").filter(state__in=VISIBLE, **where).first()


def _for_staff(request: HttpRequest, prefix: str) -> bool:
    """A suspended county's office still works, with its pictures; only its public pages are closed."""
    inside = request.path_info[len(prefix) - 1 :]
    pictures = inside.startswith("/media/") and settings.SESSION_COOKIE_NAME in request.COOKIES
    return pictures or inside.startswith(("/desk/", "/cms/"))


class CmsGateMiddleware:
    """After authentication: a county's Wagtail is for its own people; others see no door at all."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "county", None) and request.path_info.startswith("/cms/"):
            if request.user.is_authenticated:
                if not request.user.has_perm("wagtailadmin.access_admin"):
                    raise Http404
            else:
                return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={request.path}")
        return self.get_response(request)
