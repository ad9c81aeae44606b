"""Phone and password, and the permissions of the county one stands in.

A person may edit one county and only read another, but Django's groups know no county. So only
groups named after the current schema count (``c230184:editor``), and what was counted in one
county is forgotten in the next.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts import rules
from accounts.models import User


class PhoneBackend(ModelBackend):
    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,
        phone: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The person, or nobody. An unknown phone costs as much time as a wrong password."""
        if not phone or password is None:
            return None
        user = User.objects.with_phone(phone)
        if user is None:
            User().set_password(password)
            return None
        fits = user.check_password(password)
        return user if fits and rules.can_sign_in(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return rules.can_sign_in(user)

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.filter(pk=user_id).first()
        if user is None or not rules.can_sign_in(user):
            return None
        user.of_one_request = True
        return user

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        counted: dict[str, set[str]] = user_obj.__dict__.setdefault("permissions_by_schema", {})
        schema: str = connection.schema_name  # type: ignore[attr-defined]
        if schema not in counted:
            counted[schema] = _names(_permissions_in(user_obj, schema))
        return counted[schema]

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return self.get_all_permissions(user_obj, obj)

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Nobody holds a permission by themselves: roles give them."""
        return set()

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        held = self.get_all_permissions(user_obj)
        return any(name.partition(".")[0] == app_label for name in held)

    def with_perm(
        self,
        perm: Any,
        is_active: bool = True,
        include_superusers: bool = True,
        obj: Any = None,
    ) -> QuerySet[User]:
        """Who holds a permission in the current county: Wagtail asks when it looks for reviewers."""
        if not isinstance(perm, Permission):
            app_label, _dot, codename = str(perm).partition(".")
            perm = Permission.objects.filter(content_type__app_label=app_label, codename=codename).first()
        schema: str = connection.schema_name  # type: ignore[attr-defined]
        holders = User.objects.filter(groups__name__startswith=f"{schema}:", groups__permissions=perm)
        return holders.filter(is_active=is_active).distinct()


def _permissions_in(user: User, schema: str) -> QuerySet[Permission]:
    # iregex and LIKE would read "_" in a schema's name as any sign; startswith escapes it.
    return Permission.objects.filter(group__user=user, group__name__startswith=f"{schema}:").select_related(
        "content_type"
    )


def _names(permissions: QuerySet[Permission]) -> set[str]:
    return {f"{one.content_type.app_label}.{one.codename}" for one in permissions}
