"""Django's groups of a county, which are what Wagtail understands of our roles.

A county's manager and editor are members of ``c230184:manager`` and ``c230184:editor``. What the
groups may do to pages, pictures and documents is granted by ``cms``, in the county's own schema.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.models import Membership, User
from accounts.roles import ROLES


def group_name(county_code: str, group: str) -> str:
    return f"c{county_code}:{group}"


def ensure_county_groups(county: Any) -> dict[str, Group]:
    """The county's groups by short name, made on first need, each let into the editor's desk."""
    with transaction.atomic():
        door = _admin_access()
        made = {}
        for short in sorted({role.group for role in ROLES.values() if role.group}):
            made[short], _new = Group.objects.get_or_create(name=group_name(county.code, short))
            made[short].permissions.add(door)
        return made


def sync_groups(user: User, county_code: str) -> None:
    """Make the person's groups of this county say what the memberships say; same transaction."""
    if not county_code:
        return
    held = Membership.objects.current().filter(user=user, county_code=county_code)
    wanted = {
        group_name(county_code, ROLES[role].group)
        for role in held.values_list("role", flat=True)
        if role in ROLES and ROLES[role].group
    }
    mine = user.groups.filter(name__startswith=f"c{county_code}:")
    user.groups.remove(*mine.exclude(name__in=wanted))
    for name in sorted(wanted):
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.add(_admin_access())
        user.groups.add(group)
    forget_permissions(user)


def forget_permissions(user: User) -> None:
    user.__dict__.pop("permissions_by_schema", None)
    user.__dict__.pop("remembered_memberships", None)


def _admin_access() -> Permission:
    """``wagtailadmin.access_admin``; Wagtail makes the same row in its first migration."""
    kind, _new = ContentType.objects.get_or_create(app_label="wagtailadmin", model="admin")
    permission, _new = Permission.objects.get_or_create(
        content_type=kind, codename="access_admin", defaults={"name": "Can access Wagtail admin"}
    )
    return permission
