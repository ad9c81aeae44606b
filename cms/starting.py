"""What counties lack that were opened, or wrote stories, before a page type, a step or a column was there."""

import logging
from collections.abc import Iterable

from django.db import transaction

from cms import cards
from cms.everywhere import counties_where
from cms.models import StoryPage
from cms.opening import make_first_pages
from search import selectors as window
from tenants import migrating
from tenants.models import County
from tenants.scope import SERVED, county_scope

log = logging.getLogger(__name__)

# Without the province's step a county's pages would go out without the province: that county is behind.
BEHIND = "EXISTS (SELECT 1 FROM {schema}.cms_countyhome) AND NOT EXISTS (SELECT 1 FROM {schema}.cms_provincereview)"


def counties_behind() -> list[County]:
    """Those whose tables are this release's; one that failed to migrate has no such table to ask."""
    return counties_where(BEHIND, without=frozenset(county.code for county in migrating.behind()))


def fill_in_cards() -> list[str]:
    """Stories whose cards an older release wrote without their text are shown anew; the counties where that was so."""
    bare = window.cards_without_text()
    behind = {county.code for county in migrating.behind()}
    found = County.objects.filter(code__in=bare.keys() - behind, state__in=SERVED).order_by("code")
    for county in found:
        with transaction.atomic(), county_scope(county):
            for page in StoryPage.objects.live().filter(pk__in=bare[county.code]).order_by("pk"):
                cards.show(page)
    return [county.code for county in found]


def start_pages(counties: Iterable[County] | None = None) -> tuple[list[str], dict[str, str]]:
    """Each county in one transaction of its own; one that fails is named and the others go on."""
    done, failed = [], {}
    for county in counties_behind() if counties is None else counties:
        try:
            with transaction.atomic(), county_scope(county):
                make_first_pages(county)
        except Exception as trouble:
            log.exception("pages of %s were not started", county.code)
            failed[county.code] = str(trouble).strip()
        else:
            done.append(county.code)
    return done, failed
