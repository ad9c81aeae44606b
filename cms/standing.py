"""Where a page stands, in words, for the lists of the desk."""

from typing import Any

from django.db.models import F, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, WorkflowState

from cms.models import CountyHome, PersonPage, ProvinceReview, StoryPage, VillagePage


class Standing(TextChoices):
    DRAFT = "draft", _("草稿")
    COUNTY = "county", _("县里在审")
    PROVINCE = "province", _("省里在审")
    RETURNED = "returned", _("退回")
    SCHEDULED = "scheduled", _("定了时间")
    LIVE = "live", _("在线")
    CHANGED = "changed", _("在线，有没交的改动")
    GONE = "gone", _("不在线了")


LOOKS = {
    Standing.COUNTY: "state-due",
    Standing.PROVINCE: "state-going",
    Standing.RETURNED: "state-bad",
    Standing.SCHEDULED: "state-going",
    Standing.LIVE: "state-good",
    Standing.CHANGED: "state-good",
    Standing.DRAFT: "state-plan",
    Standing.GONE: "",
}


def pages() -> QuerySet[Any]:
    """All of the county's own pages, the last changed first, with what ``standing`` asks for."""
    ours = Page.objects.type(CountyHome, StoryPage, VillagePage, PersonPage)
    return (
        ours.annotate_approved_schedule()
        .prefetch_workflow_states()
        .select_related("owner")
        .order_by(F("latest_revision_created_at").desc(nulls_last=True), "-pk")
    )


def province_tasks() -> frozenset[int]:
    return frozenset(ProvinceReview.objects.values_list("pk", flat=True))


def standing(page: Any, of_province: frozenset[int] | None = None) -> Standing:
    state = page.current_workflow_state
    if state is not None:
        if state.status == WorkflowState.STATUS_NEEDS_CHANGES:
            return Standing.RETURNED
        tasks = province_tasks() if of_province is None else of_province
        turn = state.current_task_state
        return Standing.PROVINCE if turn and turn.task_id in tasks else Standing.COUNTY
    if page.approved_schedule:
        return Standing.SCHEDULED
    if page.live:
        return Standing.CHANGED if page.has_unpublished_changes else Standing.LIVE
    return Standing.GONE if page.first_published_at else Standing.DRAFT
