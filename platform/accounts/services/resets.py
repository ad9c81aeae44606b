"""A lost second factor: taken away by somebody else, and for a coordinator by two people."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import roles, rules, second_factor
from accounts.errors import NotYours
from accounts.models import ResetRequest, User
from kernel import audit, clock, inbox
from kernel.errors import NoteMissing
from tenants.addressing import province_url

GOOD_FOR = timedelta(days=3)
RESET = "second_factor.reset"
DROPPED = "second_factor.reset_dropped"
inbox.add_outcome(DROPPED, gettext_lazy("不重设了"))
inbox.add_kind(RESET, gettext_lazy("动态验证码要重设，等第二个人同意"))


@transaction.atomic
def reset_second_factor(user: User, *, by: User, reason: str) -> ResetRequest | None:
    """Take it away at once, or ask for a second person: then the request comes back."""
    if not reason.strip():
        raise NoteMissing(_("请写明为什么重设，例如换了手机。"))
    _check_right(user, by)
    if not rules.reset_needs_two(user):
        _take_away(user, by=by, reason=reason)
        return None
    User.objects.select_for_update().get(pk=user.pk)  # of two who ask at once, the second finds the first's
    waiting = ResetRequest.objects.filter(subject=user, approved_at__isnull=True, expires_at__gt=clock.now()).first()
    return waiting or _ask(user, by=by, reason=reason)


@transaction.atomic
def approve_reset(request: ResetRequest, *, by: User) -> ResetRequest:
    """The second person's yes; not the one who asked, not the one it is about."""
    request = ResetRequest.objects.select_for_update().get(pk=request.pk)
    _check_right(request.subject, by)
    if by.pk == request.asked_by_id:
        raise NotYours(_("这个申请是您提的，要由另一位来同意。"))
    if request.approved_at is not None or request.expires_at <= clock.now():
        raise NotYours(_("这个申请已经办过或过期了，请重新提出。"))
    request.approved_by, request.approved_at = by, clock.now()
    request.save(update_fields=["approved_by", "approved_at"])
    _take_away(request.subject, by=by, reason=request.reason, asked_by=request.asked_by.name)
    inbox.close_item(RESET, obj=("reset", str(request.pk)), by=by)
    return request


@transaction.atomic
def drop_reset(request: ResetRequest, *, by: User) -> ResetRequest:
    """It was asked by mistake, or somebody says no: nothing is taken away."""
    request = ResetRequest.objects.select_for_update().get(pk=request.pk)
    _check_right(request.subject, by)
    if request.approved_at is not None or request.expires_at <= clock.now():
        raise NotYours(_("这个申请已经办过或过期了。"))
    request.expires_at = clock.now()
    request.save(update_fields=["expires_at"])
    _record("second_factor.reset_dropped", request.subject, by=by, asked_by=request.asked_by.name)
    inbox.close_item(RESET, obj=("reset", str(request.pk)), by=by, outcome=DROPPED)
    return request


def _ask(user: User, *, by: User, reason: str) -> ResetRequest:
    now = clock.now()
    request = ResetRequest.objects.create(
        subject=user, asked_by=by, asked_at=now, reason=reason[:200], expires_at=now + GOOD_FOR
    )
    inbox.open_item(
        RESET,
        obj=("reset", str(request.pk)),
        title=user.name,
        role=roles.COORDINATOR,
        due=request.expires_at,
        url=province_url("accounts:people"),
    )
    _record("second_factor.reset_asked", user, by=by, reason=reason)
    return request


def _take_away(user: User, *, by: User, reason: str, **facts: str) -> None:
    """The factor goes and every session with it: whoever holds the lost phone is out."""
    second_factor.remove(user)
    user.session_round += 1
    user.save(update_fields=["session_round"])
    _record("second_factor.reset", user, by=by, reason=reason, **facts)


def _check_right(user: User, by: User) -> None:
    if not rules.can_keep_person(by, user, "accounts.second_factor.reset"):
        raise NotYours(_("您不能重设这个人的动态验证码。"))


def _record(action: str, user: User, *, by: User, **facts: str) -> None:
    audit.record(action, by=by, obj=("user", str(user.pk)), title=user.name, **facts)
