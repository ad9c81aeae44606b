from collections import Counter
from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest, needs
from accounts.messages import later_words
from accounts.roles import may
from accounts.views.again import asks_again
from console import ladder, onboarding
from console.entries import OPEN, SEE
from kernel import clock

INVITE = "accounts.people.invite"
MOST_NAMED = 10
STANDING_AFTER = timedelta(days=3)


@needs(SEE)
def show(request: SignedInRequest) -> HttpResponse:
    climbs = [*ladder.at_the_foot(), *ladder.climbs()]
    before = clock.now() - STANDING_AFTER
    standing = {
        climb.county.code
        for climb in climbs
        if climb.next_title and (climb.moved_at is None or climb.moved_at < before)
    }
    tally = Counter(climb.next_title or _("都爬完了") for climb in climbs)
    context = {
        "climbs": climbs,
        "standing": standing,
        "titles": [title for _name, title in ladder.RUNGS],
        "tally": list(tally.items()),
        "may_invite": may(request.user, INVITE),
    }
    return render(request, "console/board.html", context)


@needs(INVITE)
@asks_again(of="county")
@require_POST
def invite(request: SignedInRequest) -> HttpResponse:
    """Invite the contact of each chosen county as its manager."""
    done = onboarding.invite_managers(request.POST.getlist("county"), by=request.user)
    _tell(
        request,
        done,
        ngettext("请了 %(n)s 个县的负责人：%(who)s。", "请了 %(n)s 个县的负责人：%(who)s。", done.reached),
    )
    _say_when(request, done, "invitation")
    return redirect("console:board")


@needs(OPEN)
@require_POST
def remind(request: SignedInRequest) -> HttpResponse:
    done = onboarding.remind(request.POST.getlist("county"), by=request.user)
    _tell(request, done, ngettext("提醒了 %(n)s 个县：%(who)s。", "提醒了 %(n)s 个县：%(who)s。", done.reached))
    _say_when(request, done, "reminder")
    return redirect("console:board")


def _say_when(request: SignedInRequest, done: onboarding.Outcome, what: str) -> None:
    later = later_words(what) if done.reached else ""
    if later:
        messages.info(request, later)


def _some(names: list[str]) -> str:
    said = _("、").join(names[:MOST_NAMED])
    return _("%(names)s等") % {"names": said} if len(names) > MOST_NAMED else said


def _tell(request: SignedInRequest, done: onboarding.Outcome, words: str) -> None:
    if done.reached:
        messages.success(request, words % {"n": done.reached, "who": _some(done.names)})
    if done.skipped:
        # Each reason is a sentence of its own elsewhere: here the stop comes once, at the end.
        text = _("；").join(f"{name}{_('：')}{why.rstrip('。.')}" for name, why in done.skipped[:MOST_NAMED])
        messages.warning(request, _("没有办的：%(text)s。") % {"text": text})
    if not done.reached and not done.skipped:
        messages.warning(request, _("先勾几个县。"))
