"""Bringing people, many counties at once: invitations to managers, reminders to those standing still."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from accounts import selectors as people
from accounts import services as accounts
from accounts.roles import COUNTY_MANAGER
from console import ladder
from kernel.errors import DomainError
from tenants.models import County
from tenants.states import CountyState


@dataclass
class Outcome:
    """Which counties were reached, and which were not, with the reason."""

    names: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def reached(self) -> int:
        return len(self.names)


def invite_managers(codes: list[str], *, by: Any) -> Outcome:
    """Invite each county's contact as its manager; one that cannot be does not stop the others."""
    outcome = Outcome()
    for county in _open(codes):
        why = _no_need(county)
        if why:
            outcome.skipped.append((county.name, why))
            continue
        _try(
            outcome,
            county,
            lambda county=county: accounts.invite(
                phone=county.contact_phone,
                name=county.contact_name,
                role=COUNTY_MANAGER,
                county_code=county.code,
                by=by,
            ),
        )
    return outcome


def _no_need(county: County) -> str:
    """Why its manager is not invited; the invitation itself looks again at whoever holds the phone."""
    if not county.contact_phone:
        return _("没有联系人手机，先在县的页面补上。")
    seat = people.members(county.code, COUNTY_MANAGER).first()
    if seat:
        return _("已经有负责人%(name)s了；再请一位，在这个县的“县里的人”里请。") % {"name": seat.user.name}
    return ""


def remind(codes: list[str], *, by: Any) -> Outcome:
    """Tell each county which rung comes next."""
    outcome = Outcome()
    next_titles = {climb.county.code: climb.next_title for climb in ladder.climbs()}
    for county in _open(codes):
        title = next_titles.get(county.code, "")
        if not title:
            outcome.skipped.append((county.name, _("都爬完了，不用提醒。")))
        elif not people.members(county.code, COUNTY_MANAGER) and not people.pending_invitations(county.code):
            outcome.skipped.append((county.name, _("还没请负责人，先请人。")))
        else:
            sentence = _next_rung(county.name, title)
            _try(
                outcome,
                county,
                lambda county=county, sentence=sentence: accounts.remind(
                    county_code=county.code, sentence=sentence, by=by
                ),
            )
    return outcome


def _said_next(county: str, title: Any) -> str:
    return _("%(county)s的下一级是“%(title)s”。") % {"county": county, "title": title}


_next_rung = lazy(_said_next, str)  # to each manager in the manager's language, not in that of who reminds


def _open(codes: list[str]) -> list[County]:
    return list(County.objects.filter(code__in=codes, state=CountyState.OPEN).order_by("code"))


def _try(outcome: Outcome, county: County, act: Any) -> None:
    try:
        act()
    except DomainError as refusal:
        outcome.skipped.append((county.name, str(refusal)))
    else:
        outcome.names.append(county.name)
