from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.http.response import HttpResponseRedirectBase
from wagtail.contrib.redirects.middleware import RedirectMiddleware


class WithoutPrefix:
    """A request whose full path is what follows the county's prefix."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)

    def get_full_path(self) -> str:
        return self._request.get_full_path_info()


class CountyRedirectMiddleware(RedirectMiddleware):
    """Redirects live in counties; on the province there are no Wagtail tables to ask."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        county = getattr(request, "county", None)
        if response.status_code != 404 or county is None:
            return response
        answer = super().process_response(WithoutPrefix(request), response)
        if isinstance(answer, HttpResponseRedirectBase):
            prefix = request.META.get("SCRIPT_NAME", "")
            if answer["Location"].startswith("/") and not answer["Location"].startswith(prefix + "/"):
                answer["Location"] = prefix + answer["Location"]
        return answer
