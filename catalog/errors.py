from kernel.errors import DomainError


class Unfinished(DomainError):
    """Something a product needs is missing; ``missing`` names field → sentence."""

    code = "unfinished"


class NotYourVillage(DomainError):
    code = "not_your_village"


class Locked(DomainError):
    """What is being reviewed or sold is not edited behind the reviewer's back."""

    code = "locked"


class Decided(DomainError):
    """The county has passed it or sent it back: there is nothing left to take back."""

    code = "decided"


class ChangedMeanwhile(DomainError):
    """What the reviewer read is not what stands there now."""

    code = "changed_meanwhile"


class ClaimsUnanswered(DomainError):
    """Words the law forbids stand in it, and the reviewer says nothing to them."""

    code = "claims_unanswered"


class HealingClaimed(DomainError):
    """It is said to heal or to strengthen: no reason lets that pass."""

    code = "healing_claimed"


class UselessPhoto(DomainError):
    code = "useless_photo"


class NoProducerAccount(DomainError):
    """Nobody is chosen who has a producer's account in this county."""

    code = "no_producer_account"


class NameTaken(DomainError):
    """Another producer of the county is called so."""

    code = "name_taken"


class PhoneNotAgreed(DomainError):
    """A phone is published only with its owner's word, which whoever enters it has asked for."""

    code = "phone_not_agreed"


class StillNeeded(DomainError):
    """Somebody has seen it or something points at it: it is not thrown away."""

    code = "still_needed"


class ThrownAway(DomainError):
    """The draft is gone: somebody else threw it away meanwhile."""

    code = "thrown_away"
