"""Brand cases: a name from the first idea to the certificate and its renewal.

Public tables, for the province's desk works the cases of every county and every shop window asks
for the mark. What lives in a county's schema (producers) is copied here by value.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from branding.states import BRAND_MOVES, BrandState, word_of
from kernel.links import SharedForeignKey
from kernel.privacy import EncryptedTextField
from kernel.workflow import MoveRecord, Stateful

EDITION = "NCL13-2026"


class OwnerKind(models.TextChoices):
    """Who may own a mark (商标法 §4); a household proves its farming by its land contract."""

    COOP = "coop", _("合作社")
    FARM = "farm", _("家庭农场")
    ENTERPRISE = "enterprise", _("企业")
    TRADER = "trader", _("个体户")
    HOUSEHOLD = "household", _("农户")


class SignKind(models.TextChoices):
    WORD = "word", _("文字")
    PICTURE = "picture", _("图形")


class Brand(Stateful):
    """A case: who wants which name for which goods, and where its registration stands.

    ``name`` is the candidate that is filed; ``candidates`` are up to three in the owner's order.
    ``nice_classes`` are the classes applied for and, from the certificate on, the registered ones.
    ``remarks`` are the officer's words per field since the last return; ``submitted_at`` says that
    the case lies with the officer, ``returned_at`` that it came back.
    """

    MOVES = BRAND_MOVES

    state = models.CharField(max_length=20, choices=BrandState.choices, default=BrandState.IDEA)
    county_code = models.CharField(max_length=6)
    village_id = models.BigIntegerField(null=True, blank=True)
    place = models.CharField(max_length=80, blank=True)
    producer_id = models.BigIntegerField(null=True, blank=True)
    producer_name = models.CharField(max_length=60, blank=True)

    sign_kind = models.CharField(max_length=10, choices=SignKind.choices, default=SignKind.WORD)
    name = models.CharField(max_length=40, blank=True)
    candidates = models.JSONField(default=list, blank=True)
    meaning = models.CharField(max_length=200, blank=True)

    owner_kind = models.CharField(max_length=12, choices=OwnerKind.choices, blank=True)
    owner_name = models.CharField(max_length=60, blank=True)
    owner_address = models.CharField(max_length=120, blank=True)
    credit_code = models.CharField(max_length=18, blank=True)
    id_number = EncryptedTextField(blank=True)
    contact_name = models.CharField(max_length=40, blank=True)
    contact_phone = EncryptedTextField(blank=True)

    nice_classes = models.JSONField(default=list, blank=True)
    edition = models.CharField(max_length=20, default=EDITION)
    application_no = models.CharField(max_length=30, blank=True)
    registration_no = models.CharField(max_length=30, blank=True)
    filed_on = models.DateField(null=True, blank=True)
    published_on = models.DateField(null=True, blank=True)
    registered_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    remarks = models.JSONField(default=dict, blank=True)
    last_return = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    opened_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["county_code", "name", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["county_code", "producer_id"], name="brand_of_producer"),
            models.Index(fields=["state", "county_code"], name="brand_by_state"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("还没起名"))

    @property
    def is_nameless(self) -> bool:
        """Begun and not yet named: it shows no number, for it may still be thrown away."""
        return self.state == BrandState.IDEA and not self.name

    @property
    def state_word(self) -> str:
        return word_of(self.state, registered=self.registered_on is not None)

    @property
    def number(self) -> str:
        """ "PP-2026-0118": how the desk and the village name a case."""
        return f"PP-{self.opened_at:%Y}-{self.pk:04d}" if self.opened_at else f"PP-{self.pk:04d}"


class BrandGood(models.Model):
    """One good as the owner says it, and the words and class it is applied for under."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="goods")
    word = models.CharField(max_length=40)
    formal = models.CharField(max_length=60, blank=True)
    nice_class = models.PositiveSmallIntegerField()
    group = models.CharField(max_length=4, blank=True)
    edition = models.CharField(max_length=20, default=EDITION)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["nice_class", "order", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "nice_class", "word"], name="good_once_a_class")
        ]

    def __str__(self) -> str:
        return self.formal or self.word


class BrandCheck(models.Model):
    """A pre-check slip: what was looked at and found. The document behind the state ``checked``.

    ``print_of`` is the fingerprint of names and classes looked at: a name changed later needs a new slip.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="checks")
    names = models.JSONField(default=list)
    nice_classes = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    stops = models.PositiveSmallIntegerField(default=0)
    print_of = models.CharField(max_length=64)
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return "、".join(self.names)


class BrandNotice(models.Model):
    """A document of the case, official or our own, with its dates: what a state moved with.

    ``dated`` stands on the document. ``received_on`` starts a clock: an electronic notice counts as
    received 15 days after it was sent (商标法实施条例 §10).
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=30)
    number = models.CharField(max_length=40, blank=True)
    dated = models.DateField()
    electronic = models.BooleanField(default=True)
    sent_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    paper_id = models.UUIDField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    # What it changed, for whoever must take it back; empty for those entered before this was written down.
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        ordering: ClassVar = ["-dated", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "number"], condition=~models.Q(number=""), name="notice_entered_once"
            ),
            models.UniqueConstraint(
                fields=["brand", "sha256"], condition=~models.Q(sha256=""), name="notice_file_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

    @property
    def paper(self) -> str:
        """The kept file's id as it stands in addresses; empty where there is none."""
        return str(self.paper_id) if isinstance(self.paper_id, uuid.UUID) else ""


class BrandMistake(models.Model):
    """A document that was entered by mistake and taken back: what it said, who saw it, and why.

    ``said`` is the whole row it was, with what the village had answered to it.
    """

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="mistakes")
    kind = models.CharField(max_length=30)
    dated = models.DateField()
    paper_id = models.UUIDField(null=True, blank=True)
    said = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    why = models.CharField(max_length=200)
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.why


class BrandAnswer(models.Model):
    """What the village wrote to a 补正 or another official question, until the officer sends it."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="answers")
    notice = models.ForeignKey(BrandNotice, on_delete=models.CASCADE, related_name="answers")
    text = models.TextField()
    paper_id = models.UUIDField(null=True, blank=True)
    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    by_name = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    returned_note = models.TextField(blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.text[:40]


class BrandMove(MoveRecord):
    subject = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="history_moves")
