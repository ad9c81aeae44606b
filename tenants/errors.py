from kernel.errors import DomainError


class UnknownDivision(DomainError):
    """No county-level division of this province has that code."""

    code = "unknown_division"


class AlreadyOpen(DomainError):
    code = "already_open"


class TooLong(DomainError):
    """A text is longer than what keeps it."""

    code = "too_long"


class OpeningIncomplete(DomainError):
    """A step of an opening lacks something a person must supply."""

    code = "opening_incomplete"


class SchemaDiffers(DomainError):
    """A county's tables are not what the template says."""

    code = "schema_differs"


class NotDialled(DomainError):
    """What would be published as a telephone number is none."""

    code = "not_dialled"


class UpgradeRefused(DomainError):
    """Nothing was touched: something else must be done first."""

    code = "upgrade_refused"


class UpgradeUnderWay(DomainError):
    code = "upgrade_under_way"


class OtherRelease(DomainError):
    """Processes that must be stopped first are still connected."""

    code = "other_release"


class CountyFailed(DomainError):
    """One county stopped an upgrade; it has its old tables, whole."""

    code = "county_failed"
