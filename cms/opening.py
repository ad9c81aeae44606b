"""A new county's first pages, who of it may touch them, and who approves them.

Most of it stands in the template that every county's tables are made from, so it comes with the
tables. What the county itself must say is written here; what is missing is made here, too, so that
the same step brings a county that was opened long ago up to date.
"""

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
from cms.models import CountyHome, ProvinceReview
from cms.opening_samples import start_samples
from kernel import clock
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
UNNAMED = "（未命名的县）"
WORKFLOW, COUNTY_STEP, PROVINCE_STEP = "县里审，托管时再到省里", "县电商办审", "省里审"


def prepare_template() -> None:
    """In the template only: no welcome page, no groups that would edit every county; the first pages."""
    Site.objects.all().delete()
    Page.objects.filter(depth__gt=1).delete()
    WorkflowPage.objects.all().delete()
    Workflow.objects.all().delete()
    GroupApprovalTask.objects.all().delete()
    GroupPagePermission.objects.all().delete()
    GroupCollectionPermission.objects.all().delete()
    Group.objects.filter(name__in=("Editors", "Moderators")).delete()
    home = _home()
    _site(home)
    _road(home)
    start_samples(home)


@opening_step(40, "pages", lazy("首页和分组"))
def make_first_pages(county: County) -> None:
    """Front page, samples, site, rights and the approval of the county; nothing where they stand."""
    home = CountyHome.objects.first() or _home()
    if home.title == UNNAMED:
        _name(home, county)
    _site(home)
    groups = ensure_county_groups(county)
    _grant(groups, home)
    _road(home).groups.add(groups["manager"])
    start_samples(home)


def _home() -> CountyHome:
    home = CountyHome(title=UNNAMED, slug="home")
    Page.objects.get(depth=1).add_child(instance=home)
    return home


def _name(home: CountyHome, county: County) -> None:
    """Written past Wagtail's saving: it would index the same page a second time."""
    now = clock.now()
    home.title = home.draft_title = county.name
    Page.objects.filter(pk=home.pk).update(
        title=county.name, draft_title=county.name, first_published_at=now, last_published_at=now
    )
    CountyHome.objects.filter(pk=home.pk).update(standfirst=county.saying)


def _site(home: CountyHome) -> None:
    address = urlsplit(settings.PROVINCE_ORIGIN)
    port = address.port or (443 if address.scheme == "https" else 80)
    wanted = {"hostname": address.hostname, "port": port, "root_page": home, "site_name": home.title}
    if not Site.objects.filter(is_default_site=True).update(**wanted):
        Site.objects.create(is_default_site=True, **wanted)


def _grant(groups: dict[str, Group], home: Page) -> None:
    """What each group may do to pages and files; rows that stand are left alone."""
    wanted = {(group, codename) for short, group in groups.items() for codename in PAGES.get(short, ())}
    writers = {group for group, _codename in wanted}
    known = _permissions()
    _add_missing(
        GroupPagePermission,
        [
            GroupPagePermission(group=group, page=home, permission=known["wagtailcore", f"{codename}_page"])
            for group, codename in wanted
        ],
    )
    root = Collection.get_first_root_node()
    _add_missing(
        GroupCollectionPermission,
        [
            GroupCollectionPermission(group=group, collection=root, permission=known[name])
            for group in writers
            for name in FILES
        ],
    )


def _add_missing(model: type, rows: list) -> None:
    there = set(model.objects.values_list("group_id", "permission_id"))  # type: ignore[attr-defined]
    lacking = [row for row in rows if (row.group_id, row.permission_id) not in there]
    model.objects.bulk_create(sorted(lacking, key=lambda row: (row.group_id, row.permission_id)))  # type: ignore[attr-defined]


def _permissions() -> dict[tuple[str, str], Permission]:
    apps = ("wagtailcore", "wagtailimages", "wagtaildocs")
    found = Permission.objects.filter(content_type__app_label__in=apps).select_related("content_type")
    return {(one.content_type.app_label, one.codename): one for one in found}


def _road(home: CountyHome) -> GroupApprovalTask:
    """One workflow a county: its office, then the province while it keeps the shop. Returns the office's step."""
    bound = WorkflowPage.objects.filter(page=home).select_related("workflow").first()
    workflow = bound.workflow if bound else Workflow.objects.create(name=WORKFLOW)
    if bound is None:
        WorkflowPage.objects.create(workflow=workflow, page=home)
    elif workflow.name != WORKFLOW:
        Workflow.objects.filter(pk=workflow.pk).update(name=WORKFLOW)
    office = GroupApprovalTask.objects.first() or GroupApprovalTask.objects.create(name=COUNTY_STEP)
    province = ProvinceReview.objects.first() or ProvinceReview.objects.create(name=PROVINCE_STEP)
    steps = set(WorkflowTask.objects.filter(workflow=workflow).values_list("task_id", flat=True))
    for order, task in enumerate((office, province)):
        if task.pk not in steps:
            WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    return office
