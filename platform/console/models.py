"""What the province's desk keeps: the rungs counties have climbed, and lists waiting to be opened."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from kernel.links import SharedForeignKey
from kernel.privacy import EncryptedTextField


class Rung(models.Model):
    """The first time a county did something: its first story, product, approval."""

    county_code = models.CharField(max_length=6)
    name = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county_code", "name"], name="rung_once"),
        ]


class CountyList(models.Model):
    """An uploaded list of counties after its dry run; ``rows`` holds phones and is encrypted."""

    by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    how = models.CharField(max_length=60)
    rows = EncryptedTextField()
    batch = models.ForeignKey("tenants.OpeningBatch", null=True, on_delete=models.PROTECT, related_name="+")
