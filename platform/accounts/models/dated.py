"""Dates that come from our clock."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from kernel import clock


class Dated(models.Model):
    """Dates that are written on the first save come from our clock.

    As field defaults they would make the migrations import the clock.
    """

    DATES: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        for name in self.DATES:
            if getattr(self, name) is None:
                setattr(self, name, clock.now())
        super().save(*args, **kwargs)
