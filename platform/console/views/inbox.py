"""待办: the first page of every desk, the province's and each county's."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.doors import SignedInRequest, county_code_of, few, needs
from console import inboxes
from console.entries import COUNTY_INBOX, GIVE, SEE
from console.sheets import inbox_sheet, sheet_response
from kernel import audit, clock
from kernel.errors import DomainError
from tenants import register

PAGE = 30
MOST_EXPORTED = 10_000


def _asked(request: SignedInRequest, given: Any = None) -> inboxes.Asked:
    return inboxes.Asked.of(request.user, county_code_of(request), request.GET if given is None else given)


def _query(asked: inboxes.Asked) -> dict[str, str]:
    told = {
        "list": asked.which,
        "kind": asked.kind,
        "county": "" if asked.place else asked.county,
        "who": "all" if asked.everybody else "",
    }
    return {name: value for name, value in told.items() if value}


def _show(request: SignedInRequest) -> HttpResponse:
    asked = _asked(request)
    counts = asked.counts()
    numbers = {which: count for which, _name, count in counts}
    context = {
        "asked": asked,
        "counts": counts,
        "todo": numbers["todo"],
        "late": numbers["late"],
        "page": Paginator(asked.items().select_related("person", "done_by"), PAGE).get_page(request.GET.get("page")),
        "kinds": asked.kinds(),
        "counties": [(code, register.name_of(code)) for code in asked.counties()],
        "colleagues": inboxes.colleagues(asked),
        "query": urlencode(_query(asked)),
        "narrow": urlencode({name: value for name, value in _query(asked).items() if name != "list"}),
        "now": clock.now(),
        "ahead_of": clock.ahead_of(),
    }
    return render(request, "console/inbox.html", context)


def _export(request: SignedInRequest) -> HttpResponse:
    """The whole list as it is narrowed now, in its order."""
    asked = _asked(request)
    items = list(asked.items().select_related("person", "done_by")[:MOST_EXPORTED])
    audit.record(
        "inbox.export",
        by=request.user,
        county=asked.place,
        title=asked.which,
        rows=len(items),
        filters=_query(asked),
    )
    name = f"{_('待办')}-{inboxes.LISTS[asked.which]}-{clock.today().isoformat()}.xlsx"
    return sheet_response(inbox_sheet(items), name)


def _give(request: SignedInRequest) -> HttpResponse:
    asked = _asked(request, request.POST)
    numbers = [int(number) for number in request.POST.getlist("item") if number.isdecimal() and len(number) < 19]
    try:
        given = inboxes.give(asked, numbers, request.POST.get("to", ""))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        _say_given(request, given)
    # This desk's own list, the province's or a county's.
    return redirect(f"{reverse('console:inbox')}?{urlencode(_query(asked))}")


def _say_given(request: HttpRequest, given: int) -> None:
    if given:
        messages.success(request, ngettext("分好了 %(count)d 件。", "分好了 %(count)d 件。", given) % {"count": given})
    else:
        messages.error(request, _("没有分出去：先勾选要分的事，已办的不用再分。"))


show = never_cache(require_safe(needs(SEE)(_show)))
export = never_cache(require_safe(needs(SEE)(few(limits.EXPORT)(_export))))
give = require_POST(needs(GIVE)(_give))
county_show = never_cache(require_safe(needs(COUNTY_INBOX)(_show)))
county_export = never_cache(require_safe(needs(COUNTY_INBOX)(few(limits.EXPORT)(_export))))
county_give = require_POST(needs(COUNTY_INBOX)(needs(GIVE)(_give)))
