"""What a view looks for first: a case this person may see."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.doors import SignedInRequest, county_code_of
from branding import case_rules
from branding.case_ladder import ladder_of
from branding.case_story import line_of, step_of
from branding.last_return import by_class
from branding.models import Brand, SignKind
from branding.notice_kinds import NOTICE_KINDS
from branding.papers_of_case import named
from branding.rules import mark_for_all
from branding.services import answers, clocks, notices
from branding.states import CERTIFIED
from kernel import clock, deadlines, papers, privacy
from kernel.models import Deadline
from tenants.models import County


def case_anywhere(pk: int) -> Brand:
    """For the province's desk, whose door has already asked."""
    return get_object_or_404(Brand, pk=pk)


def case_here(request: SignedInRequest, pk: int) -> Brand:
    """A case of this county that this person may see; another county's is 404."""
    brand = get_object_or_404(Brand, pk=pk, county_code=county_code_of(request))
    if not case_rules.can_see(request.user, brand):
        raise Http404
    return brand


def case_to_write(request: SignedInRequest, pk: int) -> Brand:
    brand = case_here(request, pk)
    if not case_rules.can_write(request.user, brand):
        raise Http404
    return brand


def told(brand: Brand) -> dict[str, Any]:
    """What both sides see of a case."""
    step, steps = step_of(brand)
    rows = clock_rows(brand)
    asked = notices.open_question(brand)
    return {
        "brand": brand,
        "county_name": County.objects.filter(code=brand.county_code).values_list("name", flat=True).first()
        or brand.county_code,
        "line": line_of(brand),
        "ladder": ladder_of(brand),
        "step": step,
        "steps": steps,
        "clocks": [row for row in rows if row["clock"].stopped_at is None],
        "clocks_done": [row for row in rows if row["clock"].stopped_at is not None],
        "specimen": specimen_of(brand),
        "papers": papers_of(brand),
        "goods_line": goods_line(brand),
        "asked": asked,
        "asked_name": NOTICE_KINDS[asked.kind].name if asked else "",
        "answer_code": NOTICE_KINDS[asked.kind].answer if asked else "",
        "answer": answers.last_answer(brand),
        "mark": mark_beside(brand),
        "id_masked": masked(brand.id_number),
        "phone_masked": privacy.mask_phone(brand.contact_phone) if brand.contact_phone else "",
        "is_certified": brand.state in CERTIFIED,
        "renewal_opens": clocks.renewal_opens(brand.valid_until) if brand.valid_until else None,
    }


def goods_line(brand: Brand) -> str:
    """ "第 29 类 木耳，第 30 类 大米。" """
    said = [
        _("第 %(n)s 类 %(words)s") % {"n": n, "words": _("、").join(words[:3])} for n, words in by_class(brand).items()
    ]
    return _("%(reason)s。") % {"reason": _("，").join(said)} if said else ""


def mark_beside(brand: Brand) -> str:
    """® where the gate lets it stand in every class of the case, else ™ or nothing."""
    return mark_for_all(brand, brand.nice_classes, clock.today()) if brand.nice_classes else ""


def papers_of(brand: Brand) -> list[Any]:
    """The village's and our own papers; the official ones hang on the ladder."""
    kept = papers.of(case_rules.obj_of(brand), brand.county_code)
    return named(one for one in kept if not one.kind.startswith("notice."))


def specimen_of(brand: Brand) -> Any:
    """The picture to be registered, where the mark is one."""
    if brand.sign_kind != SignKind.PICTURE:
        return None
    kept = papers.of(case_rules.obj_of(brand), brand.county_code).filter(kind=case_rules.SPECIMEN)
    return kept.last()


def clock_rows(brand: Brand) -> list[dict[str, Any]]:
    """Running clocks first, the one that ends first on top, then those that were met."""
    rows = list(deadlines.of(case_rules.obj_of(brand), brand.county_code))
    rows.sort(key=lambda one: (one.stopped_at is not None, one.due))
    return [_clock_row(one) for one in rows]


def _clock_row(one: Deadline) -> dict[str, Any]:
    span = max((one.due - one.since).days, 1)
    return {
        "clock": one,
        "owner_is_village": one.code in clocks.SPANS and clocks.SPANS[one.code].owner == clocks.VILLAGE,
        "gone": min(max((clock.today() - one.since).days, 0), span),
        "span": span,
        "late_by": -one.days_left if one.is_late else 0,
        "soon": one.stopped_at is None and 0 <= one.days_left <= 15,
        "begins_later": one.since > clock.today(),
    }


def masked(number: str) -> str:
    """An identity number with only its region and its last sign."""
    return f"{number[:6]}***********{number[-1]}" if len(number) == 18 else ""


def open_case(request: SignedInRequest, pk: int) -> Brand:
    """A case this person may write now; else 404."""
    brand = case_to_write(request, pk)
    if not case_rules.is_open_to_village(brand):
        raise Http404
    return brand
