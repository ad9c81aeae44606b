"""How long a sign-in lasts: so long without a sign of life, so long in all (promise S7, ADR 0024).

The session itself remembers when it began and when somebody last did something; the roles say how
long that may be (``accounts/roles.py``). Time is the wall's, not ``kernel.clock``: a demo that moves
its clock must not sign everybody out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils import timezone

from accounts import limits, roles
from kernel import audit

BEGAN, SEEN = "began_at", "seen_at"
IDLE, OVER = "idle", "over"
# A sign of life is written down this often: every request would be a write.
WRITTEN_EVERY = 20
SHORTEST_IDLE = 15 * 60
SHORTEST_LIFE = 12 * 3600
WARNED_BEFORE = 60


def now() -> int:
    return int(time.time())


@dataclass(frozen=True)
class Lasting:
    """Seconds without a sign of life, and seconds in all."""

    idle: int
    whole: int


def lasting(user: Any) -> Lasting:
    """The shortest of what this person's roles allow; a shopper's where there is none."""
    held = [roles.ROLES[seat.role] for seat in roles.memberships(user) if seat.role in roles.ROLES]
    held = held or [roles.ROLES[roles.SHOPPER]]
    return Lasting(min(role.idle_minutes for role in held) * 60, min(role.hours for role in held) * 3600)


def begin(request: HttpRequest) -> None:
    """Start the session's two clocks and list it among the person's devices."""
    request.session[BEGAN] = request.session[SEEN] = now()
    UserSession.objects.purge_and_list(request.user)
    note_device(request)


def note_device(request: HttpRequest, old_key: str = "") -> None:
    """List this session; a session whose key changed loses its old line."""
    if not request.session.session_key:
        request.session.save()
    if old_key and old_key != request.session.session_key:
        UserSession.objects.filter(session_key=old_key).delete()
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": request.user,
            "ip": limits.address_of(request) or "0.0.0.0",  # noqa: S104  a socket without an address
            "user_agent": request.headers.get("User-Agent", "")[:200],
            "last_seen_at": timezone.now(),
        },
    )


def ended(request: HttpRequest) -> str:
    """``idle`` or ``over`` when this session has had its time, else nothing.

    The roles are asked only when the shortest of all limits has passed: most requests cost nothing.
    """
    moment, seen = now(), request.session.get(SEEN)
    if seen is None:
        request.session[BEGAN] = request.session[SEEN] = moment
        return ""
    quiet, age = moment - seen, moment - request.session.get(BEGAN, seen)
    if quiet < SHORTEST_IDLE and age < SHORTEST_LIFE:
        return ""
    allowed = lasting(request.user)
    if quiet >= allowed.idle:
        return IDLE
    return OVER if age >= allowed.whole else ""


def end(request: HttpRequest, why: str) -> None:
    """Sign out, and say so in the trail. What is asked for next is asked by a stranger."""
    user = request.user
    forget_device(request)
    logout(request)
    audit.record(f"session.{why}", by=user, obj=("user", str(user.pk)), title=str(user))


def forget_device(request: HttpRequest) -> None:
    UserSession.objects.filter(session_key=request.session.session_key or "-").delete()


def touch(request: HttpRequest) -> None:
    """Somebody did something."""
    moment = now()
    if moment - request.session.get(SEEN, 0) >= WRITTEN_EVERY:
        request.session[SEEN] = moment
        mine = UserSession.objects.filter(session_key=request.session.session_key)
        # Its key changes when the key of sessions has turned: then it is listed anew.
        if not mine.update(last_seen_at=timezone.now()):
            note_device(request)


def left(request: HttpRequest) -> int:
    """Seconds until this session ends if nobody does anything; never below nought."""
    allowed, moment = lasting(request.user), now()
    seen = request.session.get(SEEN, moment)
    began = request.session.get(BEGAN, seen)
    return max(0, min(seen + allowed.idle, began + allowed.whole) - moment)


def devices(request: HttpRequest) -> list[dict[str, Any]]:
    """Where this person is signed in, the newest first; sessions that are gone lose their line."""
    here = request.session.session_key
    found = UserSession.objects.purge_and_list(request.user)
    found.sort(key=lambda one: one.last_seen_at, reverse=True)
    return [{"session": one, "here": one.session_key == here, "browser": browser(one.user_agent)} for one in found]


def end_elsewhere(request: HttpRequest) -> int:
    """End this person's other sessions, the listed and any that is not; returns how many were listed."""
    from django.contrib.auth import update_session_auth_hash

    user: Any = request.user
    old_key = request.session.session_key
    others = UserSession.objects.filter(user_id=user.pk).exclude(session_key=old_key)
    count = 0
    for one in others:
        one.end()
        count += 1
    user.session_round += 1
    user.save(update_fields=["session_round"])
    update_session_auth_hash(request, user)
    note_device(request, old_key or "")
    audit.record("session.others", by=user, obj=("user", str(user.pk)), title=str(user), ended=count)
    return count


# What a browser calls itself, from the most telling to the least.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser(agent: str) -> str:
    """ "Chrome · Windows": enough to recognise one's own."""
    named = [next((name for mark, name in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in named if name) or agent[:40] or "—"


def is_tracked(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
