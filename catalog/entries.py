"""Who may do what with a county's goods, and where that stands on the county's desk."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import roles
from accounts.desks import COUNTY_DESK, Entry, add_entry

SEE = "catalog.see"
OFFICE = "catalog.office"
MINE = "catalog.product.mine"
WRITE = "catalog.product.write"
WRITE_ANY = "catalog.product.write_any"
SUBMIT = "catalog.product.submit"
PUBLISH = "catalog.product.publish"
PRODUCERS = "catalog.producers"


def grant_permissions() -> None:
    roles.grant(roles.WORK_TEAM, SEE, MINE, WRITE, SUBMIT, PRODUCERS)
    roles.grant(roles.COUNTY_EDITOR, SEE, OFFICE, MINE, WRITE, WRITE_ANY, SUBMIT, PRODUCERS)
    roles.grant(roles.COUNTY_MANAGER, SEE, OFFICE, MINE, WRITE, WRITE_ANY, SUBMIT, PUBLISH, PRODUCERS)
    roles.grant(roles.COORDINATOR, SEE, OFFICE)
    roles.grant(roles.AUDITOR, SEE, OFFICE)


def add_entries() -> None:
    for entry in (
        Entry(COUNTY_DESK, 10, _("产品审核"), "catalog:desk", OFFICE, count=_awaiting),
        Entry(COUNTY_DESK, 20, _("产品"), "catalog:products", OFFICE),
        Entry(COUNTY_DESK, 25, _("我的产品"), "catalog:mine", MINE),
        Entry(COUNTY_DESK, 30, _("生产者"), "catalog:producers", PRODUCERS, reading=OFFICE),
    ):
        add_entry(entry)


def _awaiting(request: HttpRequest) -> int:
    from catalog.selectors import products_awaiting_review

    return products_awaiting_review().count()
