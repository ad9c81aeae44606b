from kernel.errors import DomainError


class UnknownDivision(DomainError):
    """No county-level division of this province has that code."""

    code = "unknown_division"


class AlreadyOpen(DomainError):
    code = "already_open"


class OpeningIncomplete(DomainError):
    """A step of an opening lacks something a person must supply."""

    code = "opening_incomplete"


class SchemaDiffers(DomainError):
    """A county's tables are not what the template says."""

    code = "schema_differs"
