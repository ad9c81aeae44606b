"""Too much package for too little in it: layers, empty room and cost, each with its sum.

Processed food and dried goods: GB 23350-2021. Fresh produce: GB 43284-2023.
"""

from dataclasses import replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from branding.compliance.facts import Layer, PackageFacts
from branding.compliance.kinds import NO_FOOD, fresh_kind, space_kind_fits
from branding.compliance.layers import FOOD, factor_row, layers_sum, limit_rows, rules_as, uncounted
from branding.compliance.report import Kind, Sum, Verdict, written
from branding.compliance.tables import Row, row, rows
from kernel.money import yuan
from kernel.sentences import together

DEAR_FRUIT = "dear-fruit"
# Grams in a cm³ of package that no food reaches: honey, the heaviest here, has 1.4.
DENSEST = Decimal("1.5")
# A void ratio of −900 %: the room of the goods is ten times the package. A bare bottle of liquor has −700 %.
FULLEST = Decimal(-900)
TENTH, HUNDREDTH, WHOLE = Decimal("0.1"), Decimal("0.01"), Decimal(1)


def sums_of(package: PackageFacts, kind: Kind, on: date) -> tuple[Sum, ...]:
    """Layers, void and cost, as far as a rule is in force that day."""
    if kind.code == NO_FOOD:
        return ()
    fresh = fresh_kind(package, on)
    named = fresh or rules_as(package, on)
    void = _fresh_void(package, fresh, on) if fresh else _food_void(package, on)
    found = (
        layers_sum(package, named, on),
        *uncounted(package, named, on),
        _doubted(void, _doubts(package, void, fresh, on)) if void else None,
        _cost(package, DEAR_FRUIT if fresh and package.dear_fruit else named, on),
    )
    return tuple(one for one in found if one)


def _doubted(found: Sum, doubts: list[str]) -> Sum:
    """What passes on figures that cannot be right is for a person to look at."""
    if not doubts or found.verdict == Verdict.FAIL:
        return found
    return replace(found, verdict=Verdict.ASK, mend=together([*doubts, found.mend]))


def _doubts(package: PackageFacts, void: Sum, fresh: str, on: date) -> list[str]:
    """Why what was typed may be wrong, in sentences."""
    found = [] if fresh else _factor_doubts(package, on)
    outer, smaller = package.outermost, package.shrinks_outwards
    if smaller:
        found.append(_("“%(name)s”比它里面的一层还小：从里到外重排，再核尺寸。") % {"name": smaller.name})
    overfull = void.figure is not None and void.figure < FULLEST
    if overfull or (outer and outer.volume_cm3 and _cannot_hold(package, outer.volume_cm3, fresh)):
        found.append(_("最外一层装不下这么多东西：核一下长、宽、高是不是毫米，净含量对不对。"))
    return found


def _cannot_hold(package: PackageFacts, volume: Decimal, fresh: str) -> bool:
    if fresh:
        return (package.needed_cm3 or 0) > volume
    return package.net_grams > DENSEST * volume


def _factor_doubts(package: PackageFacts, on: date) -> list[str]:
    found = []
    for one in package.contents:
        known = factor_row(package, one, on)
        if known and not space_kind_fits(package, one.kind, on):
            facts = {"name": one.name, "kind": known["name"]}
            found.append(_("“%(name)s”按“%(kind)s”算的，和这件产品的品类对不上，对照附录 A 核一下。") % facts)
        if one.factor and known and known["k"]:
            facts = {"typed": str(one.factor), "kind": known["name"], "k": known["k"]}
            if one.factor != Decimal(known["k"]):
                found.append(_("填的系数 %(typed)s 没有用：“%(kind)s”在附录 A 里是 %(k)s。") % facts)
        elif one.factor:
            found.append(_("“%(name)s”的系数 k 是填的人查的，对照附录 A 核一下。") % {"name": one.name})
    return found


def _food_void(package: PackageFacts, on: date) -> Sum | None:
    rule, outer = _void_row(package, on), package.outermost
    if rule is None:
        return None
    if outer is None or not package.net_grams or not outer.volume_cm3:
        return _void_unknown(rule, _("填上最外一层的长、宽、高和净含量，才算得出来。"))
    inputs, terms, needed, unknown = [(_("最外一层体积 Vn"), _cm3(outer.volume_cm3))], [], Decimal(0), Decimal(0)
    for one in package.contents:
        found = factor_row(package, one, on)
        factor = Decimal(found["k"]) if found and found["k"] else one.factor
        inputs.append((_("%(name)s 的体积 V0（1 g 算 1 cm³）") % {"name": one.name}, _cm3(one.total_grams)))
        name = found["name"] if found else one.kind
        if factor is None:
            inputs.append((_("%(name)s 的系数 k") % {"name": name}, _("没有核过")))
            unknown += one.total_grams
            continue
        inputs.append((_("%(name)s 的系数 k") % {"name": name}, str(factor)))
        terms.append(f"{factor} × {written(one.total_grams)}")
        needed += factor * one.total_grams
    if unknown:
        return _void_asks_factor(rule, outer.volume_cm3, needed, unknown, tuple(inputs), on, single=_is_single(package))
    return _void_sum(rule, outer.volume_cm3, needed, " − ".join(terms), tuple(inputs), single=_is_single(package))


