"""A producer's brands on the county's screens: where each stands, and the button that begins one."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from accounts.doors import county_code_of
from accounts.roles import may
from branding import case_rules
from branding.case_story import line_of
from branding.permissions import WRITE
from branding.selectors import brands_of

register = template.Library()
MOST = 5


@register.inclusion_tag("branding/of_producer.html", takes_context=True)
def brands_of_producer(context: Any, producer: Any, product: Any = None) -> dict[str, Any]:
    """For a saved producer of the county we are in; the product, if any, fills the new case's goods."""
    request = context["request"]
    code = county_code_of(request)
    known = brands_of(code, producer.pk)[:MOST] if producer else []
    seen = [(brand, line_of(brand)) for brand in known if case_rules.can_see(request.user, brand)]
    asked = {"producer": producer.pk if producer else "", "product": product.pk if product else ""}
    query = urlencode({name: value for name, value in asked.items() if value})
    return {
        "request": request,
        "brands": seen,
        "new_url": f"{reverse('brands:new')}?{query}" if query else reverse("brands:new"),
        "may_begin": may(request.user, WRITE, code),
    }
