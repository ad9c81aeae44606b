"""What the worker does for people: hand messages to the carrier, tell them of deadlines."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.db import transaction

from accounts import selectors
from accounts.messages import send, send_mail, sending, tending
from accounts.models import Archive, Goodbye, MailMessage, Outgoing, SmsMessage, User
from accounts.rights import archives, goodbye
from kernel import deadlines
from kernel.models import Deadline, OutboxRow
from kernel.outbox import handles

log = logging.getLogger(__name__)


@handles("sms.send")
def send_waiting_sms(payload: dict[str, Any], county_code: str) -> None:
    _send(SmsMessage, payload["sms"])


@handles("mail.send")
def send_waiting_mail(payload: dict[str, Any], county_code: str) -> None:
    _send(MailMessage, payload["mail"])


def _send(way: type[Outgoing], number: int) -> None:
    """Claim it with the outbox's row; the carrier is called once both are committed."""
    message = way._default_manager.select_for_update().get(pk=number)
    if sending.claim(message):
        transaction.on_commit(lambda: sending.hand_over(message), robust=True)


@shared_task(name="accounts.tend_messages", ignore_result=True)
def tend_messages() -> int:
    return tending.tend()


@handles(archives.BUILD)
def build_archive(payload: dict[str, Any], county_code: str) -> None:
    """Tried a few times; one that cannot be built says so and makes room for another."""
    archive = Archive.objects.select_related("subject", "asked_by").get(pk=payload["archive"])
    try:
        with transaction.atomic():
            archives.build(archive)
    except Exception as trouble:
        row = OutboxRow.objects.get(kind=archives.BUILD, key=str(archive.pk))
        if row.attempts + 1 < archives.MOST_TRIES:
            raise
        log.exception("archive %s was given up", archive.pk)
        archives.give_up(archive, type(trouble).__name__, tries=row.attempts + 1)


@handles(goodbye.LEAVE)
def let_go(payload: dict[str, Any], county_code: str) -> None:
    goodbye.leave(Goodbye.objects.get(pk=payload["goodbye"]))


@shared_task(name="accounts.tend_rights", ignore_result=True)
def tend_rights() -> int:
    return archives.destroy_old()


@handles(deadlines.REMINDED)
def tell_of_deadline(payload: dict[str, Any], county_code: str) -> None:
    """A message to whoever must act, and when it was missed also to whoever that escalates to.

    A clock stopped meanwhile says nothing any more.
    """
    deadline = Deadline.objects.filter(pk=payload["deadline"], stopped_at__isnull=True).first()
    if deadline is None:
        return
    kind, values = _spoken(deadline)
    for person in _concerned(deadline):
        if person.phone:
            send(kind, person.phone, to=person, county=deadline.county_code, **values)
        if deadline.is_late and person.mail and person.mail_confirmed_at:
            send_mail(kind, person.mail, to=person, county=deadline.county_code, **values)


def _concerned(deadline: Deadline) -> list[User]:
    if deadline.person_id:  # type: ignore[attr-defined]
        found = list(User.objects.filter(pk=deadline.person_id, is_active=True))  # type: ignore[attr-defined]
    else:
        found = [*selectors.people(deadline.county_code, deadline.role), *selectors.people("", deadline.role)]
    if deadline.is_late and deadline.escalate_to:
        found += selectors.people("", deadline.escalate_to)
    return list({person.pk: person for person in found}.values())


def _spoken(deadline: Deadline) -> tuple[str, dict[str, Any]]:
    facts: dict[str, Any] = {"title": deadline.title, "name": deadline.name}
    if deadline.is_late:
        return "deadline.late", facts | {"due": deadline.due}
    if deadline.days_left == 0:
        return "deadline.today", facts
    return "deadline.soon", facts | {"due": deadline.due, "days": deadline.days_left}
