"""What a check found: findings per rule, sums with their figures, one report for a date."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    """``ask`` is for a person with the paper of the standard in hand: the data cannot decide it."""

    OK = "ok", _("合格")
    FAIL = "fail", _("不合格")
    ASK = "ask", _("要人核")
    NOTE = "note", _("提醒")


@dataclass(frozen=True)
class Finding:
    code: str
    verdict: str
    title: str
    why: str
    article: str
    source: str
    mend: str = ""
    field: str = ""


@dataclass(frozen=True)
class Sum:
    """A figure and how it came about: what went in, the formula in words, the sum with its numbers.

    Where it asks, ``lacks`` is whether something was not typed; else the figure of the standard that
    a person reads lies between ``read_least`` and ``read_most`` if the package is right.
    """

    code: str
    verdict: str
    title: str
    inputs: tuple[tuple[str, str], ...]
    formula: str
    worked: str
    figure: Decimal | None
    limit: Decimal | None
    unit: str
    standard: str
    article: str
    source: str
    mend: str = ""
    lacks: bool = False
    read_least: Decimal | None = None
    read_most: Decimal | None = None


@dataclass(frozen=True)
class EditionReport:
    """The label by one edition; ``applies`` on the printing date, or only later."""

    edition: str
    standard: str
    nutrition: str
    applies: bool
    valid_from: date
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return not any(one.verdict == Verdict.FAIL for one in self.findings)


@dataclass(frozen=True)
class Kind:
    """Farm produce or pre-packed food, and why."""

    code: str
    name: str
    why: str
    source: str


@dataclass(frozen=True)
class Report:
    printed_on: date
    kind: Kind
    editions: tuple[EditionReport, ...]
    sums: tuple[Sum, ...]
    findings: tuple[Finding, ...]
    run_out: str = ""

    @property
    def applied(self) -> tuple[EditionReport, ...]:
        return tuple(one for one in self.editions if one.applies)

    @property
    def verdicts(self) -> list[str]:
        """Everything that counts on the printing date."""
        counted: list[Sum | Finding] = [*self.sums, *self.findings]
        return [one.verdict for one in counted] + [one.verdict for part in self.applied for one in part.findings]

    @property
    def passed(self) -> bool:
        return Verdict.FAIL not in self.verdicts

    @property
    def asks(self) -> int:
        return self.verdicts.count(Verdict.ASK)

    @property
    def fails(self) -> int:
        return self.verdicts.count(Verdict.FAIL)

    @property
    def edition_words(self) -> str:
        return _("；").join(_("、").join(filter(None, (one.standard, one.nutrition))) for one in self.applied)

    def verdict_of(self, code: str) -> str:
        """The verdict under a code, "" where nothing was said; an edition's as ``2011.net``."""
        edition, _dot, item = code.partition(".")
        for part in self.editions:
            if part.edition == edition:
                return next((one.verdict for one in part.findings if one.code == item), "")
        found: list[Sum | Finding] = [*self.sums, *self.findings]
        return next((one.verdict for one in found if one.code == code), "")

    def as_json(self) -> dict[str, Any]:
        """Plain values, to be kept beside the files that were checked."""
        plain: dict[str, Any] = _plain(asdict(self))
        plain["passed"], plain["asks"], plain["fails"] = self.passed, self.asks, self.fails
        for part, kept in zip(self.editions, plain["editions"], strict=True):
            kept["passed"] = part.passed
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) or hasattr(value, "_proxy____args"):
        return str(value)
    return value


def written(value: Decimal) -> str:
    """18000 → "18,000", 312.50 → "312.5"."""
    rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{rounded.quantize(Decimal(1)) if rounded == rounded.to_integral() else rounded:,}"
