"""短信: what was written to people, what became of it, and the switch."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, needs
from accounts.messages import all_kinds, answers, limits, switch, tending
from accounts.messages.kinds import name_of
from accounts.messages.rights import RESEND, SEE, STOP
from accounts.messages.sending import may_resend
from accounts.models import MailMessage, MessageStop, Outgoing, SmsMessage
from accounts.roles import may
from accounts.states import SmsState
from accounts.views.again import asks_again
from kernel import clock
from kernel.answers import do_and_say
from kernel.errors import DomainError
from tenants import register

PAGE = 50
WAYS: dict[str, type[Outgoing]] = {"sms": SmsMessage, "mail": MailMessage}
TROUBLES = {
    "stale": gettext_lazy("停得太久，过时了"),
    "void": gettext_lazy("这个链接不作数了，没有发"),
    "old-kind": gettext_lazy("换版本以前写的，不再发"),
    "worker-lost": gettext_lazy("发到一半后台停了"),
    tending.NOT_THERE: gettext_lazy("运营商说没有这一条"),
    "TimeoutError": gettext_lazy("运营商没有回话"),
    "RemoteDisconnected": gettext_lazy("运营商挂断了"),
}


def _way(name: str) -> type[Outgoing]:
    if name not in WAYS:
        raise Http404
    return WAYS[name]


def _narrowed(request: HttpRequest, way: type[Outgoing]) -> tuple[QuerySet[Outgoing], dict[str, str]]:
    asked = {name: request.GET.get(name, "") for name in ("state", "kind", "county")}
    fields = {"state": "state", "kind": "kind", "county": "county_code"}
    found = way._default_manager.order_by("-pk")
    for name, value in asked.items():
        if value:
            found = found.filter(**{fields[name]: value[:40]})
    return found, {name: value for name, value in asked.items() if value}


@never_cache
@require_safe
@needs(SEE)
def listed(request: SignedInRequest) -> HttpResponse:
    name = "mail" if request.GET.get("way") == "mail" else "sms"
    way = _way(name)
    found, asked = _narrowed(request, way)
    counts = dict(way._default_manager.values_list("state").annotate(Count("pk")).order_by())
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    today, may_send_again = clock.today(), may(request.user, RESEND)
    rows = [
        {
            "message": message,
            "kind": name_of(message.kind),
            "place": register.name_of(message.county_code),
            "trouble": TROUBLES.get(message.trouble) or answers.in_words(message.trouble, today),
            "may_resend": may_send_again and may_resend(message),
        }
        for message in page
    ]
    context = {
        "way": name,
        "page": page,
        "rows": rows,
        "asked": asked,
        "states": [(value, label, counts.get(value, 0)) for value, label in SmsState.choices if counts.get(value)],
        "total": sum(counts.values()),
        "kinds": sorted({(kind.code, str(kind.name)) for kind in all_kinds()}),
        "query": urlencode({"way": name, **asked}),
        "stops": _stops(),
        "may_stop": may(request.user, STOP),
        "carrier": _carrier(name),
        "ahead_of": clock.ahead_of(),
    }
    return render(request, "console/messages.html", context)


def _stops() -> list[tuple[MessageStop, str]]:
    return [(pulled, name_of(pulled.kind)) for pulled in switch.current_stops()]


def _carrier(name: str) -> str:
    """In a word whether anything can leave at all."""
    if name == "mail":
        return _("已接邮件服务器。") if settings.SMTP else _("还没接邮件服务器，邮件发不出去。")
    if settings.SMS["key_id"]:
        return _("已接短信运营商。")
    return _("演示：短信只写进日志。") if settings.JIETI_DEMO else _("还没接短信，请打印邀请和登录码。")


@never_cache
@require_safe
@needs(SEE)
def kinds(request: SignedInRequest) -> HttpResponse:
    """Every kind with its words as people read them and as the carrier wants them registered."""
    stopped = {pulled.kind: pulled for pulled in switch.current_stops()}
    rows = [
        {
            "kind": kind,
            "signs": kind.longest(),
            "cost": kind.cost(),
            "template": settings.SMS["templates"].get(kind.code, ""),
            "stop": stopped.get(kind.code),
        }
        for kind in all_kinds()
    ]
    context = {
        "rows": rows,
        "limits": [(row, name_of(row.kind)) for row in limits.table()],
        "answers": answers.meanings(),
        "stop_all": stopped.get(switch.EVERYTHING),
        "may_stop": may(request.user, STOP),
    }
    return render(request, "console/message_kinds.html", context)


@require_POST
@needs(STOP)
@asks_again()
def stop(request: SignedInRequest) -> HttpResponse:
    kind, note = request.POST.get("kind", ""), request.POST.get("note", "")
    do_and_say(
        request, lambda: switch.stop(kind, by=request.user, note=note), _("停了。等着的短信留着，恢复以后再发。")
    )
    return redirect("console:message_kinds")


@require_POST
@needs(STOP)
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    pulled = get_object_or_404(MessageStop, pk=pk)
    try:
        back, stale = switch.resume(pulled, by=request.user)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("恢复了：%(back)d 条接着发，%(stale)d 条过时不发了。")
        messages.success(request, said % {"back": back, "stale": stale})
    return redirect("console:message_kinds")


@require_POST
@needs(RESEND)
def resend(request: SignedInRequest, way: str, pk: int) -> HttpResponse:
    message = get_object_or_404(_way(way)._default_manager, pk=pk)
    do_and_say(request, lambda: tending.resend(message, by=request.user), _("已排进去重发。"))
    return redirect(f"{redirect('console:messages').url}?way={way}")
