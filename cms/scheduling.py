"""定时: what was approved for an hour goes live then, what has an end goes off then. Beat asks."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Page, Revision

from cms import gates
from cms.everywhere import counties_where
from kernel import clock
from tenants.scope import county_scope

log = logging.getLogger(__name__)

DUE = """
   EXISTS (SELECT 1 FROM {{schema}}.wagtailcore_revision WHERE approved_go_live_at <= '{now}')
OR EXISTS (SELECT 1 FROM {{schema}}.wagtailcore_page WHERE live AND expire_at <= '{now}')
"""


def publish_due() -> list[str]:
    """Every county that has something due, each in a scope and transaction of its own; returns their codes."""
    done = []
    for county in counties_where(DUE.format(now=clock.now().isoformat())):
        try:
            with transaction.atomic(), county_scope(county):
                _end_and_begin()
        except Exception:
            log.exception("what was due in %s was not published", county.code)
        else:
            done.append(county.code)
    return done


def _end_and_begin() -> None:
    """As Wagtail's publish_scheduled, by our clock."""
    now = clock.now()
    for page in Page.objects.filter(live=True, expire_at__lte=now).order_by("expire_at").specific():
        page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    due = Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at")
    for revision in due:
        _begin(revision)


def _begin(revision: Revision) -> None:
    """A page that lacks something now (a consent withdrawn meanwhile) stays unpublished and is named in the log."""
    lacks = gates.missing(revision.as_object())
    if lacks:
        log.warning("page %s was due and is not shown: %s", revision.object_id, "".join(lacks))
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
        return
    if settings.CLOCK_MAY_SHIFT:  # Wagtail looks at the real time; by ours the hour has come
        revision.content["go_live_at"] = None
        revision.save()
    revision.publish(log_action="wagtail.publish.scheduled", skip_permission_checks=True)


def hours_of(page: Any) -> dict[str, Any]:
    """When the page that is under review, or the live one, begins and ends."""
    revision = page.get_latest_revision()
    said = revision.as_object() if revision else page
    return {"go_live_at": said.go_live_at, "expire_at": said.expire_at}
