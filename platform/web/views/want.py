"""记一笔: what somebody looked for and nobody sells yet."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kernel.answers import do_and_say
from search import services
from tenants.addressing import province_url


@require_POST
def note(request: HttpRequest) -> HttpResponse:
    do_and_say(
        request, lambda: services.note_want(request.POST.get("want", "")), _("记下了。每月把大家想要的交给各县。")
    )
    return HttpResponseRedirect(_way_back(request))


def _way_back(request: HttpRequest) -> str:
    """The page the note came from, if it is one of ours."""
    way = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(way, {request.get_host()}, request.is_secure()):
        return way
    return province_url("web:home")
