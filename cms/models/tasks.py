"""The province's step of an approval; the county's is Wagtail's own task of a group."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from cms import rights
from tenants.scope import current_county


def came_back(workflow_state: Any, besides: Any = None) -> bool:
    """Was the step before this one a return? Then the page is handed in again, not passed on."""
    before = workflow_state.task_states.exclude(pk=besides and besides.pk).order_by("-pk").first()
    return before is not None and before.status == TaskState.STATUS_REJECTED


class ProvinceReview(Task):
    """Only while the province keeps the county's shop (托管); later the step is skipped."""

    class Meta:
        verbose_name = _("省里审")

    def start(self, workflow_state: Any, user: Any = None) -> TaskState:
        county = current_county()
        if county is not None and rights.province_decides(county):
            unread = self._step_before(workflow_state)
            return unread.start(workflow_state, user=user) if unread else super().start(workflow_state, user=user)
        first = self._first(workflow_state)
        if first and came_back(workflow_state):  # the province returned it and decides no more: the county reads it
            return first.start(workflow_state, user=user)
        skipped = TaskState(
            workflow_state=workflow_state,
            task=self,
            status=TaskState.STATUS_SKIPPED,
            revision=workflow_state.content_object.get_latest_revision(),
        )
        skipped.save()
        return skipped

    def _step_before(self, workflow_state: Any) -> Any:
        """The county's step, when the county has not read these words: Wagtail resumes a returned page
        at the step that returned it, though it was changed since."""
        latest = workflow_state.content_object.get_latest_revision()
        read = workflow_state.task_states.filter(status=TaskState.STATUS_APPROVED).filter(
            # Wagtail's form saves what the approver typed and approves in one press: they know these words.
            Q(revision=latest) | Q(finished_by=latest.user_id, finished_at__gte=latest.created_at)
        )
        return None if read.exists() else self._first(workflow_state)

    def _first(self, workflow_state: Any) -> Any:
        first = workflow_state.workflow.tasks.exclude(pk=self.pk).first()
        return first.specific if first else None

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """What the county approved is what the province reads: nobody changes it in between."""
        return True

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        if not rights.may_review_for_province(user):
            return []
        return [("reject", _("退回"), True), ("approve", _("通过"), False)]

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> Any:
        if not rights.may_review_for_province(user):
            return TaskState.objects.none()
        return self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)

    @classmethod
    def get_description(cls) -> Any:
        return _("县还在托管的时候，省级协调员看过才发布。")
