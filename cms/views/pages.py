"""A county's public page."""

from django.http import HttpRequest, HttpResponseBase
from wagtail import views as wagtail

from cms.reaching import reach


def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    slug = path.strip("/")
    if "/" not in slug:
        reach(request, slug)
    answer: HttpResponseBase = wagtail.serve(request, path)
    return answer
