"""The way from a county's desk to its stories."""

from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.desks import COUNTY_DESK, Entry, add_entry

WRITE = "cms.write"


def add_entries() -> None:
    roles.grant(roles.COUNTY_EDITOR, WRITE)
    roles.grant(roles.COUNTY_MANAGER, WRITE)
    add_entry(Entry(COUNTY_DESK, 40, _("故事"), "wagtailadmin_home", WRITE))
