"""What beat looks after: messages lost on the way, held ones set free, old ones forgotten."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import roles
from accounts.errors import CannotResend, NotYours
from accounts.messages import sending, switch
from accounts.messages.carriers import Accepted, NoAnswer, NotThere, Refused, carrier
from accounts.messages.rights import RESEND
from accounts.models import MailMessage, Outgoing, SmsMessage, User
from accounts.states import SmsState
from kernel import audit, clock
from kernel.models import OutboxRow

LOST_AFTER = timedelta(minutes=2)  # longer than any call may take
ASK_BACK = (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=2))
FORGET_AFTER = timedelta(days=190)  # more than the six months that security logs are kept
NOT_THERE = "not-there"
FORGOTTEN = "forgotten"


def tend() -> int:
    """One round; returns how many messages changed."""
    changed = sum(_find_lost(way) for way in (SmsMessage, MailMessage))
    changed += _ask_back()
    changed += sum(switch.release_held())
    _forget()
    _tell_of_dead_rows()
    return changed


@transaction.atomic
def _find_lost(way: type[Outgoing]) -> int:
    """Claimed, and never heard of again: the worker died with the carrier's answer, or before its question."""
    lost = way._default_manager.select_for_update(skip_locked=True).filter(
        state=SmsState.SENDING, claimed_at__lt=clock.now() - LOST_AFTER
    )
    found = list(lost.order_by("pk")[:500])
    for message in found:
        sending.settle(message, NoAnswer("worker-lost"), tried=message.attempts)
    return len(found)


def _ask_back() -> int:
    """Ask the carrier what became of those nobody knows about; it is a question and sends nothing."""
    changed = 0
    for number, pause in enumerate(ASK_BACK):
        waiting = SmsMessage.objects.filter(
            state=SmsState.UNKNOWN, asked_back=number, claimed_at__lt=clock.now() - pause
        )
        for message in waiting.order_by("pk")[:50]:
            changed += _ask_about(message)
    return changed


def _ask_about(message: SmsMessage) -> int:
    assert message.claimed_at is not None
    answer = carrier().ask_back(sending.letter_of(message), clock.day_of(message.claimed_at))
    asked = SmsMessage.objects.filter(pk=message.pk, asked_back=message.asked_back)
    if not asked.update(asked_back=message.asked_back + 1):
        return 0
    if isinstance(answer, NotThere):
        SmsMessage.objects.filter(pk=message.pk, state=SmsState.UNKNOWN).update(trouble=NOT_THERE)
    elif isinstance(answer, Accepted):
        sending.settle(message, answer, tried=message.attempts)
    elif isinstance(answer, Refused):
        sending.settle(message, Refused(answer.code), tried=message.attempts)
    return 1


@transaction.atomic
def _forget() -> None:
    """The words of what can no longer be sent again; after half a year the phone, too."""
    now = clock.now()
    for way, private in ((SmsMessage, ("phone", "phone_hash")), (MailMessage, ("address", "address_hash"))):
        open_end = way._default_manager.filter(state__in=[SmsState.REFUSED, SmsState.UNKNOWN], good_until__lt=now)
        open_end.update(body="", params="", good_until=None)
        old = way._default_manager.filter(created_at__lt=now - FORGET_AFTER).exclude(receipt=FORGOTTEN)
        old.update(body="", params="", receipt=FORGOTTEN, **dict.fromkeys(private, ""))


def _tell_of_dead_rows() -> None:
    dead = OutboxRow.objects.filter(state=OutboxRow.State.DEAD).count()
    if dead:
        sending.tell_operator(
            ngettext("有 {number} 件后台任务做不下去", "有 {number} 件后台任务做不下去", dead).format(number=dead),
            once="dead-rows",
        )


@transaction.atomic
def resend(message: Outgoing, *, by: User) -> Outgoing:
    """By hand, knowing that an ``unknown`` one may then arrive twice."""
    if not roles.may(by, RESEND):
        raise NotYours(_("重发由系统管理员或省级协调员来做。"))
    message = type(message)._default_manager.select_for_update().get(pk=message.pk)
    if not sending.may_resend(message):
        raise CannotResend(_("这一条不能重发：验证码请本人再要一个，过期的请从原来的页面再发一次。"))
    audit.record(
        "message.resend",
        by=by,
        county=message.county_code,
        obj=("message", str(message.pk)),
        title=message.kind,
        was=message.state,
    )
    message.state, message.asked_back = SmsState.WAITING, 0
    message.save(update_fields=["state", "asked_back"])
    sending.announce(message, again=True)
    return message


def unsettled() -> dict[str, int]:
    """How many are in each state that somebody should look at."""
    wanted = Q(state__in=[SmsState.HELD, SmsState.REFUSED, SmsState.UNKNOWN])
    return {
        state: SmsMessage.objects.filter(wanted, state=state).count()
        for state in (SmsState.HELD, SmsState.REFUSED, SmsState.UNKNOWN)
    }
