"""The editor's footer and what it says at the top: our road, in the words of our desk."""

from typing import Any

from django.contrib.messages import SUCCESS, add_message, get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from wagtail.admin import messages
from wagtail.admin.action_menu import CancelWorkflowMenuItem, RestartWorkflowMenuItem, SubmitForModerationMenuItem

from cms import approval
from cms.models import CountyPage


class HandIn(SubmitForModerationMenuItem):  # type: ignore[misc]
    """Wagtail's own button, which names its workflow."""

    def get_context_data(self, parent_context: Any) -> Any:
        context = super().get_context_data(parent_context)
        context["label"] = _("改好了，再交上去") if _is_returned(context.get("page")) else _("交上去")
        return context


class TakeBack(CancelWorkflowMenuItem):  # type: ignore[misc]
    label = lazy("先拿回来，不交了")


OURS: dict[type, Any] = {SubmitForModerationMenuItem: HandIn, CancelWorkflowMenuItem: TakeBack}


def our_footer(items: list[Any], context: Any) -> None:
    """What was returned is handed in again; it is neither cancelled nor begun anew. Wagtail keeps its items for
    the whole process: they are replaced, not changed."""
    beside: tuple[type, ...] = (RestartWorkflowMenuItem,)
    if _is_returned(context.get("page")):
        beside += (CancelWorkflowMenuItem,)
    kept = [item for item in items if not isinstance(item, beside)]
    items[:] = [OURS[type(item)](order=item.order) if type(item) in OURS else item for item in kept]


def _is_returned(page: Any) -> bool:
    return page is not None and approval.returned(page) is not None


def say_what_to_change(request: HttpRequest, page: Any) -> None:
    """At the top of the editor, for whoever opens it: the reviewer's remark."""
    turn = approval.returned(page) if request.method == "GET" and isinstance(page, CountyPage) else None
    if turn is None:
        return
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
