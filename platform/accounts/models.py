"""People, the roles they hold, and the short-lived papers that let them in.

Phones are private: they are stored encrypted, found by a keyed hash, and shown masked.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.states import ArchiveKind, ArchiveState, CodeKind, SmsState
from kernel import clock
from kernel.privacy import EncryptedTextField, mask_phone


def new_username() -> str:
    """An opaque name that says nothing about the person, because logs and URLs may carry it."""
    return f"u_{secrets.token_hex(8)}"


class Dated(models.Model):
    """Dates that are written on the first save come from our clock.

    As field defaults they would make the migrations import the clock.
    """

    DATES: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        for name in self.DATES:
            if getattr(self, name) is None:
                setattr(self, name, clock.now())
        super().save(*args, **kwargs)


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


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unused(self) -> InvitationQuerySet:
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)

    def pending(self) -> InvitationQuerySet:
        return self.unused().filter(expires_at__gt=clock.now())


class Invitation(Dated):
    """A one-time link for one phone and one role. Only the hash of its token is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=40)
    county_code = models.CharField(max_length=6, blank=True, default="", db_index=True)
    villages = models.ManyToManyField("tenants.Village", blank=True, related_name="+")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    sent_count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    DATES: ClassVar[tuple[str, ...]] = ("created_at", "sent_at")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} {self.role} {self.county_code}".strip()

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone)

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= clock.now()

    def is_open(self, at: datetime | None = None) -> bool:
        unused = self.used_at is None and self.revoked_at is None
        return unused and self.expires_at > (at or clock.now())


class OneTimeCode(Dated):
    """Six digits that sign one person in once. Only their keyed hash is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=CodeKind.choices)
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    DATES: ClassVar[tuple[str, ...]] = ("created_at",)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "-created_at"], name="code_by_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"


class Outgoing(Dated):
    """A message on its way. The outbox carries its id only; words and values are wiped once it is settled.

    ``mark`` is our own number for it, which the carrier repeats when asked; ``claimed_at`` was committed
    before the carrier was called, so a message that may have gone out is never simply sent again.
    """

    mark = models.UUIDField(null=True, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    body = EncryptedTextField(blank=True)
    params = EncryptedTextField(blank=True, default="", db_default="")
    county_code = models.CharField(max_length=6, blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=SmsState.choices, default=SmsState.WAITING)
    created_at = models.DateTimeField()
    good_until = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    asked_back = models.PositiveSmallIntegerField(default=0, db_default=0)
    receipt = models.CharField(max_length=120, blank=True, default="", db_default="")
    trouble = models.CharField(max_length=120, blank=True, default="", db_default="")

    DATES: ClassVar[tuple[str, ...]] = ("created_at",)

    class Meta:
        abstract = True
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.mark = self.mark or uuid4()
        super().save(*args, **kwargs)


class SmsMessage(Outgoing):
    """A text message. Its phone is encrypted; the keyed hash counts how many one phone got."""

    phone = EncryptedTextField()
    phone_hash = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta(Outgoing.Meta):
        indexes: ClassVar = [
            models.Index(fields=["phone_hash", "claimed_at"], name="sms_by_phone"),
            models.Index(fields=["kind", "claimed_at"], name="sms_by_kind"),
            models.Index(fields=["state", "claimed_at"], name="sms_by_state"),
        ]

    @property
    def masked(self) -> str:
        return mask_phone(self.phone) if self.phone else "—"


class MailMessage(Outgoing):
    """A letter to somebody who confirmed an address, or to whoever keeps the machines."""

    address = EncryptedTextField()
    address_hash = models.CharField(max_length=64, blank=True, default="")
    subject = models.CharField(max_length=120)

    class Meta(Outgoing.Meta):
        indexes: ClassVar = [
            models.Index(fields=["address_hash", "claimed_at"], name="mail_by_address"),
            models.Index(fields=["state", "claimed_at"], name="mail_by_state"),
        ]

    @property
    def masked(self) -> str:
        name, _at, host = self.address.rpartition("@")
        return f"{name[:1]}***@{host}" if host else "—"


class MessageStop(Dated):
    """Somebody pulled the switch: nothing of this kind goes out (``kind`` empty: nothing at all)."""

    kind = models.CharField(max_length=40, blank=True, default="")
    note = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    DATES: ClassVar[tuple[str, ...]] = ("at",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind"], condition=models.Q(ended_at__isnull=True), name="one_current_stop")
        ]

    def __str__(self) -> str:
        return f"stop {self.kind or '*'}"


class Archive(Dated):
    """What a person or a county takes along: built by the worker, kept encrypted, gone after some days."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    what = models.CharField(max_length=10, choices=ArchiveKind.choices)
    subject = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    county_code = models.CharField(max_length=6, blank=True, default="")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ArchiveState.choices, default=ArchiveState.WAITING)
    step = models.CharField(max_length=60, blank=True, default="")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True, default="")

    DATES: ClassVar[tuple[str, ...]] = ("asked_at",)

    class Meta:
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            # One at a time: pressing the button twice does not build twice.
            models.UniqueConstraint(
                fields=["subject"],
                condition=models.Q(what="person", state__in=["waiting", "building"]),
                name="one_archive_a_person",
            ),
            models.UniqueConstraint(
                fields=["county_code"],
                condition=models.Q(what="county", state__in=["waiting", "building"]),
                name="one_archive_a_county",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["what", "county_code", "-asked_at"], name="archive_of_county"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.pk}"


class Goodbye(Dated):
    """A person's wish to close their account: it happens on ``due`` unless they think better of it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    stuck = models.CharField(max_length=400, blank=True, default="")

    DATES: ClassVar[tuple[str, ...]] = ("asked_at",)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(taken_back_at__isnull=True, done_at__isnull=True),
                name="one_current_goodbye",
            )
        ]

    def __str__(self) -> str:
        return f"goodbye {self.user_id}"


class ResetRequest(Dated):
    """A wish to take away a lost second factor. A coordinator's needs a second person's yes."""

    subject = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=200)
    expires_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    DATES: ClassVar[tuple[str, ...]] = ("asked_at",)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(asked_by=models.F("approved_by"))
                & ~models.Q(subject=models.F("asked_by"))
                & ~models.Q(subject=models.F("approved_by")),
                name="reset_needs_others",
            )
        ]

    def __str__(self) -> str:
        return f"reset {self.subject_id}"
