"""Words that may not stand on a package, and the sign behind the brand."""

import re
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from branding.compliance.facts import PackageFacts
from branding.compliance.report import Finding, Kind, Verdict
from branding.compliance.tables import Row, all_rows, begins, in_force

REGISTERED, TRADE = "®", "™"
# 食品安全法 §73, 广告法 §17: of no goods but medicine may this be said, whatever reason anybody gives.
NEVER = frozenset({"claim-disease", "claim-health"})


def claim_findings(package: PackageFacts, kind: Kind, on: date) -> tuple[Finding, ...]:
    """What is forbidden that day fails; what a published rule will forbid is noted with its day."""
    text = "\n".join((package.label.get("name", ""), package.words))
    rules = [rule for rule in all_rows("claim_words") if not rule["classes"] or kind.code in rule["classes"].split()]
    return _found(rules, text, on)


def forbidden_anywhere(text: str, on: date) -> tuple[Finding, ...]:
    """What may stand on no goods at all, be it a package or a page."""
    return _found([rule for rule in all_rows("claim_words") if not rule["classes"]], text, on)


def _found(rules: Iterable[Row], text: str, on: date) -> tuple[Finding, ...]:
    found = []
    for rule in rules:
        said = _said(rule, text)
        if said and in_force(rule, on):
            found.append(_claim(rule, said, rule["verdict"], rule["why"]))
        elif said and begins(rule) > on:
            why = _("%(day)s 起：%(why)s") % {"day": begins(rule).isoformat(), "why": rule["why"]}
            found.append(_claim(rule, said, Verdict.NOTE, why))
    return tuple(found)


def _said(rule: Row, text: str) -> list[str]:
    """The forbidden words found, each once, in the order they stand."""
    left = re.sub(rule["unless"], "\n", text) if rule["unless"] else text
    return list(dict.fromkeys(found[0] for found in re.finditer(rule["pattern"], left)))


def _claim(rule: Row, said: list[str], verdict: str, why: str) -> Finding:
    words = "".join(f"“{one}”" for one in said)
    code = f"claim-{rule['code']}"
    return Finding(
        code,
        verdict,
        rule["title"],
        _("%(words)s：%(why)s。") % {"words": words, "why": why},
        rule["article"],
        rule["source"],
        rule["mend"],
        "words",
    )


def mark_findings(package: PackageFacts) -> tuple[Finding, ...]:
    """® only where the gate lets it stand (商标法 §9, §52)."""
    mark = package.mark
    printed = mark.printed or next((sign for sign in (REGISTERED, TRADE) if sign in package.words), "")
    if not printed and not mark.name:
        return ()
    title, article, source = _("注册标记"), _("商标法第九条、第五十二条"), _("中华人民共和国商标法（2019 修正）")
    if printed == REGISTERED and mark.allowed != REGISTERED:
        why = _("“%(name)s”在这类货上没有有效的注册证，不能印 ®。") % {"name": mark.name or _("这个名字")}
        mend = _("改成 ™，拿到注册证再换。") if mark.allowed == TRADE else _("去掉标记。")
        return (Finding("mark", Verdict.FAIL, title, why, article, source, mend, "mark"),)
    if printed == TRADE and not mark.allowed:
        why = _("“%(name)s”还没有查过，先不要印 ™。") % {"name": mark.name or _("这个名字")}
        return (Finding("mark", Verdict.ASK, title, why, article, source, _("先在品牌台查近似。"), "mark"),)
    if mark.allowed == REGISTERED and printed != REGISTERED:
        why = _("“%(name)s”在这类货上已经注册，可以印 ®。") % {"name": mark.name}
        return (Finding("mark", Verdict.NOTE, title, why, article, source, "", "mark"),)
    return (Finding("mark", Verdict.OK, title, f"{mark.name}{printed}", article, source, "", "mark"),)
