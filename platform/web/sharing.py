"""What a page says of itself to search engines and to somebody's chat: address, picture, structured data.

A view (or a county's page) puts ``share`` into its context, a plain mapping:
``picture`` as listings keep it, ``kind`` (``article``, ``product``; else a website), ``crumbs`` as (name, address),
``things`` as schema.org objects. What it leaves out is filled in here, so that no page is without.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tenants.addressing import county_url, province_url

SHARE = Path(__file__).with_name("static") / "share"
EVERY_PAGE = "jieti"
SCHEMA = "https://schema.org"
# What would end a script element or start another, written so that it stays text.
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@cache
def share_pictures() -> frozenset[str]:
    """Drawings that were also painted as PNG: no chat shows an SVG."""
    return frozenset(path.stem for path in SHARE.glob("*.png"))


def head(request: HttpRequest, share: Mapping[str, Any], title: str, description: str) -> dict[str, Any]:
    """Everything ``web/share.html`` writes."""
    url = address(request)
    picture = absolute(picture_url(share.get("picture")))
    return {
        "title": title,
        "description": description,
        "url": url,
        "picture": picture,
        "kind": share.get("kind", "website"),
        "published": share.get("published", ""),
        "graph": graph(url, share),
        "feeds": feeds(request),
    }


def address(request: HttpRequest) -> str:
    """The one address of a page: on the province's host, whatever host it was asked under; of its list's page."""
    county = getattr(request, "county", None)
    prefix = county.prefix[:-1] if county else ""
    number = request.GET.get("page", "")
    page = f"?page={number}" if number.isascii() and number.isdigit() and int(number[:6]) > 1 else ""
    return f"{settings.PROVINCE_ORIGIN}{prefix}{request.path_info}{page}"


def absolute(path: str) -> str:
    return path if path.startswith(("https://", "http://")) else settings.PROVINCE_ORIGIN + path


def picture_url(picture: Mapping[str, Any] | None) -> str:
    """A picture a chat can show: the photo, the drawing painted as PNG, or the platform's own."""
    picture = picture or {}
    photo = picture.get("photo") or {}
    if photo:
        return str(photo.get("medium") or photo.get("small"))
    name = picture.get("drawing")
    return static(f"share/{name if name in share_pictures() else EVERY_PAGE}.png")


def graph(url: str, share: Mapping[str, Any]) -> SafeString:
    """schema.org in JSON that cannot leave its script element."""
    things = [organization(), *share.get("things", ())]
    if share.get("crumbs"):
        things.append(breadcrumbs(share["crumbs"], url))
    said = json.dumps({"@context": SCHEMA, "@graph": things}, ensure_ascii=False, separators=(",", ":"))
    return mark_safe(said.translate(ESCAPES))  # noqa: S308  every sign that could end the element is escaped


def organization() -> dict[str, Any]:
    """Who runs the platform."""
    return {
        "@type": "Organization",
        "@id": f"{settings.PROVINCE_ORIGIN}/#organization",
        "name": settings.SITE["operator"] or _("借梯"),
        "url": f"{settings.PROVINCE_ORIGIN}/",
        "logo": absolute(static(f"share/{EVERY_PAGE}.png")),
    }


def breadcrumbs(crumbs: Any, url: str) -> dict[str, Any]:
    """The way here; the last crumb is the page itself."""
    places = [
        {"@type": "ListItem", "position": number, "name": str(name), "item": absolute(link) if link else url}
        for number, (name, link) in enumerate(crumbs, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": places}


def feeds(request: HttpRequest) -> list[dict[str, str]]:
    county = getattr(request, "county", None)
    if county is None:
        return []
    return [
        {"title": _("%(county)s的故事") % {"county": county.name}, "url": county_url(county.slug, "web:stories_feed")},
        {"title": _("%(county)s新上架") % {"county": county.name}, "url": county_url(county.slug, "web:goods_feed")},
    ]


def of_home() -> dict[str, Any]:
    origin = settings.PROVINCE_ORIGIN
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{origin}{province_url('search:results')}?q={{words}}"},
        "query-input": "required name=words",
    }
    site = {"@type": "WebSite", "url": f"{origin}/", "name": _("借梯"), "potentialAction": search}
    return {"things": [site]}


def of_product(county: Any, product: Any, packs: Any, picture: Mapping[str, Any], brand: Any) -> dict[str, Any]:
    """Every pack with its price of now; who sells is the producer, not the platform."""
    maker = {"@type": "Organization", "name": product.producer.name}
    offers = [
        {
            "@type": "Offer",
            "name": pack.name,
            "price": f"{pack.price_fen / 100:.2f}",
            "priceCurrency": "CNY",
            "availability": f"{SCHEMA}/{'InStock' if pack.in_stock else 'OutOfStock'}",
            "seller": maker,
        }
        for pack in packs
    ]
    thing: dict[str, Any] = {
        "@type": "Product",
        "name": product.name,
        "description": product.description or product.summary,
        # A drawing is not the goods: a search engine would show it as their photo.
        **({"image": [absolute(picture_url(picture))]} if picture.get("photo") else {}),
        "category": product.category,
        "manufacturer": maker,
        "countryOfOrigin": "CN",
        "offers": offers,
    }
    if brand:
        thing["brand"] = {"@type": "Brand", "name": brand.name}
    home = (_("借梯"), province_url("web:home"))
    crumbs = [home, (county.name, county_url(county.slug)), (product.name, "")]
    return {"picture": picture, "kind": "product", "things": [thing], "crumbs": crumbs}


def of_list(name: str) -> dict[str, Any]:
    return {
        "things": [{"@type": "CollectionPage", "name": name}],
        "crumbs": [(_("借梯"), province_url("web:home")), (name, "")],
    }
