"""Who may do what with endorsements, and where they stand on the desks."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.desks import COUNTY_DESK, PROVINCE_DESK, Entry, add_entry
from kernel import inbox, papers

SEE = "campaigns.endorsement.see"
SEE_ALL = "campaigns.endorsement.see_all"
WRITE = "campaigns.endorsement.write"
APPROVE = "campaigns.endorsement.approve"
END = "campaigns.endorsement.end"

REVIEW = "endorsement.review"
MEND = "endorsement.mend"


def grant_permissions() -> None:
    roles.grant(roles.WORK_TEAM, SEE, WRITE)
    roles.grant(roles.COUNTY_EDITOR, SEE, SEE_ALL, WRITE)
    roles.grant(roles.COUNTY_MANAGER, SEE, SEE_ALL, WRITE, APPROVE, END)
    roles.grant(roles.COORDINATOR, SEE, SEE_ALL, END)
    roles.grant(roles.AUDITOR, SEE, SEE_ALL)


def add_entries() -> None:
    add_entry(Entry(COUNTY_DESK, 45, _("代言"), "campaigns:endorsements", SEE, count=_awaiting))
    add_entry(Entry(PROVINCE_DESK, 45, _("代言"), "campaigns:desk", SEE_ALL))


def know_the_papers() -> None:
    inbox.add_kind(REVIEW, _("代言待批"))
    inbox.add_kind(MEND, _("代言退回补正"))
    papers.guard("endorser", _may_open)


def _may_open(user: Any, paper: Any) -> bool:
    """The office and the province; a team member the letters of those they proposed."""
    from campaigns.rules import endorsements_of

    if not roles.may(user, SEE, paper.county_code):
        return False
    return endorsements_of(user, paper.county_code).filter(endorser_id=paper.object_id).exists()


def _awaiting(request: HttpRequest) -> int | None:
    from campaigns.selectors import awaiting

    county = getattr(request, "county", None)
    return awaiting(county.code).count() if county else None
