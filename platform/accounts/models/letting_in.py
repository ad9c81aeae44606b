"""The short-lived papers that let somebody in, or back in."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models

from accounts.models.dated import Dated
from accounts.models.people import User
from accounts.states import CodeKind
from kernel import clock
from kernel.privacy import EncryptedTextField, mask_phone


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
