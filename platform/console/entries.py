"""Who may use which screen of the province's desk, and where it stands in the side list."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.desks import COUNTY_DESK, PROVINCE_DESK, Entry, add_entry

MESSAGES = "accounts.messages.see"
SEE = "console.see"
OPEN = "console.counties.open"
CHANGE = "console.counties.change"
JOBS = "console.jobs"
RERUN = "console.jobs.rerun"
AUDIT = "console.audit"
STATUS = "console.status"
AUDIT_SECURITY = "console.audit.security"
AUDIT_EXPORT = "console.audit.export"
INBOX_ALL = "console.inbox.all"
INBOX_OVER = "console.inbox.over"  # sees that the work of those they keep is done
GIVE = "console.inbox.give"
COUNTY_INBOX = "console.county_inbox"
FRONT = "console.county_front"


def grant_permissions() -> None:
    """What the three officers may is a promise (S7); tests/accounts/test_three_officers.py holds it."""
    for role in roles.roles_in(roles.PROVINCE):
        if role.home == "desk":
            roles.grant(role.code, SEE)
            if role.code != roles.AUDITOR:
                roles.grant(role.code, GIVE)
    for role in roles.roles_in(roles.COUNTY):
        roles.grant(role.code, COUNTY_INBOX, GIVE)
    roles.grant(roles.COUNTY_MANAGER, FRONT, INBOX_OVER)
    roles.grant(roles.COORDINATOR, INBOX_OVER, OPEN, CHANGE, JOBS, RERUN, AUDIT)
    roles.grant(roles.SYSTEM_ADMIN, OPEN, JOBS, RERUN)
    for role_code in (roles.COORDINATOR, roles.SYSTEM_ADMIN, roles.AUDITOR):
        roles.grant(role_code, STATUS)
    roles.grant(roles.SECURITY_ADMIN, AUDIT_SECURITY)
    roles.grant(roles.AUDITOR, JOBS, AUDIT, AUDIT_SECURITY, AUDIT_EXPORT, COUNTY_INBOX, INBOX_ALL)


def add_entries() -> None:
    system = _("系统")
    for entry in (
        Entry(PROVINCE_DESK, 10, _("待办"), "console:inbox", SEE, count=_open_items),
        Entry(PROVINCE_DESK, 20, _("县"), "console:counties", SEE),
        Entry(PROVINCE_DESK, 30, _("开馆进度"), "console:board", SEE),
        Entry(PROVINCE_DESK, 65, _("平台状态"), "console:status", STATUS, system),
        Entry(PROVINCE_DESK, 70, _("期限与节假日"), "console:terms", SEE, system),
        Entry(PROVINCE_DESK, 75, _("短信"), "console:messages", MESSAGES, system, _unsettled_messages),
        Entry(PROVINCE_DESK, 80, _("批量任务"), "console:jobs", JOBS, system, _dead_rows),
        Entry(PROVINCE_DESK, 90, _("操作记录"), "console:audit", AUDIT, system, reading=AUDIT_SECURITY),
        Entry(COUNTY_DESK, 85, _("县馆门面"), "console:front", FRONT),
        Entry(COUNTY_DESK, 5, _("待办"), "console:inbox", COUNTY_INBOX, count=_open_items),
    ):
        add_entry(entry)


def _open_items(request: HttpRequest) -> int:
    from accounts.doors import county_code_of
    from console.inboxes import Asked

    return Asked(request.user, county_code_of(request)).items().count()


def _dead_rows(request: HttpRequest) -> int | None:
    from console.selectors import dead_rows

    return dead_rows().count() or None


def _unsettled_messages(request: HttpRequest) -> int | None:
    """Those that a person should look at: held, refused, unknown."""
    from accounts.messages.tending import unsettled

    return sum(unsettled().values()) or None
