"""The switch: nothing goes out, or nothing of one kind. Who pulled it and why stands on every desk."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import roles
from accounts.errors import AlreadyStopped, NotYours
from accounts.messages.kinds import all_kinds, name_of
from accounts.messages.rights import STOP
from accounts.models import MailMessage, MessageStop, Outgoing, SmsMessage, User
from accounts.states import SmsState
from kernel import audit, clock
from kernel.errors import NoteMissing

EVERYTHING = ""


def current_stops() -> QuerySet[MessageStop]:
    return MessageStop.objects.filter(ended_at__isnull=True).select_related("by").order_by("at")


def is_stopped(kind: str) -> bool:
    return current_stops().filter(Q(kind=EVERYTHING) | Q(kind=kind)).exists()


@transaction.atomic
def stop(kind: str, *, by: User, note: str) -> MessageStop:
    """Stop a kind, or everything. What waits is held, not lost."""
    _check(by)
    if kind and kind not in {one.code for one in all_kinds()}:
        raise NotYours(_("没有这种短信，请重新选一种。"))
    if not note.strip():
        raise NoteMissing(_("请写明为什么停发，例如模板被运营商停用。"))
    try:
        with transaction.atomic():
            pulled = MessageStop.objects.create(kind=kind, note=note.strip()[:200], by=by)
    except IntegrityError as twice:
        raise AlreadyStopped(_("这种短信已经停着。")) from twice
    audit.record("message.stop", by=by, obj=("message_stop", str(pulled.pk)), title=_title(kind), note=pulled.note)
    return pulled


@transaction.atomic
def resume(pulled: MessageStop, *, by: User) -> tuple[int, int]:
    """Let them go again. Returns how many were put back and how many had grown stale meanwhile."""
    _check(by)
    pulled = MessageStop.objects.select_for_update().get(pk=pulled.pk)
    if pulled.ended_at is not None:
        raise AlreadyStopped(_("已经恢复了。"))
    pulled.ended_at, pulled.ended_by = clock.now(), by
    pulled.save(update_fields=["ended_at", "ended_by"])
    back, stale = release_held()
    audit.record(
        "message.resume",
        by=by,
        obj=("message_stop", str(pulled.pk)),
        title=_title(pulled.kind),
        sent=back,
        dropped=stale,
    )
    return back, stale


@transaction.atomic
def release_held() -> tuple[int, int]:
    """Held messages whose kind is not stopped: those still worth it go, the stale are dropped and say so."""
    from accounts.messages import sending

    back = stale = 0
    for message in _held():
        if is_stopped(message.kind):
            continue
        if message.good_until and message.good_until <= clock.now():
            sending.settle_as(message, SmsState.DROPPED, trouble="stale")
            stale += 1
            continue
        message.state = SmsState.WAITING
        message.save(update_fields=["state"])
        sending.announce(message, again=True)
        back += 1
    return back, stale


def _held() -> Iterator[Outgoing]:
    for way in (SmsMessage, MailMessage):
        held = way._default_manager.select_for_update(skip_locked=True).filter(state=SmsState.HELD)
        yield from held.order_by("pk")[:5000]


def _check(by: User) -> None:
    if not roles.may(by, STOP):
        raise NotYours(_("停发和恢复由系统管理员来做。"))


def _title(kind: str) -> str:
    return name_of(kind) if kind else str(_("全部短信和邮件"))
