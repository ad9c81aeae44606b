"""GET /api/suggest?q=: what may be meant by what is typed so far. Fields may be added, never changed."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.limits import address_of
from search import pace
from search.suggesting import Suggestion, suggest

KEPT = 60  # seconds a browser may answer the same beginning itself


@require_safe
def suggestions(request: HttpRequest) -> JsonResponse:
    for name, values in request.GET.lists():
        if name != "q":
            return _refused(name[:60], _("没有这个参数：%(name)s。") % {"name": name[:60]})
        if len(values) > 1:
            return _refused(name, _("看不懂参数 %(name)s 的值。") % {"name": name})
    if not pace.may_ask(address_of(request)):
        response = _json({"error": "too_fast", "message": _("太快了，歇一秒再打。")}, status=429)
        response["Retry-After"] = "1"
        return response
    typed = request.GET.get("q", "")
    response = _json({"query": typed, "suggestions": [_told(one) for one in suggest(typed)]})
    response["Cache-Control"] = f"private, max-age={KEPT}"
    return response


def _refused(name: str, message: str) -> JsonResponse:
    return _json({"error": "unreadable", "parameter": name, "message": message}, status=400)


def _json(told: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})


def _told(one: Suggestion) -> dict[str, Any]:
    county = {"code": one.county[0], "name": one.county[1]} if one.county else None
    return {"kind": one.kind, "kind_name": _kind_name(one.kind), "text": one.text, "url": one.url, "county": county}


def _kind_name(kind: str) -> str:
    return {
        "term": "",
        "county": _("县馆"),
        "brand": _("品牌"),
        "product": _("产品"),
        "maker": _("生产者"),
    }[kind]
