"""What people and counties take along, and people who leave."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.db import models

from accounts.models.dated import Dated
from accounts.models.people import User
from accounts.states import ArchiveKind, ArchiveState


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
