"""What goes wrong on the brand desk. Each carries a sentence that says what to do next."""

from kernel.errors import DomainError


class Unfinished(DomainError):
    """Something the case needs is missing; ``missing`` names field → sentence."""

    code = "unfinished"


class Unanswered(DomainError):
    """Sent back, and handed in again as it was; ``fields`` are the remarks nobody did or said anything about."""

    code = "unanswered"


class Stopped(DomainError):
    """The pre-check found something that would be refused; ``findings`` say what."""

    code = "stopped"


class WithOfficer(DomainError):
    """The case lies with the province: it is not changed behind the officer's back."""

    code = "with_officer"


class NotWithOfficer(DomainError):
    """The village has it in hand."""

    code = "not_with_officer"


class WrongDate(DomainError):
    """A document's date that cannot be: in the future, before the filing, before the one before it."""

    code = "wrong_date"


class EnteredAlready(DomainError):
    """This notice, or this very file, is in a case already."""

    code = "entered_already"


class NotNow(DomainError):
    """The state table knows no such document here."""

    code = "not_now"


class PaperMissing(DomainError):
    code = "paper_missing"


class FactMissing(DomainError):
    """A document's own particulars: a number, a date, the classes."""

    code = "fact_missing"


class NothingAsked(DomainError):
    """No official question waits for an answer."""

    code = "nothing_asked"


class Kept(DomainError):
    """The case has a name, a paper or a reader: it is given up, not thrown away."""

    code = "kept"


class ThrownAway(DomainError):
    """Somebody threw the case away while this screen stood open."""

    code = "thrown_away"


class TooMany(DomainError):
    code = "too_many"
