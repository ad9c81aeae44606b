"""People and the roles they hold. Phones are private: stored encrypted, found by a keyed hash, shown masked."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.models.dated import Dated
from kernel.privacy import EncryptedTextField, mask_phone


def new_username() -> str:
    """An opaque name that says nothing about the person, because logs and URLs may carry it."""
    return f"u_{secrets.token_hex(8)}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, phone: str = "", name: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(name=name, **fields)
        user.set_phone(phone)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def with_phone(self, phone: str) -> User | None:
        """The person who owns this phone, or nobody."""
        wanted = phones.phone_hashes(phone)
        return self.filter(phone_hash__in=wanted).first() if wanted else None


class User(Dated, AbstractBaseUser, PermissionsMixin):
    """A person. Never deleted, only deactivated: counties' rows point up to this one."""

    username = models.CharField(_("账号编号"), max_length=40, unique=True, blank=True)
    name = models.CharField(_("姓名"), max_length=60)
    phone = EncryptedTextField(_("手机"), blank=True, default="")
    # Null, not empty: many people may have no phone, and the column is unique.
    phone_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)
    # Only for those who want letters too; nothing is sent before it was confirmed.
    mail = EncryptedTextField(_("邮箱"), blank=True, default="", db_default="")
    mail_confirmed_at = models.DateTimeField(null=True, editable=False)
    language = models.CharField(_("语言"), max_length=10, blank=True, default="")
    is_active = models.BooleanField(_("可以登录"), default=True)
    is_demo = models.BooleanField(_("演示账号"), default=False)
    session_round = models.PositiveIntegerField(default=0, editable=False)
    date_joined = models.DateTimeField(_("建立时间"), editable=False)
    left_at = models.DateTimeField(_("注销时间"), null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    DATES: ClassVar[tuple[str, ...]] = ("date_joined",)
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    # Set by the sign-in backend: such a user lives as long as one request and may remember.
    of_one_request: bool = False
    remembered_memberships: list[Membership] | None = None

    # Wagtail asks every person for these; nobody here has an address it could write to.
    email = ""
    last_name = ""

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username = self.username or new_username()
        super().save(*args, **kwargs)

    def set_phone(self, phone: str) -> None:
        """Store the phone and its hash together, so that they never disagree."""
        self.phone = phones.normal_phone(phone)
        self.phone_hash = phones.phone_hash(phone) or None

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Raising ``session_round`` ends every session of this person, as a new password does."""
        return salted_hmac(
            "accounts.User.session",
            f"{self.password}:{self.session_round}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @property
    def first_name(self) -> str:
        return self.name

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone) if self.phone else ""

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> MembershipQuerySet:
        return self.filter(revoked_at__isnull=True)


class Membership(Dated):
    """One role of one person, in one county or (``county_code`` empty) in the province."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    county_code = models.CharField(max_length=6, blank=True, default="")
    role = models.CharField(max_length=40)
    villages = models.ManyToManyField("tenants.Village", blank=True, related_name="+")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    DATES: ClassVar[tuple[str, ...]] = ("granted_at",)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "county_code", "role"],
                condition=models.Q(revoked_at__isnull=True),
                name="one_current_membership",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["county_code", "role"], name="membership_by_county")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.county_code}".strip()
