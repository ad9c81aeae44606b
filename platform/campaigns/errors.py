from kernel.errors import DomainError


class Unfinished(DomainError):
    """Something an endorsement needs is missing; ``missing`` names field → sentence."""

    code = "unfinished"


class Locked(DomainError):
    """What waits for approval or stands on the wall is not edited."""

    code = "locked"


class ChangedMeanwhile(DomainError):
    """What the manager read is not what stands there now."""

    code = "changed_meanwhile"


class TermElsewhere(DomainError):
    """The term of somebody who already stands behind goods is changed on their own page."""

    code = "term_elsewhere"
