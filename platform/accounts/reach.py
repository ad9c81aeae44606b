"""How far an invitation has come: written, on its way, in a hand, taken up.

The outbox sends it later, at night only at eight, and not at all without a carrier: "invited" alone would
be said of people who know nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.messages.sending import waits_for_morning
from accounts.models import Invitation, SmsMessage
from accounts.states import Reached, SmsState

OUT = frozenset({Reached.ACCEPTED, Reached.SENT, Reached.PRINTED})
_OF_MESSAGE = {
    SmsState.WAITING: Reached.WRITTEN,
    SmsState.SENDING: Reached.WRITTEN,
    SmsState.HELD: Reached.HELD,
    SmsState.SENT: Reached.SENT,
    SmsState.UNKNOWN: Reached.UNKNOWN,
}
_BEST_FIRST = tuple(Reached)
_Written = dict[tuple[str, str], tuple[datetime, str]]


@dataclass(frozen=True)
class Reach:
    """``is_out``: it reached a phone or a sheet of paper, even if it ran out since."""

    how: Reached
    is_out: bool

    @property
    def words(self) -> str:
        return str(self.how.label)


def by_county(role: str) -> dict[str, Reach]:
    """The best of what stands with each county's invitations to a role: a few queries over all of them."""
    asked = list(Invitation.objects.filter(role=role, revoked_at__isnull=True).exclude(county_code=""))
    texts, sleeps = _newest_texts(), waits_for_morning("invitation")
    found: dict[str, Reach] = {}
    for invitation in asked:
        reach = _reach_of(invitation, texts, sleeps=sleeps)
        known = found.get(invitation.county_code)
        if known is None or _rank(reach) < _rank(known):
            found[invitation.county_code] = reach
    return found


def of_each(invitations: list[Invitation]) -> dict[int, Reach]:
    """Each invitation's own: its number → how far it has come."""
    texts, sleeps = _newest_texts(), waits_for_morning("invitation")
    return {one.pk: _reach_of(one, texts, sleeps=sleeps) for one in invitations}


def _newest_texts() -> _Written:
    """When the last text message with an invitation was written to a phone of a county, and what became of it."""
    rows = SmsMessage.objects.filter(kind="invitation").exclude(phone_hash="").order_by("created_at", "pk")
    texts = rows.values_list("county_code", "phone_hash", "created_at", "state")
    return {(county, phone): (at, state) for county, phone, at, state in texts}


def _reach_of(invitation: Invitation, texts: _Written, *, sleeps: bool) -> Reach:
    if invitation.used_at is not None:
        return Reach(Reached.ACCEPTED, is_out=True)
    how = _way_of(invitation, texts)
    if how == Reached.WRITTEN and sleeps:
        how = Reached.NIGHT
    return Reach(Reached.EXPIRED if invitation.is_expired else how, is_out=how in OUT)


def _way_of(invitation: Invitation, texts: _Written) -> Reached:
    """A link that was made after the last text message is one on paper."""
    written_at, state = texts.get((invitation.county_code, invitation.phone_hash), (None, ""))
    if written_at is None or written_at < invitation.sent_at:
        return Reached.PRINTED
    return _OF_MESSAGE.get(SmsState(state), Reached.FAILED)


def _rank(reach: Reach) -> tuple[bool, int]:
    return (not reach.is_out, _BEST_FIRST.index(reach.how))
