"""From a service's transaction to the carrier, and what came of it.

The outbox row claims the message: limits, hours and the switch are asked and ``claimed_at`` is committed.
Only then, after that commit, is the carrier called; what it says is written in a second transaction. A worker
that dies in between leaves a message that may have gone out: ``tending`` finds it, and a notice is then
``unknown``, never sent again by itself.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import phones
from accounts.messages import answers, limits, switch
from accounts.messages.carriers import Accepted, Answer, Letter, NoAnswer, NoWay, Refused, can_send, carrier
from accounts.messages.hours import first_moment, is_quiet, next_morning
from accounts.messages.kinds import KINDS, Kind, kind_of
from accounts.messages.mail import mail_carrier
from accounts.models import MailMessage, Outgoing, SmsMessage, User
from accounts.states import SmsState
from kernel import clock, outbox
from kernel.privacy import keyed_hash

log = logging.getLogger(__name__)
Sent = TypeVar("Sent", bound=Outgoing)

MOST_ATTEMPTS = 5
# A full limit: how long until asking again, by the window that is full.
PAUSES = {"minute": 60, "hour": 600, "day": 3600}
OUTBOX = {SmsMessage: "sms", MailMessage: "mail"}


def words_for(user: User | None) -> AbstractContextManager[None]:
    """Messages speak the reader's language, not that of whoever pressed the button."""
    chosen = user.language if user else ""
    return override(chosen or settings.LANGUAGE_CODE)


@transaction.atomic
def send(what: str, phone: str, /, *, to: User | None = None, county: str = "", **values: Any) -> SmsMessage:
    """Write a text message in the caller's transaction; it leaves after the commit, by day."""
    kind = kind_of(what)
    with words_for(to):
        told = kind.checked(values)
        body = f"【{settings.SMS['sign']}】{kind.said(told)}"
    number = phones.normal_phone(phone)
    message = SmsMessage(phone=number, phone_hash=phones.phone_hash(number))
    return _write(message, kind, told, body, county)


@transaction.atomic
def send_mail(what: str, address: str, /, *, to: User | None = None, county: str = "", **values: Any) -> MailMessage:
    """The same as a letter, for a kind that has a subject."""
    kind = kind_of(what)
    with words_for(to):
        told = kind.checked(values)
        message = MailMessage(
            address=address,
            address_hash=keyed_hash(address.lower()),
            subject=str(kind.subject).format(**told)[:120],
        )
        return _write(message, kind, told, kind.said(told), county)


def waits_for_morning(what: str) -> bool:
    """Would one that is written now lie until eight? What is stopped or has no carrier waits for something else."""
    return is_quiet(clock.now()) and not kind_of(what).urgent and can_send() and not switch.is_stopped(what)


def later_words(what: str) -> str:
    """Why a message written now does not leave now, in one sentence; "" where it does."""
    if not can_send():
        return _("还没接短信，请打印出来给他。")
    if switch.is_stopped(what):
        return _("短信现在停着，恢复以后再发。")
    return _("夜里不发短信，早上 8 点发。") if waits_for_morning(what) else ""


def tell_operator(trouble: str, *, once: str) -> bool:
    """A letter to whoever keeps the machines, if an address is set; once an hour for the same ``once``."""
    if not settings.MAIL_OPERATOR:
        return False
    if not caches["shared"].add(f"operator-told:{once}", 1, 3600):
        return False
    send_mail("system.trouble", settings.MAIL_OPERATOR, what=trouble)
    return True


def _write(message: Sent, kind: Kind, told: dict[str, str], body: str, county: str) -> Sent:
    message.kind, message.body, message.county_code = kind.code, body, county
    message.params = json.dumps(told, ensure_ascii=False)
    message.good_until = clock.now() + kind.good_for
    message.save()
    announce(message)
    return message


def announce(message: Outgoing, *, wait: timedelta = timedelta(0), again: bool = False) -> None:
    """Put it into the outbox; ``again`` for a later try, which needs a row of its own."""
    way = OUTBOX[type(message)]
    again_key = f":{message.attempts}:{clock.now().timestamp():.3f}" if again else ""
    at = max(first_moment(kind_of(message.kind)), clock.now() + wait)
    outbox.announce(f"{way}.send", {way: message.pk}, key=f"{message.pk}{again_key}", at=at)


@transaction.atomic
def drop_waiting(what: str, phone: str, is_void: Callable[[dict[str, str]], bool]) -> int:
    """What has not left yet and would say what is no longer true does not leave; how many there were."""
    waiting = SmsMessage.objects.select_for_update().filter(
        kind=what, phone_hash__in=phones.phone_hashes(phone), state__in=(SmsState.WAITING, SmsState.HELD)
    )
    dropped = [message for message in waiting if message.params and is_void(json.loads(message.params))]
    for message in dropped:
        settle_as(message, SmsState.DROPPED, trouble="void")
    return len(dropped)


# --- claimed ------------------------------------------------------------------------------------
def claim(message: Outgoing) -> bool:
    """Take a locked, waiting message for one try. False when it is not sent now, and says itself why.

    Raises ``outbox.NotNow`` where it must wait.
    """
    if message.state != SmsState.WAITING:
        return False
    if message.kind not in KINDS:  # written by an older release, which had other kinds
        settle_as(message, SmsState.DROPPED, trouble="old-kind")
        return False
    kind = kind_of(message.kind)
    if message.good_until and message.good_until <= clock.now():
        settle_as(message, SmsState.DROPPED, trouble="stale")
        return False
    if switch.is_stopped(message.kind):
        message.state = SmsState.HELD
        message.save(update_fields=["state"])
        return False
    _wait_for_its_hour(kind)
    if isinstance(message, SmsMessage) and not _has_room(message, kind):
        return False
    message.state, message.claimed_at, message.attempts = SmsState.SENDING, clock.now(), message.attempts + 1
    message.save(update_fields=["state", "claimed_at", "attempts", "mark"])
    return True


