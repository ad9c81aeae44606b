from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.desks import entries_for


def desk(request: HttpRequest) -> dict[str, Any]:
    """The frame of a desk; computed only where a page shows it."""
    county = getattr(request, "county", None)
    return {
        "desk_nav": SimpleLazyObject(lambda: entries_for(request)),
        "desk_name": _("%(county)s工作台") % {"county": county.name} if county else _("省台"),
        "desk_find_url": "" if county else reverse("console:counties", urlconf="config.urls_province"),
    }
