"""How often the goods are wrapped: the layers that count, and those somebody says do not."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branding.compliance.facts import Content, PackageFacts
from branding.compliance.kinds import space_kind
from branding.compliance.report import Sum, Verdict
from branding.compliance.tables import Row, row, rows

FOOD = "food"


def rules_as(package: PackageFacts, on: date) -> str:
    """grain, mooncake, zongzi or food; several kinds in one package are food."""
    named = {found["rules_as"] for one in package.contents if (found := factor_row(package, one, on))}
    return named.pop() if len(named) == 1 else FOOD


def factor_row(package: PackageFacts, content: Content, on: date) -> Row | None:
    return row("space_factors", on, kind=content.kind or space_kind(package, on))


def limit_rows(table: str, named: str, on: date) -> list[Row]:
    """Rows of a named kind; what has none of its own is food."""
    return rows(table, on, kind=named) or rows(table, on, kind=FOOD)


def layers_sum(package: PackageFacts, named: str, on: date) -> Sum | None:
    limits = limit_rows("layer_limits", named, on)
    if not limits:
        return None
    rule, wrapping = limits[0], [one for one in package.layers if one.wraps]
    most, count = int(rule["most"]), len(wrapping)
    verdict = Verdict.ASK if not count else Verdict.OK if count <= most else Verdict.FAIL
    sign = "≤" if count <= most else ">"
    return Sum(
        code="layers",
        verdict=verdict,
        title=_("包装层数"),
        inputs=tuple((str(number), one.name) for number, one in enumerate(wrapping, 1)),
        formula=_("把东西完全包住的，从里到外一层一层数"),
        worked=ngettext(
            "%(count)s 层 %(sign)s %(most)s 层（%(name)s）",
            "%(count)s 层 %(sign)s %(most)s 层（%(name)s）",
            count,
        )
        % {"count": count, "sign": sign, "most": most, "name": rule["name"]},
        figure=Decimal(count),
        limit=Decimal(most),
        unit=_("层"),
        standard=rule["standard"],
        article=rule["article"],
        source=rule["source"],
        mend=""
        if verdict == Verdict.OK
        else ngettext(
            "去掉 %(more)s 层。",
            "去掉 %(more)s 层。",
            count - most,
        )
        % {"more": count - most}
        if count
        else _("填上每一层的尺寸。"),
        lacks=not count,
    )


def uncounted(package: PackageFacts, named: str, on: date) -> Iterator[Sum]:
    """Each layer left out of the sums because somebody ticked that it does not wrap wholly.

    The tick alone would let a fifth box pass: a person looks at the sample and says under their name what they saw.
    """
    limits = limit_rows("layer_limits", named, on)
    for number, layer in enumerate(package.layers, 1):
        if limits and not layer.wraps:
            yield Sum(
                code=f"uncounted-{number}",
                verdict=Verdict.ASK,
                title=_("“%(name)s”没有算一层") % {"name": layer.name},
                inputs=(),
                formula=_("把东西完全包住的，从里到外一层一层数"),
                worked=_("填表的人勾了“没有完全包住”，层数和空隙率里都没有它"),
                figure=None,
                limit=None,
                unit="",
                standard=limits[0]["standard"],
                article=limits[0]["article"],
                source=limits[0]["source"],
                mend=_("拿样品看一遍：东西散不出来就是完全包住，要算一层，去掉那个勾再查。"),
            )
