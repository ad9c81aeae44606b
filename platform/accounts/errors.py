"""What the accounts refuse, in sentences that say what to do next."""

from kernel.errors import DomainError


class NotYours(DomainError):
    """The actor may not do this to that person, here."""

    code = "not_yours"


class WrongPhone(DomainError):
    code = "wrong_phone"


class UnknownRole(DomainError):
    code = "unknown_role"


class RoleConflict(DomainError):
    """Two roles that no one person may hold together."""

    code = "role_conflict"


class InvitationSpent(DomainError):
    """Used, revoked, replaced or expired."""

    code = "invitation_spent"


class SecondFactorMissing(DomainError):
    code = "second_factor_missing"


class WrongCode(DomainError):
    code = "wrong_code"


class TooManyTries(DomainError):
    code = "too_many_tries"


class AlreadyStopped(DomainError):
    """The switch stands already where somebody wants it."""

    code = "already_stopped"


class CannotResend(DomainError):
    """A code, something stale, or a message that went out."""

    code = "cannot_resend"


class AlreadyBuilding(DomainError):
    code = "already_building"


class NotReady(DomainError):
    code = "not_ready"


class CannotLeaveYet(DomainError):
    """Somebody else would be left without what only this person can do."""

    code = "cannot_leave_yet"
