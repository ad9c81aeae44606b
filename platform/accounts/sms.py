"""Text messages. The port is a promise; a province plugs in its carrier by ``SMS_CARRIER``.

``send_sms`` writes the message encrypted and an outbox row that carries its number only.
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.errors import NoCarrier
from accounts.models import SmsMessage, User
from kernel import outbox
from kernel.privacy import mask_phone

log = logging.getLogger(__name__)


class Carrier(Protocol):
    def send(self, phone: str, body: str) -> None:
        """Hand one message over. Raises when the carrier did not take it; may be asked again."""


class ConsoleCarrier:
    """Development: the message goes to the log, with the phone masked."""

    def send(self, phone: str, body: str) -> None:
        log.info("sms to %s: %s", mask_phone(phone), body)


class NoSmsCarrier:
    """A province without text messages works with printed invitations and codes."""

    def send(self, phone: str, body: str) -> None:
        raise NoCarrier(_("这个省还没有接短信，请打印邀请或登录码。"))


def carrier() -> Carrier:
    default = "accounts.sms.ConsoleCarrier" if settings.JIETI_DEMO else "accounts.sms.NoSmsCarrier"
    made: Carrier = import_string(getattr(settings, "SMS_CARRIER", "") or default)()
    return made


def words_for(user: User | None) -> AbstractContextManager[None]:
    """Messages speak the reader's language, not that of whoever pressed the button."""
    chosen = user.language if user else ""
    return override(chosen or settings.LANGUAGE_CODE)


def send_sms(phone: str, body: str, *, kind: str) -> SmsMessage:
    """Write a message in the caller's transaction; it leaves after the commit."""
    message = SmsMessage.objects.create(kind=kind, phone=phone, body=body)
    outbox.announce("sms.send", {"sms": message.pk}, key=str(message.pk))
    return message
