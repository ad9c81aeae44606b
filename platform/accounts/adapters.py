"""How allauth's second factor keeps its secrets and names itself here."""

from __future__ import annotations

from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from kernel import privacy


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted like phones: a stolen dump opens no account."""

    def encrypt(self, text: str) -> str:
        return privacy.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return privacy.decrypt(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        return f"{user.name} {user.masked_phone}".strip()

    def get_totp_issuer(self) -> str:
        return "借梯"

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nobody here has a mail address."""
