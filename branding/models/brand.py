"""Trade marks of a county's producers. Public tables: every shop window asks for the mark."""

from typing import ClassVar

from django.db import models

from branding.states import BRAND_MOVES, BrandState
from kernel.workflow import MoveRecord, Stateful

EDITION = "NCL13-2026"


class Brand(Stateful):
    """A name and where its registration stands.

    The producer lives in the county's schema, so its number and name are copied here.
    ``nice_classes`` are the classes applied for, as numbers of the ``edition``.
    """

    MOVES = BRAND_MOVES

    state = models.CharField(max_length=20, choices=BrandState.choices, default=BrandState.IDEA)
    county_code = models.CharField(max_length=6)
    producer_id = models.BigIntegerField()
    producer_name = models.CharField(max_length=60)
    name = models.CharField(max_length=40)
    registration_no = models.CharField(max_length=30, blank=True)
    nice_classes = models.JSONField(default=list)
    edition = models.CharField(max_length=20, default=EDITION)
    registered_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["county_code", "name", "pk"]
        indexes: ClassVar = [models.Index(fields=["county_code", "producer_id"], name="brand_of_producer")]

    def __str__(self) -> str:
        return self.name


class BrandMove(MoveRecord):
    subject = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="history_moves")
