"""Numbers that prove something: production licence, organic, green food, geographical indication."""

import re
from datetime import date

from django.utils.translation import gettext as _

from branding.compliance.facts import PackageFacts
from branding.compliance.kinds import PREPACKED, class_row
from branding.compliance.report import Finding, Kind, Verdict
from branding.compliance.tables import Row, rows

CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def number_findings(package: PackageFacts, kind: Kind, on: date) -> tuple[Finding, ...]:
    found = []
    for rule in rows("proof_numbers", on):
        printed = re.sub(r"\s", "", package.label.get(rule["item"], "")).upper()
        if rule["words"]:
            found.append(_proof(rule, printed, _said(rule["words"], package)))
        elif kind.code == PREPACKED and printed:
            found.append(_proof(rule, printed, ""))
            found.append(_licence_class(package, printed, rule, on))
    return tuple(one for one in found if one)


def _said(pattern: str, package: PackageFacts) -> str:
    """The words on the package that need a number behind them."""
    found = re.search(pattern, f"{package.label.get('name', '')}\n{package.words}")
    return found[0] if found else ""


def _proof(rule: Row, printed: str, said: str) -> Finding | None:
    mend = _("写上，例如 %(example)s") % {"example": rule["example"]}
    if not printed:
        if not said:
            return None
        return _finding(
            rule, Verdict.FAIL, _("写了“%(said)s”：%(wrong)s。") % {"said": said, "wrong": rule["wrong"]}, mend
        )
    if not re.search(rule["pattern"], printed):
        why = _("%(words)s：%(why)s。") % {"words": f"“{printed}”", "why": rule["wrong"]}
        return _finding(rule, Verdict.FAIL, why, mend)
    if rule["check"] == "mod11_10" and not licence_holds(printed):
        why = _("“%(number)s”：最后一位校验码对不上。") % {"number": printed}
        return _finding(rule, Verdict.ASK, why, _("对着许可证正本一位一位再核一遍。"))
    if rule["check"] == "credit" and not credit_code_holds(printed):
        why = _("“%(number)s”：最后一位校验码对不上。") % {"number": printed}
        return _finding(rule, Verdict.FAIL, why, _("对着营业执照一位一位再核一遍。"))
    return _finding(rule, Verdict.OK, printed, "")


def _licence_class(package: PackageFacts, printed: str, rule: Row, on: date) -> Finding | None:
    """Digits 2 and 3 name the licence's main class; another main class is possible, so only a reminder."""
    found = class_row(package, on)
    if not found or not re.search(rule["pattern"], printed) or printed[3:5] == found["licence_class"]:
        return None
    why = _("编号第 2、3 位是 %(is)s，这类货一般是 %(usual)s：看许可证的品种明细里有没有它。") % {
        "is": printed[3:5],
        "usual": found["licence_class"],
    }
    return Finding("licence_class", Verdict.NOTE, _("许可类别"), why, rule["article"], rule["source"], "", "licence")


def _finding(rule: Row, verdict: str, why: str, mend: str) -> Finding:
    code = "licence_number" if rule["code"] == "licence" else rule["code"]
    return Finding(code, verdict, rule["name"], why, rule["article"], rule["source"], mend, rule["item"])


def licence_holds(number: str) -> bool:
    """The last of SC's 14 digits by GB/T 17710, MOD 11,10."""
    digits = [int(sign) for sign in number if sign.isdigit()]
    product = 10
    for digit in digits[:-1]:
        product = ((product + digit) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == digits[-1]


def credit_code_holds(code: str) -> bool:
    """The last of the 18 signs of a 统一社会信用代码 by GB 32100-2015."""
    if len(code) != 18 or any(sign not in CREDIT_SIGNS for sign in code):
        return False
    total = sum(CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return CREDIT_SIGNS[-total % 31] == code[17]
