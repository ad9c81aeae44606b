"""What every step of a package case shares: the locked row, its addresses, inbox items and clocks."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.roles import COORDINATOR, PACKAGING_OFFICER, WORK_TEAM
from branding import packaging_entries as entries
from branding.models import PackageRequest
from branding.packaging_errors import PackageLocked, PackageWithdrawn
from kernel import audit, clock, deadlines, inbox, papers
from kernel.models import Paper
from tenants.addressing import county_url, province_url
from tenants.models import County


def locked(case: PackageRequest) -> PackageRequest:
    """The row as it stands, locked; raises PackageWithdrawn for one that was given up."""
    row = PackageRequest.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if row.is_withdrawn:
        raise PackageWithdrawn(_("这件包装需求已经撤回，要做就重新提一件。"))
    return row


def must_be(case: PackageRequest, *states: str) -> None:
    if case.state not in states:
        raise PackageLocked(
            _("现在是“%(state)s”，这一步做不了。请刷新页面看看是不是别人已经处理了。")
            % {"state": case.get_state_display()},
            state=case.state,
        )


def touch(case: PackageRequest, **fields: Any) -> None:
    """Save what changed without changing the state."""
    for name, value in fields.items():
        setattr(case, name, value)
    case.saved_at = clock.now()
    case.save(update_fields=[*fields, "saved_at"])


def village_page(case: PackageRequest) -> str:
    slug = County.objects.filter(code=case.county_code).values_list("slug", flat=True).get()
    return county_url(slug, "packages:case", case.pk)


def desk_page(case: PackageRequest) -> str:
    return province_url("packages:case", case.pk)


def studio_page(case: PackageRequest) -> str:
    return province_url("studio:case", case.pk)


def of_village(case: PackageRequest) -> dict[str, Any]:
    """Whose work it is: the one who asked for the package, and after them the village's team."""
    return {"role": WORK_TEAM, "person": case.created_by, "url": village_page(case)}


def of_designer(case: PackageRequest) -> dict[str, Any]:
    """A designer who has left is the officer's to replace: no other designer may open the case."""
    return {"role": PACKAGING_OFFICER, "person": case.designer, "url": studio_page(case)}


def tell_village(kind: str, case: PackageRequest, **more: Any) -> None:
    tell(kind, case, **of_village(case), **more)


def tell_designer(kind: str, case: PackageRequest, **more: Any) -> None:
    tell(kind, case, **of_designer(case), **more)


def tell_check_again(case: PackageRequest, **more: Any) -> None:
    """The check is the designer's once more, in the time that is left of theirs."""
    tell_designer(entries.CHECK, case, due=designers_due(case), **more)


def designers_due(case: PackageRequest) -> Any:
    """Until when the running clock gives the designer; None where none runs."""
    running = deadlines.of(case.name, case.county_code).filter(code=entries.TO_DESIGN, stopped_at__isnull=True).first()
    return deadlines.last_moment(running.due) if running else None


def tell_officer(kind: str, case: PackageRequest, **more: Any) -> None:
    tell(kind, case, role=PACKAGING_OFFICER, url=desk_page(case), **more)


def tell(kind: str, case: PackageRequest, *, obj: tuple[str, str] | None = None, **more: Any) -> None:
    inbox.open_item(kind, obj=obj or case.name, title=str(case), county=case.county_code, **more)


def done(kind: str, case: PackageRequest, *, by: Any, obj: tuple[str, str] | None = None) -> None:
    inbox.close_item(kind, obj=obj or case.name, by=by, county=case.county_code)


def all_done(case: PackageRequest, *, by: Any) -> None:
    """Nobody has to act on it any more."""
    for kind in entries.KINDS:
        done(kind, case, by=by)
    for offer in case.offers.all():
        done(entries.INVITED, case, by=by, obj=("offer", str(offer.pk)))
    deadlines.stop_all(obj=case.name, by=by, county=case.county_code)


def clock_on(code: str, case: PackageRequest, *, url: str, escalate_to: str = COORDINATOR, **owner: Any) -> Any:
    """Start a clock on the case and say until when, for the inbox item beside it."""
    deadlines.stop(code, obj=case.name, by=None, county=case.county_code)
    deadline = deadlines.start(
        code,
        obj=case.name,
        title=str(case),
        county=case.county_code,
        escalate_to=escalate_to,
        url=url,
        **owner,
    )
    return deadlines.last_moment(deadline.due)


def clock_off(code: str, case: PackageRequest, *, by: Any) -> None:
    deadlines.stop(code, obj=case.name, by=by, county=case.county_code)


def paper_of(case: PackageRequest, paper_id: UUID) -> Paper:
    return papers.of(case.name, case.county_code).get(pk=paper_id)


def note(action: str, case: PackageRequest, *, by: Any, **facts: Any) -> None:
    audit.record(f"packaging.{action}", by=by, county=case.county_code, obj=case.name, title=str(case), **facts)
