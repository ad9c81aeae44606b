"""People, the roles they hold, the short-lived papers that let them in, and what is written to them."""

from accounts.models.letting_in import Invitation, InvitationQuerySet, OneTimeCode, ResetRequest
from accounts.models.messages import MailMessage, MessageStop, Outgoing, SmsMessage
from accounts.models.people import Membership, MembershipQuerySet, User, UserManager
from accounts.models.rights import Archive, Goodbye

__all__ = [
    "Archive",
    "Goodbye",
    "Invitation",
    "InvitationQuerySet",
    "MailMessage",
    "Membership",
    "MembershipQuerySet",
    "MessageStop",
    "OneTimeCode",
    "Outgoing",
    "ResetRequest",
    "SmsMessage",
    "User",
    "UserManager",
]
