from kernel.errors import DomainError


class BriefUnfinished(DomainError):
    """The brief lacks something a designer needs; ``missing`` names field → sentence."""

    code = "brief_unfinished"


class PackageLocked(DomainError):
    """Where the case stands, this cannot be changed."""

    code = "package_locked"


class PackageWithdrawn(DomainError):
    code = "package_withdrawn"


class AlreadyAsked(DomainError):
    """The pack has a case that is not finished yet."""

    code = "already_asked"


class NotADesigner(DomainError):
    code = "not_a_designer"


class NotYoursToSign(DomainError):
    """This person does not stand for that side."""

    code = "not_yours_to_sign"


class OtherFiles(DomainError):
    """What was read is not what lies there now."""

    code = "other_files"


class PinsOpen(DomainError):
    """Remarks on the picture wait for an answer."""

    code = "pins_open"


class NothingToShow(DomainError):
    """The round or the pack has no file."""

    code = "nothing_to_show"


class NotCompliant(DomainError):
    code = "not_compliant"


class PrintDayWrong(DomainError):
    """The day the package is to be printed is past, or too far off to know its rules."""

    code = "print_day_wrong"
