"""Package designs of a county's goods. Public tables: the county's rows are copied by value."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import get_language

from branding.compliance import Verdict
from branding.models.brand import Brand
from branding.packaging_states import (
    PACKAGE_MOVES,
    UNDER_WAY,
    Answer,
    Audience,
    FileKind,
    Material,
    PackageKind,
    PackageState,
    Side,
)
from kernel.links import SharedForeignKey
from kernel.workflow import MoveRecord, Stateful


class PackageRequest(Stateful):
    """One package for one pack (SKU) of a product: the brief, who works on it, where it stands.

    Product, variant, producer and village live in the county: their numbers and names are copied.
    Lengths are millimetres, weights grams of net content, money fen.
    """

    MOVES = PACKAGE_MOVES

    state = models.CharField(max_length=20, choices=PackageState.choices, default=PackageState.DRAFT)
    county_code = models.CharField(max_length=6)
    village_id = models.BigIntegerField(null=True, blank=True)
    place = models.CharField(max_length=80, blank=True)
    product_id = models.BigIntegerField()
    product_name = models.CharField(max_length=60)
    category = models.CharField(max_length=40, blank=True)
    farm_produce = models.BooleanField(default=True)
    producer_id = models.BigIntegerField(null=True, blank=True)
    producer_name = models.CharField(max_length=60, blank=True)
    variant_id = models.BigIntegerField(null=True, blank=True)
    variant_name = models.CharField(max_length=30, blank=True)
    unit = models.CharField(max_length=10, blank=True)
    net_grams = models.PositiveIntegerField(null=True, blank=True)
    price_fen = models.PositiveIntegerField(null=True, blank=True)
    brand = models.ForeignKey(Brand, null=True, blank=True, on_delete=models.SET_NULL, related_name="packages")
    # the brief
    kind = models.CharField(max_length=10, choices=PackageKind.choices, blank=True)
    material = models.CharField(max_length=10, choices=Material.choices, blank=True)
    audience = models.CharField(max_length=10, choices=Audience.choices, blank=True)
    wishes = models.CharField(max_length=500, blank=True)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    run = models.PositiveIntegerField(null=True, blank=True)
    must_have = models.TextField(blank=True)
    budget_fen = models.PositiveIntegerField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    # who
    created_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    owner = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    designer = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    open_until = models.DateField(null=True, blank=True)
    # marks
    remarks = models.JSONField(default=dict, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_note = models.CharField(max_length=300, blank=True)
    chosen = models.ForeignKey("Round", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    frozen_sha256 = models.CharField(max_length=64, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    thanks_agreed_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-saved_at", "-pk"]
        constraints: ClassVar = [
            # Two requests for the same pack handed in at the same moment: one desk, one designer.
            models.UniqueConstraint(
                fields=["county_code", "variant_id"],
                condition=models.Q(withdrawn_at__isnull=True, state__in=UNDER_WAY),
                name="package_once_a_pack",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["county_code", "product_id"], name="package_of_product"),
            models.Index(fields=["state", "due_on"], name="package_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.product_name} {self.variant_name}".strip()

    @property
    def is_returned(self) -> bool:
        return self.state == PackageState.DRAFT and self.returned_at is not None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def name(self) -> tuple[str, str]:
        """How inbox, clocks, papers and the audit trail call it."""
        return ("package", str(self.pk))


class PackageMove(MoveRecord):
    subject = models.ForeignKey(PackageRequest, on_delete=models.CASCADE, related_name="history_moves")


class Offer(models.Model):
    """A designer who was asked, or who offered in an open call."""

    request = models.ForeignKey(PackageRequest, on_delete=models.CASCADE, related_name="offers")
    designer = SharedForeignKey(settings.AUTH_USER_MODEL)
    invited = models.BooleanField(default=True)
    words = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.WAITING)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "designer"], name="offer_once_a_designer"),
        ]


class Round(models.Model):
    """稿次: what a designer laid before the village at one time. Unseen until handed in, then fixed."""

    request = models.ForeignKey(PackageRequest, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500, blank=True)
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField()
    handed_in_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "number"], name="round_once"),
        ]


class RoundFile(models.Model):
    """One file of a round. ``paper_id`` is its kernel.Paper; name and sha256 are copied when it comes."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=FileKind.choices, default=FileKind.PICTURE)
    paper_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["kind", "at", "pk"]


