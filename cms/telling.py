"""Who hears of a page's steps: the inboxes and the audit trail, whether a step was made on our screens or in Wagtail."""

from datetime import datetime
from typing import Any

from wagtail import signals
from wagtail.models import TaskState, WorkflowState

from accounts.roles import COORDINATOR, COUNTY_EDITOR, COUNTY_MANAGER
from cms.models import CountyPage, ProvinceReview
from cms.models.tasks import came_back
from kernel import audit, clock, deadlines, inbox
from tenants.scope import current_county

REVIEW, MEND = "story.review", "story.mend"


def listen() -> None:
    deadlines.count_items(REVIEW)
    for signal, hear in (
        (signals.task_submitted, on_submitted),
        (signals.task_approved, on_approved),
        (signals.task_rejected, on_rejected),
        (signals.workflow_approved, on_over),
        (signals.workflow_cancelled, on_over),
    ):
        signal.connect(hear, dispatch_uid=f"cms.{hear.__name__}")


def on_submitted(sender: type, instance: TaskState, user: Any, **kwargs: Any) -> None:
    """A step begins: it waits with whoever may pass it."""
    page, county = _page(instance.workflow_state), current_county()
    if page is None or county is None:
        return
    for_province = isinstance(instance.task.specific, ProvinceReview)
    for kind in (REVIEW, MEND):
        inbox.close_item(kind, obj=_name(page), by=user, county=county.code)
    inbox.open_item(
        REVIEW,
        obj=_name(page),
        title=instance.revision.object_str,
        county=county.code,
        role=COORDINATOR if for_province else COUNTY_MANAGER,
        due=_due(),
        url=_address(county, page),
    )
    # Handed in, here or in Wagtail's editor, and not passed on by the county.
    if not for_province or came_back(instance.workflow_state, besides=instance):
        _record("story.hand_in", instance, user)


def on_approved(sender: type, instance: TaskState, user: Any, **kwargs: Any) -> None:
    _record("story.approve", instance, user)


def on_rejected(sender: type, instance: TaskState, user: Any, **kwargs: Any) -> None:
    page, county = _page(instance.workflow_state), current_county()
    if page is None or county is None:
        return
    inbox.close_item(REVIEW, obj=_name(page), by=user, county=county.code)
    inbox.open_item(
        MEND,
        obj=_name(page),
        title=instance.revision.object_str,
        county=county.code,
        role=COUNTY_EDITOR,
        person=instance.workflow_state.requested_by,
        returned_by=user,
        url=_address(county, page),
    )
    _record("story.return", instance, user)


def on_over(sender: type, instance: WorkflowState, user: Any, **kwargs: Any) -> None:
    """Approved to the end, or taken back: nobody has to act any more."""
    page, county = _page(instance), current_county()
    if page is None or county is None:
        return
    for kind in (REVIEW, MEND):
        inbox.close_item(kind, obj=_name(page), by=user, county=county.code)


def _record(action: str, turn: TaskState, by: Any) -> None:
    page, county = _page(turn.workflow_state), current_county()
    if page is None or county is None:
        return
    title = turn.revision.object_str
    audit.record(action, by=by, county=county.code, obj=_name(page), title=title, step=turn.task.name)


def _due() -> datetime:
    """The end of the last working day on which it should have been read."""
    return deadlines.due_of_item(REVIEW, clock.today())


def _page(state: WorkflowState) -> CountyPage | None:
    found = state.content_object
    page = found.specific if found is not None else None
    return page if isinstance(page, CountyPage) else None


def _name(page: Any) -> tuple[str, str]:
    return ("story", str(page.pk))


def _address(county: Any, page: Any) -> str:
    return f"{county.prefix}desk/stories/{page.pk}/"
