"""The port to whoever carries text messages, and the two that carry nothing far.

A carrier answers one of three things. Only ``NoAnswer`` leaves open whether the message went out: it is
what a time-out means, and why a notice is then not sent again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from kernel.privacy import mask_phone

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Letter:
    """One message as a carrier sees it; ``mark`` is our number for it."""

    mark: UUID
    kind: str
    to: str = field(repr=False)
    text: str = field(repr=False)
    params: dict[str, str] = field(repr=False)
    subject: str = field(default="", repr=False)


@dataclass(frozen=True)
class Accepted:
    receipt: str = ""


@dataclass(frozen=True)
class Refused:
    """It did not go out. ``again`` is after how many seconds to try once more; None is never."""

    code: str
    again: int | None = None


@dataclass(frozen=True)
class NoAnswer:
    """Nobody can say whether it went out."""

    reason: str


@dataclass(frozen=True)
class NotThere:
    """Asked afterwards, the carrier has no such message."""


@dataclass(frozen=True)
class NoWay:
    """This province has no such carrier."""


Answer = Accepted | Refused | NoAnswer | NotThere | NoWay


class Carrier(Protocol):
    def send(self, letter: Letter) -> Answer: ...

    def ask_back(self, letter: Letter, on: date) -> Answer | None:
        """What became of a message handed over on that day; None where a carrier cannot tell."""


class ConsoleCarrier:
    """Development: the message goes to the log, with the phone masked."""

    def send(self, letter: Letter) -> Answer:
        log.info("sms to %s: %s", mask_phone(letter.to), letter.text)
        return Accepted()

    def ask_back(self, letter: Letter, on: date) -> Answer | None:
        return None


class NoSmsCarrier:
    """A province without text messages works with printed invitations and codes."""

    def send(self, letter: Letter) -> Answer:
        return NoWay()

    def ask_back(self, letter: Letter, on: date) -> Answer | None:
        return None


def carrier() -> Carrier:
    made: Carrier = import_string(_chosen())()
    return made


def can_send() -> bool:
    """Is there a carrier at all?"""
    return not isinstance(carrier(), NoSmsCarrier)


def _chosen() -> str:
    if settings.SMS_CARRIER:
        return str(settings.SMS_CARRIER)
    if settings.SMS["key_id"]:
        return "accounts.messages.aliyun.AliyunCarrier"
    return f"accounts.messages.carriers.{'ConsoleCarrier' if settings.JIETI_DEMO else 'NoSmsCarrier'}"
