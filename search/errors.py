"""What the search refuses."""

from kernel.errors import DomainError


class WantMissing(DomainError):
    code = "want_missing"


class NoSuchCategory(DomainError):
    code = "no_such_category"


class Unreadable(DomainError):
    """A parameter that cannot be understood; ``facts["parameter"]`` names it."""

    code = "unreadable"
