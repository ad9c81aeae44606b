"""What the worker does for people: hand text messages to the carrier, tell them of deadlines."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts import selectors
from accounts.errors import NoCarrier
from accounts.models import SmsMessage, User
from accounts.sms import carrier, send_sms, words_for
from accounts.states import SmsState
from kernel import clock, deadlines
from kernel.models import Deadline
from kernel.outbox import handles


@handles("sms.send")
def send_waiting_sms(payload: dict[str, Any], county_code: str) -> None:
    """Send once; the words are wiped afterwards, for they may hold a code or a link."""
    message = SmsMessage.objects.select_for_update().get(pk=payload["sms"])
    if message.state != SmsState.WAITING:
        return
    try:
        carrier().send(message.phone, message.body)
        message.state = SmsState.SENT
    except NoCarrier:
        message.state = SmsState.UNSENT
    message.body, message.sent_at = "", clock.now()
    message.save(update_fields=["state", "body", "sent_at"])


@handles(deadlines.REMINDED)
def tell_of_deadline(payload: dict[str, Any], county_code: str) -> None:
    """A message to whoever must act, and when it was missed also to whoever that escalates to.

    A clock stopped meanwhile says nothing any more.
    """
    deadline = Deadline.objects.filter(pk=payload["deadline"], stopped_at__isnull=True).first()
    if deadline is None:
        return
    for person in _concerned(deadline):
        if person.phone:
            with words_for(person):
                send_sms(person.phone, _spoken(deadline), kind="deadline")


def _concerned(deadline: Deadline) -> list[User]:
    if deadline.person_id:  # type: ignore[attr-defined]
        found = list(User.objects.filter(pk=deadline.person_id, is_active=True))  # type: ignore[attr-defined]
    else:
        found = [*selectors.people(deadline.county_code, deadline.role), *selectors.people("", deadline.role)]
    if deadline.is_late and deadline.escalate_to:
        found += selectors.people("", deadline.escalate_to)
    return list({person.pk: person for person in found}.values())


def _spoken(deadline: Deadline) -> str:
    facts = {"title": deadline.title, "name": deadline.name, "due": deadline.due, "days": deadline.days_left}
    if deadline.is_late:
        return _("【借梯】%(title)s：%(name)s已过期限（%(due)s），请马上处理。") % facts
    if deadline.days_left == 0:
        return _("【借梯】%(title)s：%(name)s今天到期。") % facts
    return _("【借梯】%(title)s：%(name)s还剩 %(days)s 天，%(due)s 到期。") % facts
