"""robots.txt, the maps and the feeds."""

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tenants.addressing import province_url
from web import feeds, sitemaps
from web.sharing import absolute

ROBOTS = """User-agent: *
Disallow: /desk/
Disallow: /c/*/desk/
Disallow: /c/*/cms/
Disallow: /me/
Disallow: /sign-in/
Disallow: /sign-out/
Disallow: /invite/
Disallow: /papers/
Disallow: /studio/
Disallow: /api/
Disallow: /search/?

Sitemap: {address}
"""
minutes = cache_control(public=True, max_age=300)


@minutes
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    text = ROBOTS.format(address=absolute(province_url("web:map_index")))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@minutes
@require_safe
def map_index(request: HttpRequest) -> HttpResponse:
    return _xml(sitemaps.index())


@minutes
@require_safe
def province_map(request: HttpRequest) -> HttpResponse:
    return _xml(sitemaps.province())


@require_safe
def county_map(request: HttpRequest) -> HttpResponse:
    return _xml(sitemaps.county(request.county))  # type: ignore[attr-defined]


@require_safe
def stories_feed(request: HttpRequest) -> HttpResponse:
    return _atom(feeds.stories(request.county))  # type: ignore[attr-defined]


@require_safe
def goods_feed(request: HttpRequest) -> HttpResponse:
    return _atom(feeds.goods(request.county))  # type: ignore[attr-defined]


def _xml(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _atom(feed: Atom1Feed) -> HttpResponse:
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
