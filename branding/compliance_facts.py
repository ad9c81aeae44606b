"""Between a package case and its check: what the case already knows, the brand's sign, what is kept."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import override

from branding.compliance import Finding, Mark, PackageFacts, Report, Sum, Verdict, check
from branding.compliance_guess import likely_processing
from branding.models import PackageRequest
from branding.nice import nice_classes_of
from branding.packaging_rules import place_in_full
from branding.rules import mark_for_all
from kernel.money import yuan
from kernel.sentences import together

# Signing, the hand-over and the village's look take thirteen working days by packaging_terms.csv.
TIME_TO_SIGN = timedelta(days=30)


def mark_of(case: PackageRequest, on: date) -> Mark:
    """The brand of the case and what the gate lets stand behind it on these goods that day."""
    if case.brand is None:
        return Mark()
    classes = nice_classes_of(case.category, on)
    return Mark(case.brand.name, "", mark_for_all(case.brand, classes, on) if classes else "")


def likely_print_day(case: PackageRequest, on: date) -> date:
    """When the village wants it, and not before three people can have signed."""
    return max(case.due_on or on, on + TIME_TO_SIGN)


def first_guess(case: PackageRequest, on: date) -> dict[str, Any]:
    """The form as far as the brief fills it."""
    net = f"{case.net_grams / 1000:g} kg" if case.net_grams and case.net_grams >= 1000 else f"{case.net_grams} g"
    outer = {"length": case.length_mm, "width": case.width_mm, "height": case.height_mm}
    mark = mark_of(case, on)
    package = {
        "printed_on": likely_print_day(case, on).isoformat(),
        "processing": likely_processing(case.category, case.product_name, on, farm_produce=case.farm_produce),
        "price": yuan(case.price_fen) if case.price_fen else "",
        "mark": mark.allowed,
        "run": case.run,
        "label_name": case.product_name,
        "label_net": f"净含量：{net}" if case.net_grams else "",
        "label_maker": case.producer_name,
        "label_origin": place_in_full(case),
        "label_address": place_in_full(case),
    }
    contents = [{"name": case.product_name[:20], "grams": case.net_grams, "pieces": 1}]
    # The inner bag is for whoever fills it in: a name without its size would be a layer nobody counts.
    layers = [{"touches": True}, {"name": case.get_kind_display() or "盒", **outer}]
    return {"package": package, "contents": contents, "layers": layers}


def flat(report: Report) -> list[dict[str, Any]]:
    """What did not pass or needs a person, for lists: title, words, sum and article."""
    parts: list[Finding | Sum] = [
        *report.sums,
        *(one for edition in report.applied for one in edition.findings),
        *report.findings,
    ]
    return [_line(one) for one in parts if one.verdict != Verdict.OK]


def told(package: PackageFacts, on: date, read: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """The check in every language of the pages: a kept report is read by others than who asked for it.

    ``read`` is code → what somebody read in the standard: it stands beside the line that asked.
    """
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            report = check(package, on)
            found[code] = {
                "report": report.as_json(),
                "findings": _with_read(flat(report), read or {}),
                "edition": report.edition_words,
            }
    return found


def _with_read(lines: list[dict[str, Any]], read: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{**line, "read": read[line["code"]]} if line["code"] in read else line for line in lines]


def _line(one: Finding | Sum) -> dict[str, Any]:
    line = {"code": one.code, "verdict": str(one.verdict), "title": str(one.title)}
    if isinstance(one, Sum):
        return {**line, "words": one.mend, "sum": one.worked, "article": f"{one.standard} {one.article}"}
    return {**line, "words": together([one.why, one.mend]), "sum": "", "article": one.article}
