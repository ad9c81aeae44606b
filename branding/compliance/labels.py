"""What must stand on the label, edition by edition."""

import re
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branding.compliance.facts import PackageFacts
from branding.compliance.kinds import FARM, NO_FOOD, certificate_due
from branding.compliance.report import EditionReport, Finding, Kind, Verdict
from branding.compliance.tables import Row, all_rows, begins, in_force, is_sure, rows
from kernel.sentences import together

MONTH_DAYS = Decimal("30.44")


def edition_reports(package: PackageFacts, kind: Kind, on: date) -> tuple[EditionReport, ...]:
    """The edition in force on the day, and those already published that follow it."""
    if kind.code == NO_FOOD:
        return ()
    return tuple(_edition(package, one, on) for one in _editions(kind, on))


def edition_findings(editions: tuple[EditionReport, ...], kind: Kind, on: date) -> tuple[Finding, ...]:
    """Food by no edition at all cannot be right: an empty label would pass."""
    if kind.code == NO_FOOD or any(one.applies for one in editions):
        return ()
    why = _("%(day)s 用哪一版标签标准，这里没有收录，查不了。") % {"day": on.isoformat()}
    return (
        Finding("edition", Verdict.FAIL, _("标签标准"), why, "", "", _("改成今天以后要印的那一天。"), "printed_on"),
    )


def _editions(kind: Kind, on: date) -> list[Row]:
    known = [one for one in all_rows("label_editions") if (one["edition"] == FARM) == (kind.code == FARM)]
    return [one for one in known if in_force(one, on) or begins(one) > on]


def _edition(package: PackageFacts, edition: Row, on: date) -> EditionReport:
    day = max(on, begins(edition))
    findings = [_item(package, item, edition, day) for item in rows("label_items", day, edition=edition["edition"])]
    if edition["nutrition"]:
        findings.append(_nutrition(package, edition, day))
    return EditionReport(
        edition=edition["edition"],
        standard=edition["standard"],
        nutrition=edition["nutrition"],
        applies=in_force(edition, on),
        valid_from=begins(edition),
        findings=tuple(one for one in findings if one),
    )


def _item(package: PackageFacts, item: Row, edition: Row, day: date) -> Finding | None:
    """One mandatory item; None where this package does not owe it."""
    if not _owed(item["when"], package, day):
        return None
    printed = package.label.get(item["item"], "").strip()
    small = _small(package, edition["edition"], "label", day)
    if small and item["item"] not in small["keeps"].split() and not printed:
        why = _("最大的一面不超过 %(area)s cm²，这一项可以不标。") % {"area": small["cm2"]}
        return _found(item, Verdict.NOTE, why, "")
    if not printed:
        verdict = Verdict.FAIL if item["need"] == "must" else Verdict.NOTE
        why = _("标签上没有这一项。") if verdict == Verdict.FAIL else _("建议标上。")
        return _found(item, verdict, why, _("写上，例如 %(example)s") % {"example": item["example"]})
    if item["pattern"] and not re.search(item["pattern"], printed):
        mend = _("改成这样：%(example)s") % {"example": item["example"]}
        why = _("%(words)s：%(why)s。") % {"words": f"“{printed}”", "why": item["wrong"]}
        return _found(item, Verdict.FAIL, why, mend)
    return _found(item, Verdict.OK, printed, "")


def _owed(when: str, package: PackageFacts, day: date) -> bool:
    rule, _colon, months = when.partition(":")
    long_lived = bool(months) and (package.shelf_life_months or 0) >= int(months)
    made_on = bool(package.label.get("made_on", "").strip())
    return {
        "": True,
        "dated": not package.undated,
        "graded": package.graded,
        "allergens": package.allergens,
        "certificate": certificate_due(package, day),
        "short_lived": not long_lived and not package.undated,
        "long_lived": long_lived and not made_on and not package.undated,
    }[rule]


