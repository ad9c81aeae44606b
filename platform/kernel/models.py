"""Public tables of the floor. They know a county only by its code, as text."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.links import SharedForeignKey


class ClockShift(models.Model):
    """How far the demo's or a test's clock stands from the real one; at most one row."""

    seconds = models.BigIntegerField(default=0)


class OutboxRow(models.Model):
    """An effect that must happen once: written with the change that causes it, done by a worker."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待办")
        DONE = "done", _("已办")
        DEAD = "dead", _("放弃")

    kind = models.CharField(max_length=60)
    county_code = models.CharField(max_length=6, blank=True)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=120, null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    written_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    last_trouble = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key"], name="outbox_one_effect_a_key"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_at", "id"],
                name="outbox_waiting",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["state", "kind"], name="outbox_by_state"),
        ]


class InboxItem(models.Model):
    """Something a person must act on; opened and closed with the change it speaks of."""

    kind = models.CharField(max_length=40)
    county_code = models.CharField(max_length=6, blank=True)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    role = models.CharField(max_length=40, blank=True)
    person = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    url = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    due = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)

    class Meta:
        constraints: ClassVar = [
            # One open item a thing: opening twice is harmless, two desks cannot both count it.
            models.UniqueConstraint(
                fields=["kind", "county_code", "object_kind", "object_id"],
                condition=models.Q(done_at__isnull=True),
                name="inbox_one_open_item",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["done_at", "due"], name="inbox_by_due")]


class AuditEntry(models.Model):
    """Who did or saw what. Written once; a trigger refuses every change but the sealing."""

    at = models.DateTimeField()
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    action = models.CharField(max_length=60)
    county_code = models.CharField(max_length=6, blank=True)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict)
    place = models.BigIntegerField(null=True, unique=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(place__isnull=True)),
            models.Index(fields=["-at"], name="audit_newest"),
            models.Index(fields=["county_code", "-at"], name="audit_county_newest"),
        ]


class Heartbeat(models.Model):
    """When a part of the platform last said that it is alive."""

    part = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField()
