"""Pages of plain text."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from web import sharing


def about(request: HttpRequest) -> HttpResponse:
    return render(request, "web/about.html", {"share": sharing.of_list(_("这是谁办的"))})
