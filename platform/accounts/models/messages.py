"""Messages on their way, and the switch that stops them."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.db import models

from accounts.models.dated import Dated
from accounts.models.people import User
from accounts.states import SmsState
from kernel.privacy import EncryptedTextField, mask_phone


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
