"""The search keys of names: what makes likeness an index lookup instead of a walk over every case."""

from typing import ClassVar

from django.db import models

from branding.models.brand import Brand

LONGEST_KEY = 80


class KeyKind(models.TextChoices):
    """How two names may be alike. ``gap`` has one sign replaced by ?, ``deletion`` one taken out."""

    HANZI = "hanzi", "同字"
    TONED = "toned", "同音同调"
    PLAIN = "plain", "同音"
    GAP = "gap", "换一字"
    DELETION = "deletion", "少一字"


class BrandKey(models.Model):
    """One key of one name of a case. ``of_core`` says that county and goods were taken off first."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=KeyKind.choices)
    of_core = models.BooleanField(default=False)
    key = models.CharField(max_length=LONGEST_KEY, db_collation="C")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "kind"], name="brand_key")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"
