"""平台状态: what is wrong with the platform in plain words, worst first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, needs
from accounts.roles import may
from console.checks import Finding, Level, judge, read_facts, worst
from console.entries import AUDIT, JOBS, SEE, STATUS

NEEDED = {"console:jobs": JOBS, "console:audit": AUDIT, "console:counties": SEE, "console:inbox": SEE}


@needs(STATUS)
@require_safe
@never_cache
def status(request: SignedInRequest) -> HttpResponse:
    """Never refreshed by itself: a page that asks again for ever keeps an idle desk signed in."""
    facts = read_facts()
    findings = worst(judge(facts))
    context = {
        "wrong": [(one, _link(request, one)) for one in findings if one.level in {Level.BAD, Level.LOOK}],
        "bad": sum(one.level is Level.BAD for one in findings),
        "unset": [one for one in findings if one.level is Level.UNSET],
        "good": [one for one in findings if one.level is Level.GOOD],
        "now": facts.now,
    }
    return render(request, "console/status.html", context)


def _link(request: SignedInRequest, finding: Finding) -> str:
    """Where it is mended, for whoever may go there."""
    if not finding.address or not may(request.user, NEEDED[finding.address]):
        return ""
    return f"{reverse(finding.address)}?{finding.asked}" if finding.asked else reverse(finding.address)
