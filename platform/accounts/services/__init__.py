"""What may be done to people, each a verb: checked, in one transaction, written down."""

from accounts.services.codes import person_with_code, print_code, send_code
from accounts.services.invitations import (
    Accepted,
    Issued,
    accept_invitation,
    find_invitation,
    invite,
    print_invitations,
    remind,
    resend_invitation,
    revoke_invitation,
)
from accounts.services.mail import confirm_mail, set_mail
from accounts.services.people import (
    activate_person,
    change_role,
    change_villages,
    create_person,
    deactivate_person,
    end_sessions,
    grant_role,
    reveal_invited_phone,
    reveal_phone,
    revoke_membership,
    set_password,
)
from accounts.services.phone import ask_for_phone, change_phone
from accounts.services.resets import approve_reset, drop_reset, reset_second_factor

__all__ = [
    "Accepted",
    "Issued",
    "accept_invitation",
    "activate_person",
    "approve_reset",
    "ask_for_phone",
    "change_phone",
    "change_role",
    "change_villages",
    "confirm_mail",
    "create_person",
    "deactivate_person",
    "drop_reset",
    "end_sessions",
    "find_invitation",
    "grant_role",
    "invite",
    "person_with_code",
    "print_code",
    "print_invitations",
    "remind",
    "resend_invitation",
    "reset_second_factor",
    "reveal_invited_phone",
    "reveal_phone",
    "revoke_invitation",
    "revoke_membership",
    "send_code",
    "set_mail",
    "set_password",
]
