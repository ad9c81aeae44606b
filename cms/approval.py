"""The road of a page: the editor hands in, the county approves, and while it is 托管 the province too.

The steps are Wagtail's own workflow, so that its editor and our screens show the same; these
services are our door to it, with the row locked and the right asked again.
"""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import GroupApprovalTask, Page, TaskState, WorkflowState

from cms import gates, rights
from cms.errors import ChangedMeanwhile, NothingToHandIn, NotShown, NotYourTurn
from cms.models import CountyPage, ProvinceReview
from kernel import audit
from kernel.errors import CountyGone, NoteMissing
from tenants.models import County
from tenants.scope import current_county

LONGEST_NOTE = 500


@transaction.atomic
def hand_in(page: CountyPage, *, by: Any) -> None:
    """Send the page's latest words to the county; what was returned takes its road up again.

    Wagtail resumes at the step that returned it; ``ProvinceReview`` lets the county read changed words first.
    """
    page = _locked(page)
    state = page.current_workflow_state
    if state and state.status == WorkflowState.STATUS_IN_PROGRESS:
        raise NothingToHandIn(_("已经交上去了，正等着看。"))
    if page.live and not page.has_unpublished_changes:
        raise NothingToHandIn(_("和网上的一样，没有要看的改动。"))
    _latest(page)
    if state is None:
        page.get_workflow().start(page, by)
        return
    state.requested_by = by  # who hears of the next remark
    state.save(update_fields=["requested_by"])
    state.resume(user=by)


@transaction.atomic
def approve(page: CountyPage, *, by: Any, seen: int | None = None, note: str = "") -> None:
    """Pass the step this person may pass; the last one publishes, or waits for its hour.

    ``seen`` is the revision that was read: ChangedMeanwhile when it is no longer the one that waits.
    """
    turn = _turn(_locked(page), by)
    if seen is not None and turn.revision_id != seen:
        raise ChangedMeanwhile(_("看的这会儿，它又改过了。再看一遍，再决定。"))
    gates.must_pass(turn.revision.as_object())
    turn.task.specific.on_action(turn, by, "approve", comment=note.strip()[:LONGEST_NOTE])


@transaction.atomic
def send_back(page: CountyPage, *, by: Any, note: str) -> None:
    """Return to who handed it in, with what to change."""
    if not note.strip():
        raise NoteMissing(_("写一句要改什么，再退回。"))
    turn = _turn(_locked(page), by)
    turn.task.specific.on_action(turn, by, "reject", comment=note.strip()[:LONGEST_NOTE])


@transaction.atomic
def take_down(page: CountyPage, *, by: Any, note: str) -> None:
    """Off the pages and out of the search at once; the words stay as a draft."""
    if not note.strip():
        raise NoteMissing(_("写一句为什么撤下。"))
    if not rights.may_review(by):
        raise NotYourTurn(_("撤下要县电商办或省里来做。"))
    page = _locked(page)
    if not page.live:
        raise NotShown(_("这一页现在不在网上。"))
    UnpublishPageAction(page, user=by).execute(skip_permission_checks=True)  # the right was asked above
    audit.record(
        "story.take_down",
        by=by,
        county=_county().code,
        obj=name_of(page),
        title=page.title,
        note=note.strip()[:LONGEST_NOTE],
    )


def returned(page: Any) -> TaskState | None:
    """The step that sent the page back, with what to change; None while it is not returned."""
    state = page.current_workflow_state if page.pk else None
    return state.current_task_state if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES else None


def turn_of(page: Any) -> TaskState | None:
    """The step the page stands on now."""
    return page.current_workflow_task_state


def may_pass(page: Any, user: Any) -> bool:
    """May this person approve or return the step the page stands on?"""
    turn = turn_of(page)
    return turn is not None and _may_act(turn, page, user)


def waiting_for(user: Any) -> QuerySet[TaskState]:
    """The steps in this county that wait for this person, oldest first."""
    tasks: list[int] = []
    if rights.may_review_for_county(user):
        tasks += GroupApprovalTask.objects.values_list("pk", flat=True)
    if rights.may_review_for_province(user):
        tasks += ProvinceReview.objects.values_list("pk", flat=True)
    return TaskState.objects.filter(
        task_id__in=tasks,
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
    ).order_by("started_at", "pk")


def waiting_pages(user: Any) -> frozenset[str]:
    """The numbers of the pages that wait for this person."""
    return frozenset(waiting_for(user).values_list("workflow_state__object_id", flat=True))


def name_of(page: Any) -> tuple[str, str]:
    return ("story", str(page.pk))


def _may_act(turn: TaskState, page: Any, user: Any) -> bool:
    """Wagtail's groups and our roles must both say yes."""
    task = turn.task.specific
    ours = (
        rights.may_review_for_province(user) if isinstance(task, ProvinceReview) else rights.may_review_for_county(user)
    )
    return ours and any(action[0] == "approve" for action in task.get_actions(page, user))


def _turn(page: Any, by: Any) -> TaskState:
    turn = turn_of(page)
    if turn is None:
        raise NotYourTurn(_("这一页没有在等人看，刷新一下，也许别人已经处理了。"))
    if not _may_act(turn, page, by):
        raise NotYourTurn(_("这一步不归您看。"))
    return turn


def _locked(page: Any) -> Any:
    """The page as it stands, its row held: of two who press at once the second finds another step."""
    Page.objects.select_for_update(of=("self",)).get(pk=page.pk)
    return type(page).objects.get(pk=page.pk)


def _latest(page: Any) -> Any:
    return page.get_latest_revision() or page.save_revision(changed=False)


def _county() -> County:
    county = current_county()
    if county is None:
        raise CountyGone("pages are only touched inside a county")
    return county
