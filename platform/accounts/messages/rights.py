"""Who sees the messages, who sends one again, who pulls the switch."""

from accounts import roles

SEE = "accounts.messages.see"
RESEND = "accounts.messages.resend"
STOP = "accounts.messages.stop"


def grant_messages() -> None:
    for role in (roles.COORDINATOR, roles.SYSTEM_ADMIN, roles.AUDITOR):
        roles.grant(role, SEE)
    for role in (roles.COORDINATOR, roles.SYSTEM_ADMIN):
        roles.grant(role, RESEND)
    roles.grant(roles.SYSTEM_ADMIN, STOP)