def _found(item: Row, verdict: str, why: str, mend: str) -> Finding:
    return Finding(item["item"], verdict, item["name"], why, item["article"], item["source"], mend, item["item"])


def _small(package: PackageFacts, edition: str, what: str, day: date) -> Row | None:
    """The row of small packages that this one falls under."""
    outermost = package.outermost
    if outermost is None:
        return None
    face = outermost.largest_face_cm2
    for one in rows("small_faces", day, edition=edition, what=what):
        most = Decimal(one["cm2"])
        if face < most or (one["compare"] == "to" and face == most):
            return one
    return None


def _nutrition(package: PackageFacts, edition: Row, day: date) -> Finding:
    """GB 28050: the nutrition table, or a reason not to print one."""
    title, code = _("营养成分表"), edition["edition"]
    exempt = rows("nutrition_exempt", day, edition=code, reason=package.nutrition_exempt)
    if package.nutrition_exempt and exempt and not package.nutrition:
        one = exempt[0]
        verdict = Verdict.OK if is_sure(one) else Verdict.ASK
        why = _("不用标：%(reason)s。") % {"reason": one["name"]}
        return Finding("nutrition", verdict, title, why, one["article"], one["source"], "", "nutrition")
    small = _small(package, code, "nutrition", day)
    if small and not package.nutrition:
        why = _("不用标：最大的一面不超过 %(area)s cm²。") % {"area": small["cm2"]}
        return Finding("nutrition", Verdict.OK, title, why, small["article"], small["source"], "", "nutrition")
    wanted = rows("nutrition_items", day, edition=code)
    missing = [one["name"] for one in wanted if one["item"] not in package.nutrition]
    article = f"{edition['nutrition']} {wanted[0]['article']}" if wanted else edition["nutrition"]
    if not missing:
        return Finding(
            "nutrition", Verdict.OK, title, _("该标的都标了。"), article, edition["nutrition"], "", "nutrition"
        )
    why = _("还缺：%(missing)s。") % {"missing": _("、").join(missing)}
    if package.nutrition_exempt and not exempt:
        why = together([why, _("选的免标理由在这一版里没有。")])
    mend = _("在营养成分表里补上，写明含量和占 NRV 的百分比。")
    return Finding("nutrition", Verdict.FAIL, title, why, article, edition["nutrition"], mend, "nutrition")


def run_out_words(package: PackageFacts, kind: Kind, on: date) -> str:
    """What becomes of what is printed today when the next edition begins; empty when none is known."""
    coming = [one for one in _editions(kind, on) if begins(one) > on] if kind.code not in {NO_FOOD, FARM} else []
    if not coming:
        return ""
    follower = min(coming, key=begins)
    days = (begins(follower) - on).days
    said = [
        ngettext(
            "%(day)s 起改用 %(standard)s，离印刷那天还有 %(days)s 天。",
            "%(day)s 起改用 %(standard)s，离印刷那天还有 %(days)s 天。",
            days,
        )
        % {"day": begins(follower).isoformat(), "standard": follower["standard"], "days": days}
    ]
    if package.run and package.used_a_month:
        left = max(0, package.run - int(package.used_a_month * days / MONTH_DAYS))
        said.append(_stock_words(package.run, package.used_a_month, left))
    if _edition(package, follower, on).passed:
        said.append(_("这一版标签按新标准也合格，不用换。"))
    else:
        said.append(_("这一版标签按新标准不合格：那天起生产的货不能再用它。"))
    if follower["old_stock"]:
        said.append(_("%(reason)s。") % {"reason": follower["old_stock"]})
    return together(said)


def _stock_words(run: int, used_a_month: int, left: int) -> str:
    facts = {"run": f"{run:,}", "month": f"{used_a_month:,}", "left": f"{left:,}"}
    if left:
        return _("印 %(run)s 个，每月用 %(month)s 个，到那天还剩约 %(left)s 个，少印一些。") % facts
    return _("印 %(run)s 个，每月用 %(month)s 个，到那天用得完。") % facts
