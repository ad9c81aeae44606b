"""The way from a county's desk to its stories."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.desks import COUNTY_DESK, Entry, add_entry
from cms.rights import SEE


def add_entries() -> None:
    add_entry(Entry(COUNTY_DESK, 40, _("故事"), "cms:stories", SEE, count=_waiting))


def _waiting(request: HttpRequest) -> int | None:
    from cms import approval

    return approval.waiting_for(request.user).count() or None
