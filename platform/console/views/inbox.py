from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from accounts.doors import SignedInRequest, needs
from console.entries import SEE
from console.selectors import inbox_of
from kernel import clock

PAGE = 30


@needs(SEE)
def show(request: SignedInRequest) -> HttpResponse:
    items = inbox_of(request.user)
    waiting = items.filter(done_at__isnull=True)
    late = waiting.filter(due__lt=clock.now())
    lists = {
        "todo": waiting.order_by("due", "since"),
        "late": late.order_by("due"),
        "done": items.filter(done_at__isnull=False).order_by("-done_at"),
    }
    which = request.GET.get("list", "todo")
    which = which if which in lists else "todo"
    context = {
        "which": which,
        "todo": waiting.count(),
        "late": late.count(),
        "done": lists["done"].count(),
        "page": Paginator(lists[which], PAGE).get_page(request.GET.get("page")),
        "now": clock.now(),
    }
    return render(request, "console/inbox.html", context)
