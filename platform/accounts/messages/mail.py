"""Letters by SMTP: always encrypted, the server's certificate checked, at most once where nobody answers."""

from __future__ import annotations

import smtplib
import ssl
from datetime import date
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from accounts.messages.carriers import Accepted, Answer, Carrier, Letter, NoAnswer, Refused

PATIENCE = 15  # seconds for each answer of the server
LATER = 60  # seconds until a server that said "not now" is asked again
TEMPORARY = range(400, 500)


class SmtpCarrier:
    """``Message-ID`` is our mark: a mailbox that gets a letter twice can tell that it is one."""

    def send(self, letter: Letter) -> Answer:
        connection = get_connection("django.core.mail.backends.smtp.EmailBackend", timeout=PATIENCE, **settings.SMTP)
        refused = _try_open(connection)
        if refused is not None:
            return refused
        try:
            _written(letter, connection).send()
        except smtplib.SMTPRecipientsRefused as nobody:
            return _by_code(max(code for code, _words in nobody.recipients.values()))
        except smtplib.SMTPResponseException as told:
            return _by_code(told.smtp_code)
        except (OSError, smtplib.SMTPException) as silence:
            return NoAnswer(type(silence).__name__)
        finally:
            _close(connection)
        return Accepted(letter.mark.hex)

    def ask_back(self, letter: Letter, on: date) -> Answer | None:
        return None


class NoMailCarrier:
    def send(self, letter: Letter) -> Answer:
        return Refused("no-mail")

    def ask_back(self, letter: Letter, on: date) -> Answer | None:
        return None


def mail_carrier() -> Carrier:
    return SmtpCarrier() if settings.SMTP else NoMailCarrier()


def _try_open(connection: object) -> Refused | None:
    """Before the first word of a letter everything may be tried again; without TLS nothing is said."""
    try:
        connection.open()  # type: ignore[attr-defined]
    except (OSError, smtplib.SMTPException) as trouble:
        _close(connection)
        return _why_shut(trouble)
    return None


def _why_shut(trouble: Exception) -> Refused:
    if isinstance(trouble, smtplib.SMTPNotSupportedError):
        return Refused("no-tls")
    if isinstance(trouble, ssl.SSLError):
        return Refused("bad-certificate")
    if isinstance(trouble, smtplib.SMTPAuthenticationError):
        return Refused("no-login")
    if isinstance(trouble, smtplib.SMTPResponseException):
        return _by_code(trouble.smtp_code)
    return Refused("out-of-reach", again=LATER)


def _by_code(code: int) -> Refused:
    return Refused(f"smtp-{code}", again=LATER if code in TEMPORARY else None)


def _written(letter: Letter, connection: Any) -> EmailMessage:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    host = address.rpartition("@")[2] or "localhost"
    return EmailMessage(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((name or "借梯", address)),
        to=[letter.to],
        headers={"Message-ID": f"<{letter.mark.hex}@{host}>", "Auto-Submitted": "auto-generated"},
        connection=connection,
    )


def _close(connection: object) -> None:
    try:
        connection.close()  # type: ignore[attr-defined]
    except (OSError, smtplib.SMTPException):
        return
