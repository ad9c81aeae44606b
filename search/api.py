"""GET /api/search: the whole province's listings as JSON. Fields may be added, never changed."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from search import names
from search.errors import Unreadable
from search.finding import Found, Hit, find, note_missed
from search.forms import api_wish
from search.ports import BANDS
from tenants.addressing import county_url


@require_safe
def search(request: HttpRequest) -> JsonResponse:
    try:
        wish = api_wish(request.GET)
    except Unreadable as refusal:
        told = {"error": refusal.code, "parameter": refusal.facts["parameter"], "message": str(refusal)}
        return _json(told, status=400)
    found = find(wish)
    note_missed(found, request.method)
    return _json(_told(found))


def _json(told: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})


def _told(found: Found) -> dict[str, Any]:
    return {
        "query": found.wish.q,
        "shown_for": found.shown_for,
        "total": found.answer.total,
        "approximate": found.answer.approximate,
        "engine": found.answer.engine,
        "stand_in": found.answer.stand_in,
        "results": [_result(hit) for hit in found.hits],
        "facets": _facets(found),
        "next": found.next,
        "others": list(found.reading.others),
    }


def _result(hit: Hit) -> dict[str, Any]:
    listing = hit.listing
    return {
        "id": f"c{listing.county_code}:{listing.product_id}",
        "title": listing.title,
        "county": {"code": listing.county_code, "name": listing.county_name},
        "price_fen": listing.price_fen,
        "unit": listing.unit,
        "url": county_url(listing.county_slug, "web:product", listing.product_id),
        "highlight": hit.highlight,
        "summary": listing.summary,
        "category": listing.category_id,
        "in_stock": listing.in_stock,
    }


def _facets(found: Found) -> dict[str, Any]:
    facets = found.answer.facets
    return {
        "county": [_choice(choice) for choice in names.county_choices(facets)],
        "category": [_choice(choice) for choice in names.category_choices(facets)],
        "price": [
            {"min_fen": band.low, "max_fen": band.high and band.high - 1, "count": facets.prices.get(band.key, 0)}
            for band in BANDS
        ],
        "in_stock": facets.in_stock,
    }


def _choice(choice: names.Choice) -> dict[str, Any]:
    return {"code": choice.code, "name": choice.name, "count": choice.count}
