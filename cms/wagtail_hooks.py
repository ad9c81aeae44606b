"""Editors see their pages, pictures and documents: what the province runs is not in their menu."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms import claims, editing

HIDDEN = frozenset({"settings", "reports", "help"})


@hooks.register("construct_main_menu")
def only_what_is_theirs(request: Any, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name not in HIDDEN]


@hooks.register("register_admin_menu_item")
def where_things_stand() -> MenuItem:
    return MenuItem(_("故事的状态"), reverse("cms:stories"), name="stories", icon_name="tasks", order=150)


@hooks.register("register_admin_menu_item")
def back_to_the_desk() -> MenuItem:
    return MenuItem(_("回工作台"), reverse("catalog:desk"), name="desk", icon_name="arrow-left", order=10000)


@hooks.register("insert_global_admin_css")
def our_colours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("cms/wagtail.css"))


@hooks.register("insert_global_admin_js")
def nothing_written_is_lost() -> SafeString:
    return format_html('<script src="{}"></script>', static("cms/keeping.js"))


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_what_may_not_stand(request: Any, page: Any) -> None:
    """Beside what was just saved, not only when somebody reviews it."""
    claims.tell_the_writer(request, page)


@hooks.register("before_publish_page")
def not_past_the_road(request: Any, page: Any) -> HttpResponse | None:
    if claims.refuse_past_the_road(request, page):
        return redirect("wagtailadmin_pages:edit", page.pk)
    return None


@hooks.register("construct_page_action_menu")
def footer(items: list[Any], request: Any, context: Any) -> None:
    editing.our_footer(items, context)


@hooks.register("before_edit_page")
def remark(request: Any, page: Any) -> None:
    editing.say_what_to_change(request, page)


@hooks.register("after_create_page", order=10)
@hooks.register("after_edit_page", order=10)
def handed_in(request: Any, page: Any) -> HttpResponse | None:
    """After what may not stand was said."""
    return editing.after_handing_in(request, page)
