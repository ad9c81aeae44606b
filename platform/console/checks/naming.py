"""Which counties a finding speaks of: each by its name and the code by which the log calls it."""

from django.utils.translation import gettext
from django.utils.translation import gettext as _

from console.checks.facts import Facts, Stuck
from kernel import clock
from tenants import opening, register

LONGEST = 120  # signs of what stopped an opening; its page has it whole


def place(county: str) -> str:
    """The name, and the code by which the log calls it."""
    if not county or county == "others":
        return _("其余的县") if county else _("省台")
    division = register.division(county)
    return f"{division.name}{_('（')}{county}{_('）')}" if division else county


def stopped(facts: Facts) -> str:
    """Each with its step, since when and what stopped it; beyond those that are named, how many more."""
    told = [_stopped(one) for one in facts.stuck]
    if (more := facts.openings_stuck - len(told)) > 0:
        told.append(_("另外 %(n)s 个") % {"n": more})
    return _("；").join(told)


def _stopped(one: Stuck) -> str:
    titles = {step.name: step.title for step in opening.steps()}
    return _("%(county)s停在“%(step)s”，%(at)s 起，%(trouble)s") % {
        "county": place(one.county),
        "step": titles.get(one.step, one.step),
        "at": one.since.astimezone(clock.SHANGHAI).strftime("%m-%d %H:%M"),
        "trouble": (gettext(one.trouble) if one.trouble else "")[:LONGEST].rstrip("。."),
    }
