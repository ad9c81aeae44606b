"""What the worker does for people: hand text messages to the carrier."""

from __future__ import annotations

from typing import Any

from accounts.errors import NoCarrier
from accounts.models import SmsMessage
from accounts.sms import carrier
from accounts.states import SmsState
from kernel import clock
from kernel.outbox import handles


@handles("sms.send")
def send_waiting_sms(payload: dict[str, Any], county_code: str) -> None:
    """Send once; the words are wiped afterwards, for they may hold a code or a link."""
    message = SmsMessage.objects.select_for_update().get(pk=payload["sms"])
    if message.state != SmsState.WAITING:
        return
    try:
        carrier().send(message.phone, message.body)
        message.state = SmsState.SENT
    except NoCarrier:
        message.state = SmsState.UNSENT
    message.body, message.sent_at = "", clock.now()
    message.save(update_fields=["state", "body", "sent_at"])
