"""Why something about a page is refused."""

from kernel.errors import DomainError, NoteMissing


class NotYourTurn(DomainError):
    """Nothing waits here for this person: somebody else was faster, or the step is another's."""

    code = "not_your_turn"


class ChangedMeanwhile(DomainError):
    """The page was changed after the reviewer opened it."""

    code = "changed_meanwhile"


class NothingToHandIn(DomainError):
    """The page is under review already, or says nothing new."""

    code = "nothing_to_hand_in"


class NotReadyToShow(DomainError):
    """Something must be there before this page may be published."""

    code = "not_ready_to_show"


class ClaimsUnanswered(NoteMissing):
    """Words the law forbids stand in it, and who passes it says nothing to them."""

    code = "claims_unanswered"


class NotShown(DomainError):
    """Only what is shown can be taken down."""

    code = "not_shown"


class ConsentMissing(DomainError):
    """What was signed does not make a consent; nothing was kept."""

    code = "consent_missing"


class NoLongerAgreed(DomainError):
    """The person does not agree, or not any more."""

    code = "no_longer_agreed"
