"""What stands around every screen of a case: where one is, what was kept, the way back, what the officer said here."""

from typing import Any

from django.urls import reverse

from accounts.doors import SignedInRequest
from branding import case_rules
from branding.models import Brand
from branding.views.case_questions import NEXT, QUESTIONS, STEP_OF, STEPS, TITLES
from kernel import clock


def frame(request: SignedInRequest, brand: Brand | None, number: int) -> dict[str, Any]:
    remarks = brand.remarks if brand and brand.returned_at else {}
    return {
        "brand": brand,
        "step": number,
        "steps": STEPS,
        "title": TITLES[number],
        "next_words": NEXT.get(number, ""),
        "saved": clock_time(brand) if brand else "",
        "back_url": before(brand, number),
        "back_keeps": number in QUESTIONS,
        "is_first": number == 1,
        "may_throw_away": brand is not None and case_rules.may_throw_away(request.user, brand),
        "remark": [words for name, words in remarks.items() if words and STEP_OF.get(name) == number],
    }


def before(brand: Brand | None, number: int) -> str:
    return reverse("brands:step", args=[brand.pk, number - 1]) if brand and number > 1 else reverse("brands:list")


def clock_time(brand: Brand) -> str:
    return f"{brand.saved_at.astimezone(clock.SHANGHAI):%H:%M}" if brand.saved_at else ""
