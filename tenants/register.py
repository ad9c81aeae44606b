"""The register of county-level divisions: all of China by GB/T 2260 code, shipped as dated data.

``tenants/data/build_divisions.py`` says where it comes from. The 2 862 rows live in memory.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

SOURCE = Path(__file__).with_name("data") / "divisions.csv"


@dataclass(frozen=True, slots=True)
class Division:
    """One county, city, district or banner. Dates are ISO texts, empty where not limited."""

    code: str
    name: str
    prefecture_code: str
    prefecture: str
    province_code: str
    province: str
    pinyin: str
    initials: str
    slug: str
    valid_from: str
    valid_to: str
    successor: str


@lru_cache(maxsize=1)
def _all() -> dict[str, Division]:
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Division(**row) for row in csv.DictReader(file)}


@lru_cache(maxsize=4)
def divisions(province: str) -> tuple[Division, ...]:
    """Those of a province ("23") that are valid today's register, in the order of codes."""
    return tuple(one for one in _all().values() if one.province_code[:2] == province and not one.valid_to)


@lru_cache(maxsize=4)
def gone(province: str) -> tuple[Division, ...]:
    """Those of a province that the state has merged or renamed, in the order of codes."""
    return tuple(one for one in _all().values() if one.province_code[:2] == province and one.valid_to)


def gone_words(division: Division) -> str:
    """Where one that is gone is to be looked for today."""
    facts = {"county": division.name, "now": name_of(division.successor), "code": division.successor}
    return _("%(county)s已经撤销或改名，现在是%(now)s，代码 %(code)s。") % facts


def division(code: str) -> Division | None:
    return _all().get(code)


def name_of(code: str) -> str:
    """ "230184" → 五常市; a code nobody knows stays as it is."""
    found = division(code)
    return found.name if found else code


def province_name(province: str) -> str:
    """ "23" → 黑龙江省."""
    return next((one.province for one in divisions(province)), "")


def find(text: str, province: str) -> list[Division]:
    """Divisions by hanzi, pinyin or initials; exact ones first, then beginnings, then the rest."""
    wanted = "".join(text.lower().split())
    if not wanted:
        return []
    ranked = [(rank, one) for one in divisions(province) if (rank := _rank(wanted, one)) is not None]
    return [one for _rank_, one in sorted(ranked, key=lambda found: (found[0], found[1].code))]


def _rank(wanted: str, one: Division) -> int | None:
    names = (one.name, one.pinyin, one.initials, one.slug, one.code)
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    return 2 if wanted in one.name or wanted in one.prefecture else None
