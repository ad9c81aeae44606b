"""代言: a first secretary stands behind goods, from a day until a day. Public; goods and counties by value."""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models

from campaigns.states import ENDORSEMENT_MOVES, Ending, EndorsementState
from kernel.links import SharedForeignKey
from kernel.workflow import MoveRecord, Stateful


class Endorser(models.Model):
    """A first secretary in a village: who they are and how long their office lasts, both days included.

    ``portrait`` is a picture the county has the person's consent for, ``portrait_consent`` that consent;
    without it pages show the surname on paper.
    """

    county_code = models.CharField(max_length=6)
    name = models.CharField(max_length=20)
    title = models.CharField(max_length=40)
    village_id = models.BigIntegerField()
    place = models.CharField(max_length=80)
    term_from = models.DateField()
    term_until = models.DateField()
    portrait = models.JSONField(default=dict, blank=True)
    portrait_consent = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county_code", "village_id", "name"], name="endorser_once"),
            models.CheckConstraint(condition=models.Q(term_until__gte=models.F("term_from")), name="endorser_term"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def surname(self) -> str:
        """赵, or 欧阳 where the surname has two hanzi."""
        return self.name[:2] if self.name[:2] in DOUBLE_SURNAMES else self.name[:1]


DOUBLE_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "司徒",
        "夏侯",
        "端木",
        "呼延",
        "南宫",
        "独孤",
        "完颜",
        "拓跋",
    ]
)


class Endorsement(Stateful):
    """One person's word for some goods. It is seen from ``starts_on`` to ``last_day`` and while it stands."""

    MOVES = ENDORSEMENT_MOVES

    state = models.CharField(max_length=20, choices=EndorsementState.choices, default=EndorsementState.DRAFT)
    endorser = models.ForeignKey(Endorser, on_delete=models.PROTECT, related_name="endorsements")
    county_code = models.CharField(max_length=6)
    statement = models.CharField(max_length=80)
    starts_on = models.DateField()
    ends_on = models.DateField()
    unpaid = models.BooleanField(default=False)
    remarks = models.TextField(blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=8, choices=Ending.choices, blank=True)
    created_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    saved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-saved_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="endorsement_days"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["county_code", "state"], name="endorsement_of_county"),
            models.Index(fields=["state", "ends_on"], name="endorsement_by_end"),
        ]

    def __str__(self) -> str:
        return self.statement

    @property
    def last_day(self) -> date:
        """The last day it is seen: its own, or the last of the office."""
        return min(self.ends_on, self.endorser.term_until)

    @property
    def is_returned(self) -> bool:
        return self.state == EndorsementState.DRAFT and self.returned_at is not None


class EndorsedProduct(models.Model):
    """A product by value, with what was promised: its name, maker and place on the day of the approval."""

    endorsement = models.ForeignKey(Endorsement, on_delete=models.CASCADE, related_name="products")
    product_id = models.BigIntegerField()
    snapshot = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endorsement", "product_id"], name="endorsed_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["product_id"], name="endorsed_product")]

    @property
    def title(self) -> str:
        return str(self.snapshot.get("title", ""))


class EndorsementMove(MoveRecord):
    subject = models.ForeignKey(Endorsement, on_delete=models.CASCADE, related_name="history_moves")
