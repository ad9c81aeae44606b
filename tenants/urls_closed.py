"""Every address of a suspended county, while it is: its notice, through the view layer like any other page.

Answered in front of it, the notice had neither the reader's language nor the headers of other pages.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

A_DAY = "86400"


@csrf_exempt
def closed(request: HttpRequest) -> HttpResponse:
    page = render(request, "web/suspended.html", {"county": request.closed_county}, status=503)  # type: ignore[attr-defined]
    page.headers["Retry-After"] = A_DAY
    page._has_been_logged = True  # type: ignore[attr-defined]  # said on purpose: Django would call it an error
    return page


urlpatterns = [re_path("", closed)]
handler400 = "web.views.errors.bad_request"
handler403 = "web.views.errors.forbidden"
handler500 = "web.views.errors.broken"
