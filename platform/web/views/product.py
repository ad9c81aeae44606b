"""A product's page: the shop window onto one row of a county's catalogue."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from branding import packaging_selectors as packaging
from branding import selectors as branding
from campaigns import selectors as campaigns
from catalog import selectors as catalog
from search import selectors as search
from web import product_page, selectors, sharing

OTHERS, AKIN = 4, 8


def product(request: HttpRequest, product_id: int) -> HttpResponse:
    found = catalog.published_product(product_id)
    if found is None:
        return _not_sold_now(request, product_id)
    county = request.county  # type: ignore[attr-defined]
    offer = product_page.offer(found, request.GET.get("v", ""))
    maker = found.producer.name if found.producer else ""
    gallery = product_page.gallery(found, request.GET.get("photo", ""))
    brand = branding.mark_of(county.code, found.producer_id, found.category)
    return render(
        request,
        "web/product.html",
        {
            "county": county,
            "product": found,
            "producer": found.producer,
            "brand": brand,
            "offer": offer,
            "gallery": gallery,
            "share": sharing.of_product(county, found, offer.packs, gallery.pictures[0], brand),
            "designers": packaging.thanked_designers(county.code, found.pk),
            "months": product_page.months(found.season),
            "others": search.others_of_maker(county.code, maker, but=found.pk, count=OTHERS + 1),
            "most_others": OTHERS,
            "words": campaigns.of_product(county.code, found.pk),
            "story": selectors.stories().filter(county_code=county.code).first(),
        },
    )


def _not_sold_now(request: HttpRequest, product_id: int) -> HttpResponse:
    """Somebody kept the address: what it was called and what there is instead; never its old price or phone."""
    was = catalog.formerly_published(product_id)
    if was is None:
        raise Http404
    county = request.county  # type: ignore[attr-defined]
    akin = search.akin(county.code, was.category, AKIN)
    return render(request, "web/not_sold_now.html", {"county": county, "product": was, "akin": akin}, status=410)