def _void_row(package: PackageFacts, on: date) -> Row | None:
    """By the net content of one piece; of several kinds the largest piece; where none is said the strictest."""
    piece = max((one.grams for one in package.contents), default=Decimal(0))
    for one in rows("void_limits", on, kind=FOOD):
        if Decimal(one["over_grams"]) < piece and (not one["to_grams"] or piece <= Decimal(one["to_grams"])):
            return one
    limits = rows("void_limits", on, kind=FOOD)
    return None if piece else min(limits, key=lambda one: Decimal(one["most_percent"]), default=None)


def _is_single(package: PackageFacts) -> bool:
    return sum(one.wraps for one in package.layers) == 1


def _fresh_void(package: PackageFacts, fresh: str, on: date) -> Sum | None:
    rule = row("void_limits", on, kind=fresh)
    if rule is None:
        return None
    outer = package.outermost
    if outer is None or not package.needed_cm3 or not outer.volume_cm3:
        return _void_unknown(rule, _("量一下货本身要占的体积（cm³）和最外一层的长、宽、高。"))
    inputs = (
        (_("最外一层体积 V"), _cm3(outer.volume_cm3)),
        (_("货必要的空间体积"), _cm3(package.needed_cm3)),
    )
    return _void_sum(rule, outer.volume_cm3, package.needed_cm3, written(package.needed_cm3), inputs, single=False)


def _void_sum(
    rule: Row, outer: Decimal, needed: Decimal, terms: str, inputs: tuple[tuple[str, str], ...], *, single: bool
) -> Sum:
    """X = (Vn − Σ k·V0) ÷ Vn, compared unrounded."""
    ratio = (outer - needed) / outer * 100
    sure, most = Decimal(rule["sure_percent"]), Decimal(rule["most_percent"])
    verdict = Verdict.OK if ratio <= sure else Verdict.FAIL if ratio > most else Verdict.ASK
    mend = ""
    if verdict != Verdict.OK:
        largest = (needed / (1 - (most if verdict == Verdict.FAIL else sure) / 100)).quantize(WHOLE, ROUND_FLOOR)
        mend = _("最外一层的体积降到 %(largest)s 以内就合格，现在是 %(now)s。") % {
            "largest": _cm3(largest),
            "now": _cm3(outer),
        }
    tiered = verdict == Verdict.ASK
    if tiered:
        mend = together([_("标准按品种和重量分档，对照原文核一下。"), mend])
    if verdict == Verdict.FAIL and single:
        verdict = Verdict.ASK
        mend = together([_("只有一层包装的，表 1 的注说不适用，对照原文核一下。"), mend])
    figure = ratio.quantize(TENTH, ROUND_HALF_UP)
    limit = f"{sure}%" if sure == most else f"{sure}%—{most}%"
    sign = "≤" if ratio <= sure else ">"
    return Sum(
        code="void",
        verdict=verdict,
        title=_("包装空隙率"),
        inputs=inputs,
        formula=_("（最外一层体积 − 货必要的空间体积）÷ 最外一层体积"),
        worked=f"({written(outer)} − {terms}) ÷ {written(outer)} = {figure}% {sign} {limit}",
        figure=figure,
        limit=most,
        unit="%",
        standard=rule["standard"],
        article=rule["article"],
        source=rule["source"],
        mend=mend,
        read_least=ratio.quantize(HUNDREDTH, ROUND_CEILING) if tiered else None,
        read_most=most if tiered else None,
    )


