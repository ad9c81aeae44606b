"""Who may write, approve and publish a county's pages."""

from typing import Any

from wagtail.models import PagePermissionTester

from accounts import roles
from tenants.models import County
from tenants.scope import current_county
from tenants.states import Stage

SEE = "cms.see"
WRITE = "cms.write"
REVIEW_FOR_COUNTY = "cms.review.county"
REVIEW_FOR_PROVINCE = "cms.review.province"


def grant_permissions() -> None:
    roles.grant(roles.COUNTY_EDITOR, SEE, WRITE)
    roles.grant(roles.COUNTY_MANAGER, SEE, WRITE, REVIEW_FOR_COUNTY)
    roles.grant(roles.COORDINATOR, SEE, REVIEW_FOR_PROVINCE)
    roles.grant(roles.AUDITOR, SEE)


def province_decides(county: County) -> bool:
    """托管: the province carries the county's shop and has the last word on its pages."""
    return county.stage == Stage.CUSTODY


def may_review_for_county(user: Any) -> bool:
    county = current_county()
    return county is not None and roles.may(user, REVIEW_FOR_COUNTY, county.code)


def may_review_for_province(user: Any) -> bool:
    return roles.may(user, REVIEW_FOR_PROVINCE)


def may_review(user: Any) -> bool:
    """Somebody with a word in what this county shows."""
    return may_review_for_county(user) or may_review_for_province(user)


class CountyPagePermissions(PagePermissionTester):
    """Wagtail's rights, less one: while the province decides, nobody of the county publishes past it."""

    def can_publish(self) -> bool:
        return bool(super().can_publish()) and self._last_word_is_ours()

    def can_publish_subpage(self) -> bool:
        return bool(super().can_publish_subpage()) and self._last_word_is_ours()

    def can_set_view_restrictions(self) -> bool:
        return bool(super().can_publish())

    def can_unschedule(self) -> bool:
        return bool(super().can_publish())

    def _last_word_is_ours(self) -> bool:
        county = current_county()
        return county is not None and not province_decides(county)
