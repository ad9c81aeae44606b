"""Messages: text messages and letters, from the table of kinds to the carrier and back (ADR 0023)."""

from accounts.messages.kinds import Kind, Param, add_kind, all_kinds, kind_of
from accounts.messages.sending import drop_waiting, later_words, send, send_mail, tell_operator, words_for

__all__ = [
    "Kind",
    "Param",
    "add_kind",
    "all_kinds",
    "drop_waiting",
    "kind_of",
    "later_words",
    "send",
    "send_mail",
    "tell_operator",
    "words_for",
]
