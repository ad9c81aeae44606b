"""What a view looks for first: a page of this county."""

from typing import Any

from django.http import Http404
from wagtail.models import Page

from cms.models import CountyPage


def county_page(pk: int) -> Any:
    """The page as it stands, as its own type; a number of another county finds nothing here."""
    found = Page.objects.filter(pk=pk).first()
    page = found.specific if found else None
    if not isinstance(page, CountyPage):
        raise Http404
    return page
