"""A new county's first pages, and who of it may touch them."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as lazy
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from accounts.groups import ensure_county_groups
from cms.models import CountyHome
from tenants.models import County
from tenants.opening import opening_step

PAGES = {"manager": ("add", "change", "publish", "lock", "unlock"), "editor": ("add", "change")}
FILES = (
    ("wagtailimages", "add_image"),
    ("wagtailimages", "change_image"),
    ("wagtailimages", "choose_image"),
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "change_document"),
    ("wagtaildocs", "choose_document"),
)


def clear_wagtail_beginnings() -> None:
    """In the template only: no welcome page, and none of the groups that would edit every county."""
    Site.objects.all().delete()
    Page.objects.filter(depth__gt=1).delete()
    WorkflowPage.objects.all().delete()
    Workflow.objects.all().delete()
    GroupApprovalTask.objects.all().delete()
    GroupPagePermission.objects.all().delete()
    GroupCollectionPermission.objects.all().delete()
    Group.objects.filter(name__in=("Editors", "Moderators")).delete()


@opening_step(40, "pages", lazy("首页和分组"))
def make_first_pages(county: County) -> None:
    """Front page, site, rights and the approval of the county; does nothing where they stand."""
    home = CountyHome.objects.first() or _front_page(county)
    _site(home)
    groups = ensure_county_groups(county)
    for short, group in groups.items():
        _grant(group, home, PAGES.get(short, ()))
    _approval(home, groups["manager"])


def _front_page(county: County) -> CountyHome:
    home = CountyHome(title=county.name, slug="home", standfirst=county.saying)
    Page.objects.get(depth=1).add_child(instance=home)
    home.save_revision().publish()
    return home


def _site(home: CountyHome) -> None:
    address = urlsplit(settings.PROVINCE_ORIGIN)
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": address.hostname, "port": port, "root_page": home, "site_name": home.title},
    )


def _grant(group: Group, home: Page, pages: tuple[str, ...]) -> None:
    for codename in pages:
        GroupPagePermission.objects.get_or_create(
            group=group, page=home, permission=_permission("wagtailcore", f"{codename}_page")
        )
    root = Collection.get_first_root_node()
    for app, codename in FILES if pages else ():
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=root, permission=_permission(app, codename)
        )


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def _approval(home: CountyHome, managers: Group) -> None:
    """An editor hands in, the county's manager approves."""
    workflow, is_new = Workflow.objects.get_or_create(name="县里审")
    if not is_new:
        return
    task = GroupApprovalTask.objects.create(name="县电商办审")
    task.groups.add(managers)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=home)
