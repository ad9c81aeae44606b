"""What a check asks of a person with the standard in hand: line by line, with the figure that was read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from branding.compliance import Report, Sum, Verdict
from branding.compliance_forms import Measure
from kernel.sentences import together

# Where in a standard something stands: 附录 A, 表 A.1, 第 5.2 条, 4.1.5, GB 43284.
PLACE = re.compile(r"附录|表\s*[A-Z0-9]|第.{1,8}[条章节]|\d+\.\d+|GB\s*/?T?\s*\d+|修改单", re.IGNORECASE)
HANZI = re.compile(r"[\u4e00-\u9fff]")
LEAST_HANZI = 4


@dataclass(frozen=True)
class Asked:
    """One line; ``least`` and ``most`` bound a figure of the standard with which it passes."""

    code: str
    title: str
    words: str
    least: Decimal | None = None
    most: Decimal | None = None


def asked(report: Report) -> list[Asked]:
    """Lines that somebody can answer by reading."""
    found = [_of_sum(one) for one in report.sums if one.verdict == Verdict.ASK and not one.lacks]
    findings = [*report.findings, *(one for part in report.applied for one in part.findings)]
    asking = [one for one in findings if one.verdict == Verdict.ASK]
    return [*found, *(Asked(one.code, str(one.title), together([one.why, one.mend])) for one in asking)]


def lacking(report: Report) -> list[str]:
    """What has to be typed first: no reading of a standard takes its place."""
    return [one.mend for one in report.sums if one.lacks]


def _of_sum(one: Sum) -> Asked:
    return Asked(one.code, str(one.title), one.mend, one.read_least, one.read_most)


class ReadForm(forms.Form):
    """For each line what was compared, and where the standard decides by a figure that figure."""

    use_required_attribute = False  # a try needs no answer yet

    def __init__(self, lines: list[Asked], data: Any = None) -> None:
        super().__init__(data)
        self.asked = lines
        for one in lines:
            if one.least is not None:
                figure = Measure(
                    label=lazy("原文里读到的数"),
                    most=10_000,
                    example="20",
                    error_messages={"required": lazy("写上原文里读到的数。")},
                )
                figure.required = True
                self.fields[f"figure_{one.code}"] = figure
            self.fields[f"read_{one.code}"] = forms.CharField(
                label=lazy("核了什么，在原文哪一条"),
                max_length=200,
                error_messages={"required": lazy("写一句核了什么，在原文哪一条。")},
            )

    @property
    def was_begun(self) -> bool:
        """Has anybody written anything yet? Before that nothing is wrong."""
        return any(str(self.data.get(name, "")).strip() for name in self.fields)

    @property
    def lines(self) -> Iterator[dict[str, Any]]:
        for one in self.asked:
            names = (f"figure_{one.code}", f"read_{one.code}")
            yield {"asked": one, "fields": [self[name] for name in names if name in self.fields]}

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for one in self.asked:
            vague = _vague(one, typed.get(f"read_{one.code}", ""))
            if vague:
                self.add_error(f"read_{one.code}", vague)
            figure = typed.get(f"figure_{one.code}")
            wrong = _wrong(one, figure) if figure is not None else ""
            if wrong:
                self.add_error(f"figure_{one.code}", wrong)
        return typed

    def said(self) -> Mapping[str, str]:
        """code → what was read, in one line."""
        return {one.code: self._line(one) for one in self.asked}

    def _line(self, one: Asked) -> str:
        figure = self.cleaned_data.get(f"figure_{one.code}")
        return " · ".join(str(part) for part in (figure, self.cleaned_data[f"read_{one.code}"]) if part)


def _vague(one: Asked, said: str) -> str:
    """Whoever compares it after them has to find the place."""
    if said and one.least is not None and not PLACE.search(said):
        return _("写明在原文哪一条、哪张表，例如 GB 23350-2021 附录 A 表 A.1。")
    if said and len(HANZI.findall(said)) < LEAST_HANZI and not PLACE.search(said):
        return _("写一整句：看了什么，是什么样。")
    return ""


def _wrong(one: Asked, figure: Decimal) -> str:
    if one.most is not None and figure > one.most:
        return _("%(figure)s 比标准公布的最大的数 %(most)s 还大，再核一下。") % {"figure": figure, "most": one.most}
    if one.least is not None and figure < one.least:
        return _("照 %(figure)s 不合格：要 %(least)s 以上。包装改小一点再查。") % {"figure": figure, "least": one.least}
    return ""
