"""The province's front page and the two lists behind it."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns import selectors as campaigns
from kernel import clock
from web import selectors, sharing
from web.hanzi import hanzi
from web.seasons import home_picture, season_title

CARDS = 4
STORIES = 4
FACES = 24
PAGE = 24


def home(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    counties = selectors.tile_map()
    people = campaigns.people_on_the_wall()
    return render(
        request,
        "web/home.html",
        {
            "share": sharing.of_home(),
            "headline_first": _("%(number)s个县，") % {"number": _number(counties.total)},
            "headline_second": _("一个搜索框。"),
            "season_picture": home_picture(today),
            "season_title": season_title(today),
            "season_cards": selectors.season_window(today.month, CARDS),
            "season_count": selectors.in_season(today.month).count(),
            "columns": counties.columns,
            "opened": counties.opened,
            "total": counties.total,
            "stories": list(selectors.stories()[:STORIES]),
            "faces": campaigns.faces(people[:FACES]),
            "faces_total": people.count(),
            "tries": [_("五常大米"), _("东宁木耳"), _("苞米"), _("50 元以下的蜂蜜")],
        },
    )


def season(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    goods = selectors.in_season(today.month)
    return render(
        request,
        "web/season.html",
        {
            "nav": "season",
            "season_title": season_title(today),
            "page": _page(request, goods),
            "share": sharing.of_list(_("当季")),
        },
    )


def stories(request: HttpRequest) -> HttpResponse:
    page = _page(request, selectors.stories())
    return render(
        request, "web/stories.html", {"nav": "stories", "page": page, "share": sharing.of_list(_("各县的故事"))}
    )


def _page(request: HttpRequest, rows: QuerySet[Any]) -> Page[Any]:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def _number(number: int) -> str:
    return hanzi(number) if (get_language() or "zh").startswith("zh") else str(number)
