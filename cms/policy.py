"""What a browser may run on Wagtail's desk: its widgets write scripts into the page, which the strict policy stops.

Only there, only from here, and never in a preview, which shows what a county wrote.
"""

import re
from collections.abc import Callable

from csp.constants import SELF, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponseBase

PREVIEW = re.compile(r"/(?:preview|view_draft|revisions/\d+/view)/|/workflow/preview/")
OF_WIDGETS = {"script-src": [SELF, UNSAFE_INLINE], "style-src": [SELF, UNSAFE_INLINE]}


class WidgetsPolicy:
    """Inside ``CSPMiddleware``, which writes the header from what it finds on the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if _is_wagtails_desk(request):
            response._csp_replace = OF_WIDGETS  # type: ignore[attr-defined]
        return response


def _is_wagtails_desk(request: HttpRequest) -> bool:
    path = request.path_info
    return getattr(request, "county", None) is not None and path.startswith("/cms/") and not PREVIEW.search(path)
