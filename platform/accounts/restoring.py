"""A county came back from a backup: who said goodbye since stays gone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.rights import holdings
from tenants.backups import county_restored
from tenants.models import County


def listen() -> None:
    county_restored.connect(_erase_again, dispatch_uid="accounts.restored")


def _erase_again(sender: type, county: County, made_at: datetime, **kwargs: Any) -> None:
    """The file is from before they left and has their name; a file from after has nothing to erase.

    All who ever left, not only since ``made_at``: a moment the clocks disagree about must bring nobody back.
    """
    for user in User.objects.filter(left_at__isnull=False).order_by("pk"):
        holdings.erase_in_this_county(user)
