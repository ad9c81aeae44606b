from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.doors import SignedInRequest, needs
from accounts.roles import may
from console.entries import AUDIT, JOBS, RERUN
from console.selectors import audit_entries
from kernel import outbox
from kernel.answers import do_and_say
from kernel.models import OutboxRow

PAGE = 50


@needs(JOBS)
def jobs(request: SignedInRequest) -> HttpResponse:
    """The outbox: what waits, what was given up, and why."""
    counts = dict(OutboxRow.objects.values_list("state").annotate(Count("pk")).order_by())
    worst_first = (OutboxRow.State.DEAD, OutboxRow.State.WAITING, OutboxRow.State.DONE)
    state = request.GET.get("state", "")
    if state not in OutboxRow.State.values:
        state = next((one for one in worst_first if counts.get(one)), OutboxRow.State.DONE)
    rows = OutboxRow.objects.filter(state=state).order_by("-pk")
    context = {
        "state": state,
        "states": [(value, label, counts.get(value, 0)) for value, label in OutboxRow.State.choices],
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "lag": round(outbox.lag_seconds()),
        "may_rerun": may(request.user, RERUN),
    }
    return render(request, "console/jobs.html", context)


@needs(RERUN)
@require_POST
def rerun(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(OutboxRow, pk=pk)
    do_and_say(request, lambda: outbox.rerun(row, by=request.user), _("已排进去重做。"))
    return redirect("console:jobs")


@needs(AUDIT)
def audit(request: SignedInRequest) -> HttpResponse:
    county, action = request.GET.get("county", ""), request.GET.get("action", "")
    entries = audit_entries(county, action)
    context = {
        "page": Paginator(entries, PAGE).get_page(request.GET.get("page")),
        "county": county,
        "action": action,
    }
    return render(request, "console/audit.html", context)
