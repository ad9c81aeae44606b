"""Before a deed for which somebody would steal an open session: who sits here proves once more who they are.

A sign-in or a proof of a moment ago is enough (``session.FRESH``). Else a page asks for the password, or for the
app's code, and carries what was sent; proven, the deed is done as it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from accounts import limits, second_factor
from accounts.doors import View
from accounts.forms import AgainForm
from accounts.middleware import SAFE
from accounts.views import session

# The page's own fields: that it was sent, and whether a reading or a deed was asked.
SENT, BACK, READING, DEED = "proof_of", "proof_back", "reading", "deed"
NOT_CARRIED = frozenset({"csrfmiddlewaretoken", "again", SENT, BACK})


def asks_again(*, reading: bool = False, after: limits.Limit | None = None, of: str = "") -> Callable[[View], View]:
    """Stands inside the door, so that it asks nobody who may not come in anyway.

    Guards what is sent; with ``reading`` the looking too, for what is taken away by looking. ``after`` lets so many
    pass unasked. ``of`` names the field with what the deed is done to: where none was chosen there is no deed to prove.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
            looks = request.method in SAFE
            nothing = of and SENT not in request.POST and not request.POST.getlist(of)
            if nothing or (looks is not reading and SENT not in request.POST):
                return view(request, *args, **kwargs)
            asked = ask(request, after=after)
            return asked or view(request, *args, **kwargs)

        guarded.asks_again = True  # type: ignore[attr-defined]
        return guarded

    return guard


def ask(request: Any, *, after: limits.Limit | None = None, carries: bool = True) -> HttpResponse | None:
    """The page that asks, or nothing where the deed may go on. What is not carried is begun anew afterwards."""
    if SENT in request.POST:
        return _judge(request)
    if session.is_fresh(request) or (after and after.take(str(request.user.pk))):
        return None
    looks = request.method in SAFE or not carries
    return _page(request, AgainForm(asks=session.asks_again(request)), READING if looks else DEED)


def _judge(request: Any) -> HttpResponse | None:
    what = READING if request.POST[SENT] == READING else DEED
    form = AgainForm(request.POST, asks=session.asks_again(request))
    if not is_proven(request, form):
        return _page(request, form, what)
    session.proved(request)
    if what == READING:
        return redirect(request.get_full_path())
    carried = request.POST.copy()
    for name in NOT_CARRIED - {"csrfmiddlewaretoken"}:
        carried.pop(name, None)
    request.POST = carried  # the view, and the report of its failure, see no password
    return None


def is_proven(request: Any, form: AgainForm) -> bool:
    """Who has neither a password nor an app proves it by having come in a moment ago."""
    if not form.is_valid() or not is_the_same(request, form):
        return False
    if form.asks or session.is_fresh(request):
        return True
    form.add_error(None, _("离登录太久了。请退出，用验证码再登录一次，然后马上来办。"))
    return False


def is_the_same(request: Any, form: AgainForm) -> bool:
    if not form.asks:
        return True
    if not limits.SIGN_IN_PER_PHONE.take(f"again:{request.user.pk}"):
        form.add_error(None, _("试得太多了，先锁 15 分钟。急用请找管理员。"))
        return False
    fits = second_factor.check if form.asks == session.CODE else _password_fits
    if fits(request.user, form.cleaned_data["again"]):
        return True
    form.add_error("again", _("不对。请再写一遍。"))
    return False


def _password_fits(user: Any, password: str) -> bool:
    return bool(user.check_password(password))


def _page(request: Any, form: AgainForm, what: str) -> HttpResponse:
    request.sensitive_post_parameters = "__ALL__"
    carried = [] if what == READING else [one for one in request.POST.lists() if one[0] not in NOT_CARRIED]
    context = {
        "form": form,
        "what": what,
        "sent": SENT,
        "back_name": BACK,
        "carried": [(name, value) for name, values in carried for value in values],
        "address": request.get_full_path(),
        "back": _back(request),
        "must_come_in": not form.asks and not session.is_fresh(request),
    }
    answer = render(request, "accounts/again.html", context, status=400 if form.is_bound else 200)
    add_never_cache_headers(answer)
    return answer


def _back(request: HttpRequest) -> str:
    """The page on which the button stood; a second try still knows it."""
    came = urlsplit(request.POST.get(BACK) or request.headers.get("Referer", ""))
    here = came.netloc in {"", request.get_host()} and came.path.startswith("/") and not came.path.startswith("//")
    return came.path if here and came.path != request.path else ""
