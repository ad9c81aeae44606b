import re
from tempfile import TemporaryFile
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import limits, phones, roles
from accounts.doors import SignedInRequest, few, needs
from accounts.models import User
from accounts.roles import may
from console import audit_words, effect_words
from console.entries import AUDIT, AUDIT_EXPORT, AUDIT_SECURITY, JOBS, RERUN, SEE
from console.forms import DaysForm
from console.selectors import SECURITY_ACTIONS, audit_entries
from kernel import audit_export, clock, outbox, workdays
from kernel.answers import do_and_say
from kernel.errors import DomainError
from kernel.models import OutboxRow
from kernel.terms import all_terms
from kernel.terms import term_on as term_in_force
from tenants import register

PAGE = 50


@needs(JOBS)
def jobs(request: SignedInRequest) -> HttpResponse:
    """The outbox: what waits, what was given up, and why."""
    counts = dict(OutboxRow.objects.values_list("state").annotate(Count("pk")).order_by())
    worst_first = (OutboxRow.State.DEAD, OutboxRow.State.WAITING, OutboxRow.State.DONE)
    state = request.GET.get("state", "")
    if state not in OutboxRow.State.values:
        state = next((one for one in worst_first if counts.get(one)), OutboxRow.State.DONE)
    page = Paginator(OutboxRow.objects.filter(state=state).order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "state": state,
        "states": [(value, label, counts.get(value, 0)) for value, label in OutboxRow.State.choices],
        "page": page,
        "rows": [(row, effect_words.said(row.kind)) for row in page],
        "lag": round(outbox.lag_seconds()),
        "may_rerun": may(request.user, RERUN),
        "ahead_of": clock.ahead_of(),
    }
    return render(request, "console/jobs.html", context)


@needs(RERUN)
@require_POST
def rerun(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(OutboxRow, pk=pk)
    do_and_say(request, lambda: outbox.rerun(row, by=request.user), _("已排进去重做。"))
    return redirect("console:jobs")


@needs(SEE)
def terms(request: SignedInRequest) -> HttpResponse:
    """How long everything may take, and which days are not worked, each with who said so."""
    today = clock.today()
    rows = [(term, term_in_force(term.code, today) == term) for term in all_terms()]
    holidays = [one for one in workdays.holidays() if one.last.year >= today.year]
    context = {"rows": rows, "holidays": holidays, "unannounced": workdays.years_unannounced(today), "today": today}
    return render(request, "console/terms.html", context)


@never_cache
@needs(AUDIT, reading=AUDIT_SECURITY)
def audit(request: SignedInRequest) -> HttpResponse:
    """A phone is asked for by GET, for the auditor may send nothing else, and leaves the address at once."""
    asked = _asked_of_the_trail(request.GET)
    if phones.is_mobile(request.GET.get("who", "")):
        return redirect(f"{reverse('console:audit')}?{urlencode(asked)}")
    county, action, who = (asked.get(name, "") for name in ("county", "action", "who"))
    person = int(asked["person"]) if "person" in asked else None
    business, security = may(request.user, AUDIT), may(request.user, AUDIT_SECURITY)
    entries = audit_entries(county, action, who, person, business=business, security=security)
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    context = {
        "who": who,
        "person": person,
        "person_name": User.objects.filter(pk=person).values_list("name", flat=True).first() if person else "",
        "without_person": urlencode({name: value for name, value in asked.items() if name != "person"}),
        "page": page,
        "rows": [(entry, audit_words.said(entry.action)) for entry in page],
        "county": county,
        "action": action,
        "half": _half(business=business, security=security),
        "actions": _actions(business=business, security=security),
        "counties": [(row.code, row.name) for row in register.divisions(settings.JIETI_PROVINCE)],
        "query": urlencode(asked),
        "may_export": may(request.user, AUDIT_EXPORT),
        "today": clock.today(),
    }
    return render(request, "console/audit.html", context)


def _half(*, business: bool, security: bool) -> str:
    """To whom only half of the trail is shown: which it is, and who reads the other. Else an absence looks like none."""
    if business and security:
        return ""
    others = [
        str(role.name) for role in roles.ROLES.values() if _reads(role.code, AUDIT if security else AUDIT_SECURITY)
    ]
    told = {"who": _("、").join(others)}
    if business:
        return _("这里是业务的那一半。登录、账号、角色、邀请和看手机号的那一半，由%(who)s看。") % told
    return _("这里是安全的那一半：登录、账号、角色、邀请和看手机号。业务的那一半，由%(who)s看。") % told


def _reads(role: str, permission: str) -> bool:
    return permission in roles.permissions_of(role)


def _actions(*, business: bool, security: bool) -> list[tuple[str, str]]:
    """What the reader may ask for: of the other half there is nothing to find."""
    known = [
        (code, str(name))
        for code, name in audit_words.ACTIONS.items()
        if (security if code.startswith(SECURITY_ACTIONS) else business)
    ]
    return sorted(known, key=lambda one: one[1])


def _asked_of_the_trail(given: QueryDict) -> dict[str, str]:
    """What to narrow by, as it may stand in an address: of a phone only whose it is, 0 for nobody's."""
    asked = {name: given.get(name, "").strip()[:60] for name in ("county", "action", "who", "person")}
    if phones.is_mobile(asked["who"]):
        owner = User.objects.with_phone(asked["who"])
        asked |= {"who": "", "person": str(owner.pk if owner else 0)}
    if asked["who"] or not re.fullmatch(r"[0-9]{1,9}", asked["person"]):
        asked["person"] = ""
    return {name: value for name, value in asked.items() if value}


@never_cache
@require_safe
@needs(AUDIT_EXPORT)
@few(limits.EXPORT)
def audit_exported(request: SignedInRequest) -> HttpResponseBase:
    """A signed copy of some days. It is read only, so it is asked for by GET; the trail notes who took it."""
    form = DaysForm(request.GET)
    if not form.is_valid():
        messages.error(request, _("请写明从哪天到哪天，例如 2026-01-01。"))
        return redirect("console:audit")
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    file = TemporaryFile()  # noqa: SIM115  the answer closes it when it has been sent
    try:
        audit_export.export(first, last, file, by=request.user)
    except DomainError as refusal:
        file.close()
        messages.error(request, str(refusal))
        return redirect("console:audit")
    file.seek(0)
    name = f"jieti-audit-{first}-{last}.jsonl"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/jsonl")