def _void_asks_factor(
    rule: Row,
    outer: Decimal,
    needed: Decimal,
    unknown: Decimal,
    inputs: tuple[tuple[str, str], ...],
    on: date,
    *,
    single: bool,
) -> Sum:
    """The factor is not in our table: say from which one on the package keeps the rule.

    Where the largest of the annex, that of the lightest goods, would not do either, it fails whatever the factor is.
    """
    most = Decimal(rule["most_percent"])
    largest = max((one for one in rows("space_factors", on) if one["k"]), key=lambda one: Decimal(one["k"]))
    fits = ((needed + Decimal(largest["k"]) * unknown) / (1 - most / 100)).quantize(WHOLE, ROUND_FLOOR)
    least = ((outer * (1 - most / 100) - needed) / unknown).quantize(HUNDREDTH, ROUND_CEILING)
    worked = f"({written(outer)} × (1 − {most}%) − {written(needed)}) ÷ {written(unknown)} = {least}"
    verdict, mend = Verdict.ASK, _("查附录 A 的系数 k，不小于 %(least)s 就合格；把查到的 k 填进来再算。")
    reachable = least <= Decimal(largest["k"])
    if not reachable and not single:
        verdict = Verdict.FAIL
        mend = _(
            "附录 A 里最大的系数是 %(largest)s（%(name)s），照它算也超。最外一层的体积先降到 %(fits)s 以内，再查这一类自己的系数。"
        )
    return Sum(
        code="void",
        verdict=verdict,
        title=_("包装空隙率"),
        inputs=inputs,
        formula=_("k 至少要多大，空隙率才不超过上限"),
        worked=worked,
        figure=None,
        limit=most,
        unit="%",
        standard=rule["standard"],
        article=rule["article"],
        source=rule["source"],
        mend=mend % {"least": least, "largest": largest["k"], "name": largest["name"], "fits": _cm3(fits)},
        read_least=least if reachable else None,
        read_most=Decimal(largest["k"]) if reachable else None,
    )


def _void_unknown(rule: Row, mend: str) -> Sum:
    return Sum(
        code="void",
        verdict=Verdict.ASK,
        title=_("包装空隙率"),
        inputs=(),
        formula=_("（最外一层体积 − 货必要的空间体积）÷ 最外一层体积"),
        worked=_("数不全，没有算"),
        figure=None,
        limit=Decimal(rule["most_percent"]),
        unit="%",
        standard=rule["standard"],
        article=rule["article"],
        source=rule["source"],
        mend=mend,
        lacks=True,
    )


def _cost(package: PackageFacts, named: str, on: date) -> Sum | None:
    tiers = [one for one in limit_rows("cost_limits", named, on) if int(one["from_fen"]) <= package.price_fen]
    if not tiers:
        return None
    rule = max(tiers, key=lambda one: int(one["from_fen"]))
    counted = [one for one in package.layers if rule["counts"] == "all" or not one.touches_food]
    cost, most = sum(one.cost_fen or 0 for one in counted), Decimal(rule["most_percent"])
    ratio = Decimal(cost) * 100 / package.price_fen if package.price_fen else None
    lacks = _cost_lacks(package, counted)
    verdict = Verdict.ASK if ratio is None or lacks else Verdict.OK
    if ratio is not None and ratio > most:
        verdict = Verdict.FAIL
    figure = None if ratio is None else ratio.quantize(TENTH, ROUND_HALF_UP)
    sign = "≤" if ratio is None or ratio <= most else ">"
    worked = f"{yuan(cost)} ÷ {yuan(package.price_fen)} = {figure}% {sign} {most}%"
    allowed = yuan(int(package.price_fen * most / 100))
    return Sum(
        code="cost",
        verdict=verdict,
        title=_("包装成本"),
        inputs=(
            *((one.name, f"¥{yuan(one.cost_fen)}" if one.cost_fen else _("没有写")) for one in counted),
            (_("卖价"), f"¥{yuan(package.price_fen)}"),
        ),
        formula=_("各层包装的成本 ÷ 卖价")
        if rule["counts"] == "all"
        else _("除直接接触食品的一层以外，包装的成本 ÷ 卖价"),
        worked=worked if ratio is not None else _("没有填卖价"),
        figure=figure,
        limit=most,
        unit="%",
        standard=rule["standard"],
        article=rule["article"],
        source=rule["source"],
        mend=_("包装成本降到 ¥%(allowed)s 以内。") % {"allowed": allowed} if verdict == Verdict.FAIL else lacks,
        lacks=verdict == Verdict.ASK,
    )


def _cost_lacks(package: PackageFacts, counted: list[Layer]) -> str:
    """What is missing before the cost says anything: a blank is not nought."""
    if not package.price_fen:
        return _("写卖价，例如 68。")
    blank = [one.name for one in counted if not one.cost_fen]
    if blank:
        names = _("、").join(blank)
        return _("写上%(names)s的成本，照发票或报价填。") % {"names": names}
    if not package.layers:
        return _("填上每一层的尺寸和成本。")
    if not counted and len(package.wrapping) > 1:
        return _("每一层都勾了直接碰到食品：只勾真碰到的那一层。")
    return ""


def _cm3(value: Decimal) -> str:
    return f"{written(value)}\u00a0cm³"
