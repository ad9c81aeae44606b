"""Net content: what the label says, what is inside and what is sold are one weight."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

from branding.compliance.facts import PackageFacts
from branding.compliance.kinds import NO_FOOD
from branding.compliance.report import Finding, Kind, Verdict, written

# Grams, or millilitres, in a unit; 斤 is no unit of a label, but is read where somebody wrote it.
UNITS = {"kg": 1000, "千克": 1000, "公斤": 1000, "斤": 500, "克": 1, "g": 1, "ml": 1, "毫升": 1, "l": 1000, "升": 1000}
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_AMOUNT = re.compile(rf"(\d+(?:\.\d+)?)\s*({_UNIT})(?![a-z])", re.IGNORECASE)
_BEFORE = re.compile(r"(\d+)\s*[^\d\s×xX*（(]{0,2}\s*[×xX*]\s*$")
_AFTER = re.compile(r"^\s*[/每]?\s*[袋包盒瓶罐枚个]?\s*[×xX*]\s*(\d+)")
ARTICLE, SOURCE = "GB 7718-2011 4.1.5、GB 7718-2025 4.5", "GB 7718；定量包装商品计量监督管理办法"


def net_findings(package: PackageFacts, kind: Kind) -> tuple[Finding, ...]:
    """The printed weight against the contents, and the contents against the pack that is sold."""
    if kind.code == NO_FOOD or not package.net_grams:
        return ()
    return tuple(one for one in (_printed(package), _sold(package)) if one)


def _printed(package: PackageFacts) -> Finding | None:
    said = package.label.get("net", "")
    weights = weights_in(said)
    if not weights or package.net_grams in weights:
        return None
    why = _("标签写“%(said)s”，里面填的一共是 %(inside)s g（mL），对不上。") % {
        "said": said.strip(),
        "inside": written(package.net_grams),
    }
    return _finding("net_inside", why, _("看哪一个写错了：标签上的净含量，还是里面一件的净含量和件数。"))


def _sold(package: PackageFacts) -> Finding | None:
    if not package.sold_grams or package.sold_grams == package.net_grams:
        return None
    why = _("里面填的一共是 %(inside)s g（mL），这个规格卖的是 %(sold)s g（mL）。") % {
        "inside": written(package.net_grams),
        "sold": written(package.sold_grams),
    }
    return _finding("net_sold", why, _("这个包装是给这个规格做的：改里面的净含量，或者请村里改产品的规格。"))


def weights_in(said: str) -> set[Decimal]:
    """Every total that a printed net content may mean: "100 g×5" is 100 or 500, parts may be added up."""
    found, parts = set(), []
    text = said.replace("（", "(").replace("＊", "*")
    for one in _AMOUNT.finditer(text):
        weight = Decimal(one[1]) * UNITS[one[2].lower()]
        before, after = _BEFORE.search(text[: one.start()]), _AFTER.search(text[one.end() :])
        times = Decimal((before or after)[1]) if before or after else Decimal(1)  # type: ignore[index]
        parts.append(weight * times)
        found |= {weight, weight * times}
    return found | {sum(parts, Decimal(0))} if found else set()


def _finding(code: str, why: str, mend: str) -> Finding:
    return Finding(code, Verdict.FAIL, _("净含量"), why, ARTICLE, SOURCE, mend, "net")