def _wait_for_its_hour(kind: Kind) -> None:
    now = clock.now()
    if not kind.urgent and is_quiet(now):
        raise outbox.NotNow("quiet hours", pause=(next_morning(now) - now).total_seconds())


def _has_room(message: SmsMessage, kind: Kind) -> bool:
    if not kind.repeatable and _is_silent():
        raise outbox.NotNow("the carrier does not answer", pause=60)
    most = limits.full(message)
    if most is None:
        return True
    if kind.urgent:  # a code that comes an hour late opens nothing
        settle_as(message, SmsState.REFUSED, trouble="limit")
        return False
    raise outbox.NotNow(f"{most.kind} {most.over} {most.window}: {most.most}", pause=PAUSES[most.window])


def _is_silent() -> bool:
    """Three without an answer in two minutes: each further notice would be one more that nobody knows about."""
    lately = clock.now() - timedelta(minutes=2)
    return SmsMessage.objects.filter(state=SmsState.UNKNOWN, sent_at__gt=lately).count() >= 3


# --- handed over --------------------------------------------------------------------------------
def hand_over(message: Outgoing) -> None:
    """Call the carrier for a message whose claim is committed, and write what it said."""
    tried = message.attempts
    chosen = carrier() if isinstance(message, SmsMessage) else mail_carrier()
    try:
        answer = chosen.send(letter_of(message))
    except Exception as mishap:
        # Where in the call it broke is not known, so neither is whether the message went out.
        log.exception("message %s %s broke", message.kind, message.pk)
        answer = NoAnswer(type(mishap).__name__)
    settle(message, answer, tried=tried)


def letter_of(message: Outgoing) -> Letter:
    to = message.phone if isinstance(message, SmsMessage) else message.address  # type: ignore[attr-defined]
    subject = message.subject if isinstance(message, MailMessage) else ""
    params = json.loads(message.params) if message.params else {}
    assert message.mark is not None
    return Letter(message.mark, message.kind, to, message.body, params, subject)


@transaction.atomic
def settle(message: Outgoing, answer: Answer | None, *, tried: int) -> Outgoing:
    """Write what the carrier said of this try; an answer to an older try changes nothing."""
    message = type(message)._default_manager.select_for_update().get(pk=message.pk)
    if message.state not in {SmsState.SENDING, SmsState.UNKNOWN} or message.attempts != tried:
        return message
    if isinstance(answer, Accepted):
        settle_as(message, SmsState.SENT, receipt=answer.receipt)
    elif isinstance(answer, NoWay):
        settle_as(message, SmsState.UNSENT)
    elif isinstance(answer, Refused):
        _refused(message, answer)
    elif isinstance(answer, NoAnswer):
        _unanswered(message, answer)
    return message


def _refused(message: Outgoing, answer: Refused) -> None:
    _tell_who_can_mend(answer.code)
    wait = timedelta(seconds=(answer.again or 0) * 2 ** (message.attempts - 1))
    if answer.again is not None and _is_worth_a_try(message, wait):
        _try_again(message, answer.code, wait)
    else:
        settle_as(message, SmsState.REFUSED, trouble=answer.code)


def _unanswered(message: Outgoing, answer: NoAnswer) -> None:
    """Nobody knows whether it went out: a code may come twice, a notice may not."""
    wait = timedelta(seconds=5)
    if kind_of(message.kind).repeatable and _is_worth_a_try(message, wait):
        _try_again(message, answer.reason, wait)
    else:
        settle_as(message, SmsState.UNKNOWN, trouble=answer.reason)


def _is_worth_a_try(message: Outgoing, wait: timedelta) -> bool:
    in_time = message.good_until is None or clock.now() + wait < message.good_until
    return message.attempts < MOST_ATTEMPTS and in_time


def _try_again(message: Outgoing, trouble: str, wait: timedelta) -> None:
    message.state, message.trouble = SmsState.WAITING, trouble[:120]
    message.save(update_fields=["state", "trouble"])
    announce(message, wait=wait, again=True)


def settle_as(message: Outgoing, state: SmsState, *, trouble: str = "", receipt: str = "") -> None:
    """The end of a message. Its words go, unless somebody may still send it again by hand."""
    message.state, message.trouble = state, trouble[:120]
    message.receipt = receipt or message.receipt
    message.sent_at = clock.now()
    if not may_resend(message):
        message.body = message.params = ""
    message.save(update_fields=["state", "trouble", "receipt", "sent_at", "body", "params"])


def may_resend(message: Outgoing) -> bool:
    """By hand, while it is still worth it; a code is asked for anew instead."""
    fresh = message.good_until is not None and message.good_until > clock.now()
    open_end = message.state in {SmsState.REFUSED, SmsState.UNKNOWN}
    return open_end and fresh and bool(message.body) and not kind_of(message.kind).repeatable


def _tell_who_can_mend(code: str) -> None:
    today = clock.today()
    if answers.is_operators(code, today):
        tell_operator(_("短信发不出去：{why}").format(why=answers.in_words(code, today)), once=f"carrier:{code}")
