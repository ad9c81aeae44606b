"""The editor's footer and what it says at the top: our road, in the words of our desk."""

from typing import Any

from django.contrib.messages import SUCCESS, add_message, get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.action_menu import CancelWorkflowMenuItem, RestartWorkflowMenuItem, SubmitForModerationMenuItem
from wagtail.models import WorkflowState

from cms.models import CountyPage


def is_returned(page: Any) -> bool:
    state = page.current_workflow_state if page is not None and page.pk else None
    return state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES


class HandIn(SubmitForModerationMenuItem):  # type: ignore[misc]
    """Wagtail's own button, which names its workflow."""

    def get_context_data(self, parent_context: Any) -> Any:
        context = super().get_context_data(parent_context)
        context["label"] = _("改好了，再交上去") if is_returned(context.get("page")) else _("交上去")
        return context


def our_footer(items: list[Any], context: Any) -> None:
    """What was returned is handed in again; it is neither cancelled nor begun anew."""
    kept = [item for item in items if not _is_beside_the_road(item, context.get("page"))]
    items[:] = [HandIn(order=item.order) if isinstance(item, SubmitForModerationMenuItem) else item for item in kept]
    for item in items:
        if isinstance(item, CancelWorkflowMenuItem):
            item.label = _("先拿回来，不交了")


def _is_beside_the_road(item: Any, page: Any) -> bool:
    if isinstance(item, CancelWorkflowMenuItem):
        return is_returned(page)
    return isinstance(item, RestartWorkflowMenuItem)


def say_what_to_change(request: HttpRequest, page: Any) -> None:
    """At the top of the editor, for whoever opens it: the reviewer's remark."""
    if request.method != "GET" or not isinstance(page, CountyPage) or not is_returned(page):
        return
    turn = page.current_workflow_state.current_task_state
    said = _("%(name)s退回：%(words)s") % {"name": turn.finished_by or "", "words": turn.comment}
    messages.warning(request, said, buttons=[messages.button(reverse("cms:story", args=[page.pk]), _("走过的步"))])


def after_handing_in(request: HttpRequest, page: Any) -> HttpResponse | None:
    """To the desk's page of it, with our sentence; Wagtail's warnings are kept, its praise is not."""
    if "action-submit" not in request.POST or not isinstance(page, CountyPage):
        return None
    for one in [one for one in get_messages(request) if one.level != SUCCESS]:
        add_message(request, one.level, one.message, extra_tags=one.extra_tags or "")
    add_message(request, SUCCESS, _("“%(title)s”交上去了，等着看。") % {"title": page.get_admin_display_title()})
    return redirect("cms:story", page.pk)
