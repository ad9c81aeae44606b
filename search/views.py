"""The results page: a GET form that works without script."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from search import names, words
from search.finding import Found, find, near_goods, note_missed
from search.forms import Wish, page_wish
from search.ports import PAGE, SORTS
from search.reading import LATIN, nearest_reading, without_price
from search.stories import find_stories
from search.wanted import county_meant
from tenants import register
from tenants.models import County
from tenants.scope import SERVED
from tenants.states import CountyState

FIRST_CHOICES = 10
MOST_STORY_PAGES = 50
NUMBERS = "〇一两三四五六七八九十"


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    wish = page_wish(request.GET)
    found = find(wish)
    story_page = _story_page(request.GET)
    stories_total, stories = find_stories(found.reading, wish.counties, story_page * PAGE)
    tab = "stories" if request.GET.get("tab") == "stories" else "goods"
    if tab == "goods" and not story_page:
        note_missed(found, request.method)
    context = {
        "q": wish.q,
        "letters": letters(wish.q),
        "first": wish.seen + 1,
        "last": wish.seen + len(found.hits),
        "wish": wish,
        "found": found,
        "tab": tab,
        "stories": stories,
        "stories_total": stories_total,
        "links": links(request.GET, found),
        "next_stories": story_page + 1 if (story_page + 1) * PAGE < stories_total else None,
        **_narrowing(found),
    }
    if not wish.after:
        context |= {"unopened": _unopened(found), "prefecture": _prefecture(found)}
    if not found.hits and not wish.after:
        context |= _nothing(found)
    return render(request, "search/results.html", context)


def _unopened(found: Found) -> str:
    """The name of a county that was asked for and sells nothing here yet: what is listed is others' goods."""
    code = county_meant(found.reading.text) if found.reading.text else ""
    if not code or any(hit.listing.county_code == code for hit in found.hits):
        return ""
    return "" if County.objects.filter(code=code, state__in=SERVED).exists() else register.name_of(code)


def _prefecture(found: Found) -> dict[str, Any]:
    """A prefecture that was asked for, and its open counties: goods say their county, so few say 佳木斯."""
    text = words.plain(found.reading.text)
    name = next((whole for short, whole in prefectures() if short in text), "")
    open_here = County.objects.filter(prefecture=name, state=CountyState.OPEN) if name else County.objects.none()
    return {"name": name, "counties": list(open_here.order_by("code"))}


@lru_cache(maxsize=1)
def prefectures() -> tuple[tuple[str, str], ...]:
    """(short, whole) of the province's prefectures, the longest first; one that is a county too is that."""
    divisions = register.divisions(settings.JIETI_PROVINCE)
    counties = {words.short_county(one.name) for one in divisions}
    wholes = {one.prefecture for one in divisions} - {register.province_name(settings.JIETI_PROVINCE)}
    known = {(re.sub("(自治州|地区|盟|市)$", "", whole), whole) for whole in wholes}
    return tuple(sorted((one for one in known if one[0] not in counties), key=lambda one: -len(one[0])))


def links(asked: QueryDict, found: Found) -> dict[str, str]:
    """This address again, for each thing that can be changed about it."""
    kept = {name: asked.getlist(name) for name in ("q", "county", "category", "price", "in_stock", "exact", "sort")}

    def but(**changes: str) -> str:
        address = QueryDict(mutable=True)
        for name, values in kept.items():
            address.setlist(name, [value for value in values if value])
        for name, value in changes.items():
            address[name] = value
        return address.urlencode()

    only_words = QueryDict(mutable=True)
    only_words["q"] = _without_said_price(found)
    if asked.get("exact") == "1":
        only_words["exact"] = "1"
    return {
        "here": but(),
        "goods": but(),
        "stories": but(tab="stories"),
        "exact": but(exact="1"),
        "clear": only_words.urlencode(),
    }


def _narrowing(found: Found) -> dict[str, Any]:
    wish, facets = found.wish, found.answer.facets
    counties = names.county_choices(facets, wish.counties)
    categories = names.category_choices(facets, wish.categories)
    prices = names.price_choices(facets, wish.prices)
    groups: list[dict[str, Any]] = [
        {"name": "county", "title": _("县"), **_split(counties)},
        {"name": "category", "title": _("品类"), **_split(categories)},
        {"name": "price", "title": _("价格"), "choices": prices, "more": []},
    ]
    chips = [
        {
            "name": choice.name,
            "county": choice.code if group["name"] == "county" else "",
            "link": _without(wish, group["name"], choice.code),
        }
        for group in groups
        for choice in [*group["choices"], *group["more"]]
        if choice.chosen
    ]
    chips += [
        {"name": names.band_name(band), "link": _link(replace(wish, q=_without_said_price(found)))}
        for band in found.reading.prices
    ]
    if wish.in_stock:
        chips.append({"name": _("有现货"), "link": _without(wish, "in_stock", "1")})
    return {"groups": groups, "chips": chips, "sorts": _sorts()}


def _split(choices: list[names.Choice]) -> dict[str, list[names.Choice]]:
    first = max(FIRST_CHOICES, sum(choice.chosen for choice in choices))
    return {"choices": choices[:first], "more": choices[first:]}


def _without_said_price(found: Found) -> str:
    """The words as they were typed, but for a price among them that was understood: it stands as a filter."""
    asked = found.wish.q
    return without_price(words.plain(asked))[0] if found.reading.prices else asked


def _without(wish: Wish, name: str, value: str) -> str:
    return _link(wish, (name, value))


def _link(wish: Wish, left_out: tuple[str, str] = ("", "")) -> str:
    """The address of this search, with one filter taken off."""
    address = QueryDict(mutable=True)
    for key, values in (
        ("q", [wish.q]),
        ("county", wish.counties),
        ("category", wish.categories),
        ("price", [band.key for band in wish.prices]),
        ("in_stock", ["1"] if wish.in_stock else []),
        ("exact", ["1"] if wish.exact else []),
        ("sort", [wish.sort] if wish.sort != SORTS[0] else []),
    ):
        address.setlist(key, [one for one in values if (key, one) != left_out])
    return address.urlencode()


def _sorts() -> list[tuple[str, str]]:
    said = (_("最相关的在前"), _("便宜的在前"), _("贵的在前"), _("新上架的在前"))
    return list(zip(SORTS, said, strict=True))


def _nothing(found: Found) -> dict[str, Any]:
    """What to offer when nothing was found; the county offices see each month what was missing."""
    nearest = nearest_reading(found.reading.text) if found.reading.text else None
    narrowed = found.wish.narrowed or bool(found.reading.prices)
    return {"narrowed": narrowed, "nearest": nearest, "near": near_goods(found.reading, nearest)}


def letters(asked: str) -> str:
    """How many letters a query is, as one says it; “几” if they are many, empty if it is not all letters."""
    plain = words.plain(asked)
    if not LATIN.fullmatch(plain) or any(map(str.isdigit, plain)):
        return ""
    number = sum(map(str.isalpha, plain))
    if not (get_language() or "zh").startswith("zh"):
        return str(number)
    return NUMBERS[number] if number < len(NUMBERS) else "几"


def _story_page(asked: QueryDict) -> int:
    page = asked.get("page", "")
    return min(int(page), MOST_STORY_PAGES) if page.isascii() and page.isdigit() and len(page) < 4 else 0
