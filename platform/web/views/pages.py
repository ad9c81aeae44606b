"""Pages of plain text."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from web import sharing


def about(request: HttpRequest) -> HttpResponse:
    return render(request, "web/about.html", {"share": sharing.of_list(_("这是谁办的"))})


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept of whoever looks, buys or works here (PIPL §17); the figures stand in docs/security/rules.md."""
    return render(request, "web/privacy.html", {"share": sharing.of_list(_("我们记什么"))})
