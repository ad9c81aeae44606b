"""Public tables of the floor. They know a county only by its code, as text."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import clock
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
    request_id = models.CharField(
        max_length=32, blank=True, default="", db_default=""
    )  # of the request it was written in

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
    outcome = models.CharField(max_length=40, blank=True, default="", db_default="")
    returned_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)

    class Meta:
        constraints: ClassVar = [
            # One open item a thing: opening twice is harmless, two desks cannot both count it.
            models.UniqueConstraint(
                fields=["kind", "county_code", "object_kind", "object_id"],
                condition=models.Q(done_at__isnull=True),
                name="inbox_one_open_item",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["done_at", "due"], name="inbox_by_due"),
            models.Index(fields=["county_code", "done_at", "due"], name="inbox_of_county"),
        ]

    @property
    def kind_name(self) -> str:
        """What the desk calls this kind of thing."""
        from kernel import inbox

        return inbox.kind_name(self.kind)

    @property
    def outcome_name(self) -> str:
        """How it ended, where that was not by doing what was asked; else empty."""
        from kernel import inbox

        return inbox.outcome_name(self.outcome)


class Deadline(models.Model):
    """A clock on something: from when, how long, who must act, who hears of it when it is missed.

    It runs until somebody stops it. A missed one does not go away: it is late until it is stopped.
    ``due`` is the last day on which it is still in time.
    """

    code = models.CharField(max_length=40)
    county_code = models.CharField(max_length=6, blank=True)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=40, blank=True)
    person = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    escalate_to = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    length = models.PositiveIntegerField()
    unit = models.CharField(max_length=12)
    source = models.CharField(max_length=200, blank=True)
    due = models.DateField()
    reminded = models.JSONField(default=list)
    missed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)

    class Meta:
        ordering: ClassVar = ["-since", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code", "county_code", "object_kind", "object_id"],
                condition=models.Q(stopped_at__isnull=True),
                name="deadline_one_running",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due"], name="deadline_running", condition=models.Q(stopped_at__isnull=True)),
            models.Index(fields=["object_kind", "object_id"], name="deadline_of_object"),
        ]

    @property
    def name(self) -> str:
        from kernel import terms

        return terms.name_of(self.code)

    @property
    def days_left(self) -> int:
        """Days until ``due``; negative when it has passed."""
        return (self.due - clock.today()).days

    @property
    def is_late(self) -> bool:
        return self.stopped_at is None and self.days_left < 0

    @property
    def state(self) -> str:
        """running, met, or missed: also a clock stopped after its last day was missed."""
        if self.stopped_at is None:
            return "missed" if self.days_left < 0 else "running"
        return "missed" if clock.day_of(self.stopped_at) > self.due else "met"


class Paper(models.Model):
    """An uploaded document: checked by content, kept encrypted, opened only by those with a right to its case."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    county_code = models.CharField(max_length=6, blank=True)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["object_kind", "object_id", "county_code"], name="paper_of_object"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


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


class PartProcess(models.Model):
    """One process of a part, by host and number: of two workers one may be dead while the other gives signs.

    A process that ends as it should takes its row away; one that stands still is one that died and was not
    started again.
    """

    part = models.CharField(max_length=20)
    host = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part", "host", "number"], name="part_process_once"),
        ]


class Failure(models.Model):
    """How often a page or a task failed in one county ("" is the province) within ten minutes."""

    class Kind(models.TextChoices):
        PAGE = "page", _("页面")
        TASK = "task", _("后台任务")

    kind = models.CharField(max_length=4, choices=Kind.choices)
    county_code = models.CharField(max_length=6, blank=True)
    what = models.CharField(max_length=120)
    slot = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["slot", "kind", "county_code", "what"], name="failure_once_a_slot"),
        ]
