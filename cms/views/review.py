"""One page before whoever approves it: as it will look, what changed, which way it went."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe
from wagtail.blocks import StreamValue
from wagtail.models import PageLogEntry

from accounts.doors import SignedInRequest, county_code_of, needs
from accounts.roles import may
from cms import approval, claims, gates
from cms.consent_entries import may_see_pictures
from cms.consent_rules import consents_of, pictures_in_the_way
from cms.rights import SEE, WRITE, may_review
from cms.scheduling import hours_of
from cms.standing import LOOKS, Standing, standing
from cms.views.finding import county_page
from kernel import clock

STEPS = {
    "wagtail.create": _("写了初稿"),
    "wagtail.workflow.start": _("交上来"),
    "wagtail.workflow.resume": _("改好，又交上来"),
    "wagtail.workflow.approve": _("通过"),
    "wagtail.workflow.reject": _("退回"),
    "wagtail.workflow.cancel": _("撤回"),
    "wagtail.publish": _("发布"),
    "wagtail.publish.schedule": _("定了上线时间"),
    "wagtail.publish.scheduled": _("按时上线"),
    "wagtail.schedule.cancel": _("取消了定时"),
    "wagtail.unpublish": _("撤下"),
    "wagtail.unpublish.scheduled": _("到期下线"),
}
TROUBLE = frozenset({"wagtail.workflow.reject", "wagtail.unpublish"})


@never_cache
@require_safe
@needs(SEE)
def page(request: SignedInRequest, pk: int) -> HttpResponse:
    return shown(request, county_page(pk))


@never_cache
@xframe_options_sameorigin
@require_safe
@needs(SEE)
def preview(request: SignedInRequest, pk: int) -> Any:
    """The latest words as the page will look; never kept, and shown only to who may see the desk."""
    draft = county_page(pk).get_latest_revision_as_object()
    return draft.make_preview_request(request, draft.default_preview_mode)


def shown(request: SignedInRequest, found: Any, *, note_error: str = "", status: int = 200) -> HttpResponse:
    """The page of a review; what was typed into it stays."""
    code = county_code_of(request)
    state = standing(found)
    draft = found.get_latest_revision_as_object()
    reviewer = may_review(request.user)
    context = {
        "story": found,
        "draft": draft,
        "kind": found.page_type_display_name,
        "state": state,
        "look": LOOKS[state],
        "seen": found.latest_revision_id or "",
        "may_pass": approval.may_pass(found, request.user),
        "may_write": may(request.user, WRITE, code),
        "may_submit": may(request.user, WRITE, code) and _may_be_handed_in(found, state),
        "may_withdraw": found.live and reviewer,
        "missing": gates.missing(draft),
        "pictures_missing": pictures_in_the_way(draft) if may_see_pictures(request.user, code) else [],
        "claims": claims.found(draft),
        "consents": consents_of(draft),
        "today": clock.today(),
        "changes": changes(request, found, draft) if found.live and found.has_unpublished_changes else [],
        "hours": hours_of(found),
        "returned": approval.returned(found),
        "steps": steps(found),
        "note": request.POST.get("note", ""),
        "note_error": note_error,
    }
    return render(request, "cms/desk/story.html", context, status=status)


def changes(request: SignedInRequest, live: Any, draft: Any) -> list[dict[str, Any]]:
    """What differs between the page on the net and the one that waits, field by field, as Wagtail compares."""
    panel = type(live).get_edit_handler().get_bound_panel(instance=live, request=request, form=None)
    compared = [compare(live, draft) for compare in panel.get_comparison()]
    return [{"label": one.field_label(), "diff": one.htmldiff()} for one in compared if _differs(one)]


def _differs(compared: Any) -> bool:
    """Two streams read apart are never equal where they hold lists: what would be stored is compared."""
    if not compared.has_changed():
        return False
    sides: tuple[Any, Any] = (getattr(compared, "val_a", None), getattr(compared, "val_b", None))
    if not all(isinstance(side, StreamValue) for side in sides):
        return True
    stored = [side.stream_block.get_prep_value(side) for side in sides]
    return bool(stored[0] != stored[1])


def steps(found: Any) -> list[dict[str, Any]]:
    """Latest on top; every saving in between is in Wagtail's own history."""
    entries = PageLogEntry.objects.filter(page_id=found.pk, action__in=STEPS).select_related("user")
    return [
        {
            "at": entry.timestamp,
            "name": gettext(STEPS[entry.action]),
            "task": ((entry.data or {}).get("workflow") or {}).get("task", {}).get("title", ""),
            "by": str(entry.user or ""),
            "comment": (entry.data or {}).get("comment", ""),
            "trouble": entry.action in TROUBLE,
        }
        for entry in entries.order_by("-timestamp", "-pk")[:40]
    ]


def _may_be_handed_in(found: Any, state: Standing) -> bool:
    if state in {Standing.COUNTY, Standing.PROVINCE}:
        return False
    return not found.live or found.has_unpublished_changes
