"""Roles and permissions: one table in code, to which a room adds its rows at start.

A role counts in the province or in one county. ``grant`` adds permissions to a role, ``add_role``
a role that a later room needs; ``may`` asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import Membership

PROVINCE = "province"
COUNTY = "county"
NEVER_IDLE = 14 * 24 * 60  # minutes: as long as the session's cookie

COORDINATOR = "coordinator"
BRAND_OFFICER = "brand_officer"
PACKAGING_OFFICER = "packaging_officer"
SYSTEM_ADMIN = "system_admin"
SECURITY_ADMIN = "security_admin"
AUDITOR = "auditor"
DESIGNER = "designer"
SHOPPER = "shopper"
COUNTY_MANAGER = "county_manager"
COUNTY_EDITOR = "county_editor"
WORK_TEAM = "work_team"
PRODUCER = "producer"


@dataclass(frozen=True)
class Role:
    """``invited_by`` names the roles that may hand this one on; ``group`` its Wagtail group.

    ``home`` is the desk a role works at; ``page`` names a province page for one without a desk.
    ``idle_minutes`` without a sign of life and ``hours`` in all end a session of this role; where a
    person has several, the shortest counts.
    """

    code: str
    name: Any
    where: str
    second_factor: bool = False
    invited_by: frozenset[str] = frozenset()
    group: str = ""
    home: str = ""
    has_villages: bool = False
    page: str = ""
    idle_minutes: int = 15
    hours: int = 12


ROLES: dict[str, Role] = {}
PERMISSIONS: dict[str, set[str]] = {}

# 三权分立 (GB/T 22239-2019, 8.1.5): an officer is that officer only, never a second one and never
# somebody whose business the officers watch. Buying something is nobody's office. The database
# says the same (accounts/migrations/0004): services alone would let two grants at once through.
OFFICERS = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR})
NO_OFFICE = frozenset({SHOPPER})


def add_role(role: Role) -> None:
    ROLES[role.code] = role
    PERMISSIONS.setdefault(role.code, set())


def grant(role: str, *permissions: str) -> None:
    """Let a role do something. Called at start; the same row twice is one row."""
    if role not in ROLES:
        raise LookupError(f"no role {role}")
    PERMISSIONS[role].update(permissions)


def permissions_of(role: str) -> frozenset[str]:
    return frozenset(PERMISSIONS.get(role, ()))


def name_of(role: str) -> str:
    known = ROLES.get(role)
    return str(known.name) if known else role


def roles_in(where: str) -> list[Role]:
    return [role for role in ROLES.values() if role.where == where]


def needs_second_factor(roles: Iterable[str]) -> bool:
    return any(role in ROLES and ROLES[role].second_factor for role in roles)


def conflicting(held: Iterable[str], wanted: str) -> str:
    """The role already held that forbids the wanted one, or nothing."""
    if wanted in NO_OFFICE:
        return ""
    for role in held:
        if role not in NO_OFFICE and role != wanted and OFFICERS & {role, wanted}:
            return role
    return ""


def may(user: Any, permission: str, county_code: str = "") -> bool:
    """May this person do this here? Province roles count everywhere, county roles in their county."""
    return any(permission in permissions_of(seat.role) for seat in seats(user, county_code))


def has_role(user: Any, role: str, county_code: str = "") -> bool:
    """Does this person hold exactly this role, in this county or (empty) in the province?"""
    return any(seat.role == role and seat.county_code == county_code for seat in memberships(user))


def seats(user: Any, county_code: str = "") -> list[Membership]:
    """The memberships that count here: the province's, and this county's."""
    return [seat for seat in memberships(user) if seat.county_code in {"", county_code}]


def memberships(user: Any) -> list[Membership]:
    """Current memberships, read from the database.

    Once a request: only the sign-in backend's user, who lives as long as the request, remembers
    them. So a revocation counts from the next request on, in every process.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    remembered: list[Membership] | None = getattr(user, "remembered_memberships", None)
    if remembered is not None:
        return remembered
    from accounts.models import Membership

    seats_held = Membership.objects.current().filter(user_id=user.pk)
    found = list(seats_held.order_by("county_code", "pk"))
    if getattr(user, "of_one_request", False):
        user.remembered_memberships = found
    return found


_BY_PROVINCE = frozenset({COORDINATOR, SECURITY_ADMIN})
_BY_COUNTY = _BY_PROVINCE | {COUNTY_MANAGER}
# Who does the province's business must not choose those who watch it.
_BY_SECURITY = frozenset({SECURITY_ADMIN})

for _role in (
    Role(COORDINATOR, _("省级协调员"), PROVINCE, True, _BY_PROVINCE, home="desk"),
    Role(BRAND_OFFICER, _("品牌专员"), PROVINCE, True, _BY_PROVINCE, home="desk"),
    Role(PACKAGING_OFFICER, _("包装专员"), PROVINCE, True, _BY_PROVINCE, home="desk"),
    Role(SYSTEM_ADMIN, _("系统管理员"), PROVINCE, True, _BY_SECURITY, home="desk"),
    Role(SECURITY_ADMIN, _("安全管理员"), PROVINCE, True, _BY_SECURITY, home="desk"),
    Role(AUDITOR, _("安全审计员"), PROVINCE, True, _BY_SECURITY, home="desk"),
    Role(DESIGNER, _("设计师"), PROVINCE, False, _BY_PROVINCE, page="studio:home"),
    Role(SHOPPER, _("消费者"), PROVINCE, idle_minutes=NEVER_IDLE, hours=14 * 24),
    Role(
        COUNTY_MANAGER,
        _("县电商办负责人"),
        COUNTY,
        False,
        _BY_COUNTY,
        "manager",
        "county",
    ),
    Role(COUNTY_EDITOR, _("县编辑"), COUNTY, False, _BY_COUNTY, "editor", "county"),
    # A phone in a village without a network is no console: what is typed there waits for hours.
    Role(WORK_TEAM, _("驻村工作队"), COUNTY, False, _BY_COUNTY, "", "county", True, idle_minutes=12 * 60, hours=72),
    Role(PRODUCER, _("生产者"), COUNTY, False, _BY_COUNTY, "", "county", idle_minutes=12 * 60, hours=72),
):
    add_role(_role)

_KEEPING_PEOPLE = (
    "accounts.people.see",
    "accounts.people.invite",
    "accounts.people.change",
    "accounts.people.revoke",
    "accounts.phone.reveal",
    "accounts.second_factor.reset",
)
for _code in (COORDINATOR, SECURITY_ADMIN, COUNTY_MANAGER):
    grant(_code, *_KEEPING_PEOPLE)
grant(AUDITOR, "accounts.people.see")
