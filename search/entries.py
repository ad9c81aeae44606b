"""Who may read the record of what was looked for, and where it stands on the desks."""

from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.desks import COUNTY_DESK, PROVINCE_DESK, Entry, add_entry

WANTS = "search.wants"


def grant_permissions() -> None:
    for role in (roles.COORDINATOR, roles.AUDITOR, roles.COUNTY_MANAGER, roles.COUNTY_EDITOR, roles.WORK_TEAM):
        roles.grant(role, WANTS)


def add_entries() -> None:
    add_entry(Entry(PROVINCE_DESK, 60, _("大家想要的"), "search:wants", WANTS))
    add_entry(Entry(COUNTY_DESK, 60, _("大家想要的"), "search:wants", WANTS))
