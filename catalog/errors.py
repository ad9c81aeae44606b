from kernel.errors import DomainError


class Unfinished(DomainError):
    """Something a product needs is missing; ``missing`` names field → sentence."""

    code = "unfinished"


class NotYourVillage(DomainError):
    code = "not_your_village"


class Locked(DomainError):
    """What is being reviewed or sold is not edited behind the reviewer's back."""

    code = "locked"


class ChangedMeanwhile(DomainError):
    """What the reviewer read is not what stands there now."""

    code = "changed_meanwhile"


class UselessPhoto(DomainError):
    code = "useless_photo"
