"""The calendar's part: an outbox row for the first day of an endorsement and for the day after its last."""

from typing import Any

from campaigns import services
from campaigns.models import Endorsement
from kernel import outbox


@outbox.handles(services.TURN)
def turn(payload: dict[str, Any], county_code: str) -> None:
    endorsement = Endorsement.objects.filter(pk=payload["endorsement"]).first()
    if endorsement is not None:
        services.turn_endorsement(endorsement)
