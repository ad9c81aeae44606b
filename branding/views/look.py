"""Looking at names and goods while they are typed: JSON for the script, a page for the officer."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, county_code_of, needs
from accounts.limits import Limit
from branding import case_rules, findings, goods, likeness, precheck
from branding.case_step_forms import CLASSES, MOST_FOUND
from branding.models import Brand
from branding.permissions import SEE_ALL, WRITE
from branding.states import word_of
from kernel import clock
from tenants import register

LOOKS = Limit("brand-look", 90, 60)
LONGEST = precheck.LONGEST_NAME
MOST_CASES = 30


@never_cache
@require_safe
@needs(WRITE)
def name(request: SignedInRequest) -> JsonResponse:
    """What stands against a name, for the village's phone."""
    if not LOOKS.take(str(request.user.pk)):
        return _too_often()
    case = _case(request)
    classes = case.nice_classes if case else ()
    return _told(request.GET.get("name", "")[:LONGEST], frozenset(classes), case)


@never_cache
@require_safe
@needs(WRITE)
def good(request: SignedInRequest) -> JsonResponse:
    """Which goods a typed word may mean."""
    if not LOOKS.take(str(request.user.pk)):
        return _too_often()
    found = goods.find(request.GET.get("q", "")[: goods.LONGEST], clock.today(), MOST_FOUND)
    return _json({"found": [_told_good(one) for one in found]})


def _told_good(one: goods.Good) -> dict[str, Any]:
    says = _("第 %(n)s 类　%(item)s") % {"n": one.nice_class, "item": one.item}
    return {"key": one.key, "word": one.word, "hint": one.hint, "class": one.nice_class, "says": says}


@never_cache
@require_safe
@needs(SEE_ALL)
def desk(request: SignedInRequest) -> HttpResponse:
    """查近似 on the province's desk: any name in any classes, with the cases that are near."""
    text = request.GET.get("name", "").strip()[:LONGEST]
    classes = _classes(request)
    if request.headers.get("Accept", "").startswith("application/json"):
        return _told(text, classes, None) if LOOKS.take(str(request.user.pk)) else _too_often()
    context = {
        "text": text,
        "classes": [(number, number in classes) for number in CLASSES],
        "found": precheck.check([text], classes) if text else [],
        "near": near_cases(text) if text else [],
        "disclaimer": findings.disclaimer(),
    }
    return render(request, "branding/look.html", context)


def near_cases(text: str, but: int | None = None) -> list[dict[str, Any]]:
    """The cases themselves: for those who may see every case."""
    how = {
        likeness.SAME: _("同名"),
        likeness.CORE: _("去掉地名和品名同名"),
        likeness.TONED: _("同音"),
        likeness.SOUND: _("同音，声调不同"),
        likeness.ONE: _("差一个字"),
        likeness.REVERSED: _("倒过来"),
        likeness.HALF: _("一半相同"),
    }
    return [
        {
            "other": one,
            "how": how[one.how],
            "classes": sorted(one.nice_classes),
            "state": word_of(one.state, registered=one.was_registered),
            "county": _county(one.county_code),
        }
        for one in likeness.alike(text, but=but)[:MOST_CASES]
    ]


def _county(code: str) -> str:
    division = register.division(code)
    return division.name if division else code


def _classes(request: SignedInRequest) -> frozenset[int]:
    asked = request.GET.getlist("class")[:20]
    return frozenset(number for number in CLASSES if str(number) in asked)


def _case(request: SignedInRequest) -> Brand | None:
    """The case being written, if it is this person's; a foreign number is no case."""
    number = request.GET.get("case", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 12):
        return None
    case = Brand.objects.filter(pk=int(number), county_code=county_code_of(request)).first()
    return case if case and case_rules.can_write(request.user, case) else None


def _told(text: str, classes: frozenset[int], case: Brand | None) -> JsonResponse:
    found = precheck.check([text], classes, case) if text.strip() else []
    return _json({"name": text, "findings": [one.as_dict() for one in found], "said": findings.disclaimer()})


def _too_often() -> JsonResponse:
    return _json({"error": "too_often", "said": _("查得太快了，等一分钟再查。已经写的不会丢。")}, status=429)


def _json(told: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})
