"""A product's packages on the county's screens: what is being made, and the button that asks for one."""

from typing import Any

from django import template

from accounts.doors import county_code_of
from accounts.roles import may
from branding import packaging_rules as rules
from branding import packaging_selectors as selectors
from branding.compliance import Verdict
from branding.packaging_entries import WRITE
from branding.packaging_states import PackageState

register = template.Library()


@register.filter
def asking(findings: list[dict[str, Any]]) -> int:
    """How many of a kept report's findings wait for a person with the paper of the standard in hand."""
    return sum(1 for one in findings if one["verdict"] == Verdict.ASK)


@register.inclusion_tag("packaging/of_product.html", takes_context=True)
def packages_of_product(context: Any, product: Any) -> dict[str, Any]:
    """For a saved product of the county we are in."""
    request = context["request"]
    code = county_code_of(request)
    seen = [
        {"case": case, "line": selectors.plain_line(case), "pack": selectors.pack_in_force(case)}
        for case in selectors.packages_of(code, product.pk).select_related("designer", "chosen", "owner")
        if rules.can_see(request.user, case) and case.state != PackageState.DRAFT
    ]
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "product": product,
        "packages": seen,
        "may_ask": may(request.user, WRITE, code),
    }