class Pin(models.Model):
    """A remark pinned to a spot of a picture; x and y in thousandths of its width and height."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="pins")
    file = models.ForeignKey(RoundFile, on_delete=models.PROTECT, related_name="pins")
    number = models.PositiveSmallIntegerField()
    x = models.PositiveSmallIntegerField(validators=[MaxValueValidator(1000)])
    y = models.PositiveSmallIntegerField(validators=[MaxValueValidator(1000)])
    words = models.CharField(max_length=300)
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by_name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "number"], name="pin_once"),
            models.CheckConstraint(condition=models.Q(x__lte=1000, y__lte=1000), name="pin_on_the_picture"),
        ]


class ComplianceRun(models.Model):
    """What the check was told and what it found, kept as it was, for the files it looked at."""

    request = models.ForeignKey(PackageRequest, on_delete=models.CASCADE, related_name="runs")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="runs")
    files_sha256 = models.CharField(max_length=64)
    passed = models.BooleanField()
    edition = models.CharField(max_length=120, blank=True)
    facts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    # Another person's word on what the first says they read in the standard.
    second_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, db_index=False)
    second_by_name = models.CharField(max_length=60, blank=True, default="", db_default="")
    second_at = models.DateTimeField(null=True, blank=True)
    second_words = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    @property
    def printed_on(self) -> date | None:
        """The day whose rules it kept to; runs of the first weeks say it only in their report."""
        said = self.facts.get("printed_on") or self.facts.get("report", {}).get("printed_on")
        return date.fromisoformat(said) if said else None

    @property
    def fails(self) -> int:
        return self._count(Verdict.FAIL)

    @property
    def asks(self) -> int:
        return self._count(Verdict.ASK)

    def told(self, what: str) -> Any:
        """The kept ``report``, ``findings`` or ``edition`` in the reader's language, else as the run keeps it."""
        kept = self.facts.get("told", {}).get(get_language(), {})
        return kept.get(what) or self.facts.get(what) or getattr(self, what, None)

    @property
    def told_findings(self) -> Any:
        return self.told("findings")

    @property
    def told_edition(self) -> Any:
        return self.told("edition")

    @property
    def looked_up(self) -> bool:
        return bool(self.facts.get("looked_up"))

    @property
    def outcome(self) -> str:
        """What a badge may say: without them "passed" would stand above what nobody, or one person alone, looked up.

        failed; asks, while lines wait for a first reader; waits for the second; refused by them; passed.
        """
        if self.fails or not (self.passed or self.asks):
            return "failed"
        if self.asks and not self.looked_up:
            return "asks"
        if self.passed:
            return "passed"
        return "refused" if self.second_at else "waits"

    def _count(self, verdict: str) -> int:
        return sum(1 for one in self.findings if one.get("verdict") == verdict)


class ComplianceDraft(models.Model):
    """What somebody typed for a check and has not recorded yet: the form asks for some sixty things."""

    request = models.ForeignKey(PackageRequest, on_delete=models.CASCADE, related_name="compliance_drafts")
    by = SharedForeignKey(settings.AUTH_USER_MODEL)
    typed = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "by"], name="compliance_draft_once_a_person"),
        ]


class SignOff(models.Model):
    """One side's name under exactly these files. Never erased: a change makes it void."""

    request = models.ForeignKey(PackageRequest, on_delete=models.CASCADE, related_name="sign_offs")
    side = models.CharField(max_length=12, choices=Side.choices)
    files_sha256 = models.CharField(max_length=64)
    by = SharedForeignKey(settings.AUTH_USER_MODEL)
    by_name = models.CharField(max_length=60)
    at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, blank=True)
    void_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "side"], condition=models.Q(void_at__isnull=True), name="sign_off_once_a_side"
            ),
            models.UniqueConstraint(
                fields=["request", "by"], condition=models.Q(void_at__isnull=True), name="sign_off_once_a_person"
            ),
        ]


class PrintPack(models.Model):
    """The zip for the printer: the signed files, their list and the sheet with three names.

    Bound to one SKU by value; void when the files it holds are no longer the signed ones.
    """

    request = models.ForeignKey(PackageRequest, on_delete=models.CASCADE, related_name="packs")
    variant_id = models.BigIntegerField(null=True, blank=True)
    variant_name = models.CharField(max_length=30, blank=True)
    files_sha256 = models.CharField(max_length=64)
    paper_id = models.UUIDField(unique=True)
    sha256 = models.CharField(max_length=64)
    manifest = models.JSONField(default=dict)
    at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(void_at__isnull=True), name="print_pack_in_force"
            ),
        ]
