"""On Wagtail's desk: a refusal is said in a sentence, and a form nobody's browser sends is a 400.

Wagtail's views read a posted form as if its own pages had made it; what is missing or of another
shape raises there. Our own refusals reach its views through ``publish``.
"""

import logging
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from kernel.errors import DomainError

log = logging.getLogger(__name__)
MALFORMED = (MultiValueDictKeyError, KeyError, ValueError, TypeError, AttributeError, ValidationError)


class DeskMishaps:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        if getattr(request, "county", None) is None or not request.path_info.startswith("/cms/"):
            return None
        if isinstance(trouble, DomainError):
            messages.error(request, _told(request, trouble))
            return HttpResponseRedirect(_way_back(request, trouble.facts.get("page")))
        if request.method == "POST" and isinstance(trouble, MALFORMED) and _in_wagtail(trouble):
            log.warning("a form Wagtail could not read at %s", request.path, exc_info=trouble)
            return HttpResponse(render_to_string("400.html"), status=400)
        return None


def _told(request: HttpRequest, trouble: DomainError) -> str:
    """What a page lacks has its ways on the desk's page of it."""
    page = trouble.facts.get("page")
    if page is None:
        return str(trouble)
    address = f"{request.META.get('SCRIPT_NAME', '')}/desk/stories/{page}/"
    return format_html('{} <a href="{}">{}</a>', str(trouble), address, _("一样一样去办"))


def _in_wagtail(trouble: Exception) -> bool:
    """Raised while Wagtail or Django read the form; our own code's slips stay slips."""
    last = trouble.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    name = last.tb_frame.f_globals.get("__name__", "") if last is not None else ""
    return name.partition(".")[0] in {"wagtail", "django", "modelcluster", "taggit", "treebeard", "json", "uuid"}


def _way_back(request: HttpRequest, page: int | None) -> str:
    """A page that was refused when it was handed in as new stands kept as a draft: not the empty form before it."""
    if page is not None:
        return f"{request.META.get('SCRIPT_NAME', '')}/cms/pages/{page}/edit/"
    came = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(came, {request.get_host()}, request.is_secure()):
        return came
    return request.path if request.path.endswith("/edit/") else f"{request.META.get('SCRIPT_NAME', '')}/cms/"
