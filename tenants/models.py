"""Counties, their addresses and places, and how far their opening has come. All public."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from kernel.links import SharedForeignKey
from kernel.privacy import EncryptedTextField
from kernel.workflow import MoveRecord, Stateful
from tenants.states import COUNTY_MOVES, CountyState, OpeningState, Stage, Theme


class County(Stateful, TenantMixin):
    """A county on the platform: one row here, one PostgreSQL schema named by its code."""

    MOVES = COUNTY_MOVES
    auto_create_schema = False
    auto_drop_schema = False

    state = models.CharField(max_length=20, choices=CountyState.choices, default=CountyState.PLANNED)
    code = models.CharField(max_length=6, unique=True)
    name = models.CharField(max_length=40)
    slug = models.SlugField(max_length=60, unique=True)
    prefecture_code = models.CharField(max_length=6)
    prefecture = models.CharField(max_length=40)
    pinyin = models.CharField(max_length=80)
    initials = models.CharField(max_length=20)
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.CUSTODY)
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.PINE)
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = EncryptedTextField(blank=True)
    service_phone = models.CharField(max_length=30, blank=True)
    saying = models.CharField(max_length=60, blank=True)
    notice = models.CharField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == CountyState.OPEN

    @property
    def prefix(self) -> str:
        """The path below which the county lives on the province's host."""
        return f"/c/{self.slug}/"


class Domain(DomainMixin, models.Model):
    """A host name of a county's own, beside its path on the province's host."""


class CountyMove(MoveRecord):
    subject = models.ForeignKey(County, on_delete=models.CASCADE, related_name="history_moves")


class Township(models.Model):
    county_code = models.CharField(max_length=6)
    name = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county_code", "name"], name="township_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Village(models.Model):
    county_code = models.CharField(max_length=6)
    township = models.ForeignKey(Township, on_delete=models.PROTECT, related_name="villages")
    name = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["township", "name"], name="village_once"),
        ]

    def __str__(self) -> str:
        return f"{self.township.name}{self.name}"


class OpeningBatch(models.Model):
    """Counties that were sent to be opened together."""

    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()


class Opening(models.Model):
    """The opening of one county: which step it stands on, and what stopped it."""

    county = models.OneToOneField(County, on_delete=models.CASCADE, related_name="opening")
    batch = models.ForeignKey(OpeningBatch, on_delete=models.PROTECT, related_name="openings")
    step = models.CharField(max_length=30)
    state = models.CharField(max_length=10, choices=OpeningState.choices, default=OpeningState.WORKING)
    tries = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=500, blank=True)
    started_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["batch", "state"], name="opening_by_batch")]


class CountyScript(models.Model):
    """The SQL that makes a county's schema, rendered from the migrated template; one row."""

    fingerprint = models.CharField(max_length=64)
    sql = models.TextField()
    made_at = models.DateTimeField()


class RenderedMigration(models.Model):
    """What a migration of county tables is in SQL, in the order the template took it.

    ``sql`` is null where no SQL is sound (RunPython): such a migration runs the ordinary way.
    """

    app = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    sql = models.TextField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["app", "name"], name="rendered_once"),
        ]


class SchemaState(models.Model):
    """Which tables a county has: the fingerprint of its applied migrations, and what went wrong."""

    county = models.OneToOneField(County, on_delete=models.CASCADE, related_name="schema_state")
    fingerprint = models.CharField(max_length=64, blank=True)
    trouble = models.TextField(blank=True)
    at = models.DateTimeField()


class SafeCopy(models.Model):
    """What was last put out of reach of a dying disk, one row a kind; ``province_backups.backup_state`` reads them."""

    class Kind(models.TextChoices):
        BASE = "base", _("整份备份")
        WAL = "wal", _("日志存档")
        MEDIA = "media", _("照片和文件")

    kind = models.CharField(max_length=5, choices=Kind.choices, primary_key=True)
    # Everything committed before this moment lies in the copy; none where only a trouble is known.
    at = models.DateTimeField(null=True)
    facts = models.JSONField(default=dict)
