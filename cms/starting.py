"""The opening's "pages" step for counties that were opened before a page type or a step was there."""

import logging
from collections.abc import Iterable

from django.db import transaction

from cms.everywhere import counties_where
from cms.opening import make_first_pages
from tenants import migrating
from tenants.models import County
from tenants.scope import county_scope

log = logging.getLogger(__name__)

# Without the province's step a county's pages would go out without the province: that county is behind.
BEHIND = "EXISTS (SELECT 1 FROM {schema}.cms_countyhome) AND NOT EXISTS (SELECT 1 FROM {schema}.cms_provincereview)"


def counties_behind() -> list[County]:
    """Those whose tables are this release's; one that failed to migrate has no such table to ask."""
    return counties_where(BEHIND, without=frozenset(county.code for county in migrating.behind()))


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
