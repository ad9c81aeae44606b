from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import roles, staying
from accounts.desks import entries_for


def desk(request: HttpRequest) -> dict[str, Any]:
    """The frame of a desk; computed only where a page shows it."""
    county = getattr(request, "county", None)
    return {
        "desk_nav": SimpleLazyObject(lambda: entries_for(request)),
        "desk_stops": SimpleLazyObject(_stops) if county is None else (),
        "lasting": SimpleLazyObject(lambda: staying.lasting(request.user)),
        "only_reads": SimpleLazyObject(lambda: roles.has_role(request.user, roles.AUDITOR)),
        "desk_name": _("%(county)s工作台") % {"county": county.name} if county else _("省台"),
        "desk_find_url": "" if county else reverse("console:find", urlconf="config.urls_province"),
    }


def _stops() -> list[str]:
    """What is stopped by the switch: every desk of the province says so until it goes again."""
    from accounts.messages.kinds import name_of
    from accounts.messages.switch import current_stops

    return [name_of(pulled.kind) if pulled.kind else _("全部短信和邮件") for pulled in current_stops()]
