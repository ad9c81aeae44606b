"""Farm produce or pre-packed food: asked before any other rule."""

from datetime import date

from django.utils.translation import gettext as _

from branding.compliance.facts import PackageFacts, Processing
from branding.compliance.report import Kind
from branding.compliance.tables import Row, all_rows, row

FARM, PREPACKED, NO_FOOD = "farm", "prepacked", "none"


def class_row(package: PackageFacts, on: date) -> Row | None:
    """The row of that day; before the first of them food was food too, and not a thing without rules."""
    known = row("package_classes", on, category=package.category)
    return known or next(all_rows("package_classes", category=package.category), None)


def kind_of(package: PackageFacts, on: date) -> Kind:
    found = class_row(package, on)
    if found is None:
        return Kind(NO_FOOD, _("不是食品"), _("这一类不是食品，只查宣传的话和商标。"), "")
    if package.processing in found["farm_when"].split():
        return Kind(FARM, _("食用农产品"), _("%(reason)s。") % {"reason": found["reason"]}, found["source"])
    if not found["farm_when"]:
        return Kind(PREPACKED, _("预包装食品"), _("%(reason)s。") % {"reason": found["reason"]}, found["source"])
    how = Processing(package.processing).label
    return Kind(PREPACKED, _("预包装食品"), _("加工过（%(how)s），是预包装食品。") % {"how": how}, found["source"])


def fresh_kind(package: PackageFacts, on: date) -> str:
    """Which kind of fresh produce GB 43284 means, or nothing."""
    found = class_row(package, on)
    if found is None or package.processing not in found["fresh_when"].split():
        return ""
    return found["fresh_kind"]


def space_kind(package: PackageFacts, on: date) -> str:
    """The row of space_factors that the category falls into when nobody chose another."""
    found = class_row(package, on)
    if found is None:
        return ""
    return found["space_made" if package.processing == Processing.MADE else "space_simple"]


def space_kind_fits(package: PackageFacts, kind: str, on: date) -> bool:
    """May goods of this category stand in that row of the annex? Any may where the category is unknown."""
    found = class_row(package, on)
    return not kind or found is None or kind in {space_kind(package, on), *found["space_also"].split()}


def certificate_due(package: PackageFacts, on: date) -> bool:
    """Does a lot of it need a 承诺达标合格证?"""
    found = class_row(package, on)
    return bool(found and found["certificate"])
