"""What a coordinator does to a county that exists."""

from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from kernel import audit
from kernel.errors import NoteMissing
from tenants import opening
from tenants.lengths import SAID, must_be_dialled, must_fit
from tenants.models import County, Domain, Township, Village
from tenants.states import CountyState

# Announced in the same transaction, with ``county`` and ``by``: search takes listings down or back.
county_suspended = Signal()
county_resumed = Signal()
county_archived = Signal()


@transaction.atomic
def suspend_county(county: County, *, by: Any, notice: str) -> County:
    """Close the county's pages with a notice; its data stay and its office still works. Raises TooLong."""
    if not notice.strip():
        raise NoteMissing(_("请写一句公告，告诉来的人为什么暂停、什么时候回来。"))
    must_fit(County, "notice", notice.strip(), _("公告"))
    county.move(CountyState.SUSPENDED, by=by, note=notice, notice=notice.strip())
    audit.record("county.suspend", by=by, county=county.code, title=county.name)
    county_suspended.send(sender=County, county=county, by=by)
    return county


@transaction.atomic
def resume_county(county: County, *, by: Any) -> County:
    county.move(CountyState.OPEN, by=by, notice="")
    audit.record("county.resume", by=by, county=county.code, title=county.name)
    county_resumed.send(sender=County, county=county, by=by)
    return county


@transaction.atomic
def archive_county(county: County, *, by: Any, note: str) -> County:
    """The end: nothing of the county is found or served; its schema is kept."""
    if not note.strip():
        raise NoteMissing(_("归档要写明原因。"))
    county.move(CountyState.ARCHIVED, by=by, note=note)
    audit.record("county.archive", by=by, county=county.code, title=county.name)
    county_archived.send(sender=County, county=county, by=by)
    return county


@transaction.atomic
def change_county(county: County, *, by: Any, **facts: str) -> County:
    """Contact, service phone, stage, theme, saying; the trail names the fields, not what they say.

    Raises TooLong, NotDialled.
    """
    for name, label in SAID.items():
        must_fit(County, name, facts.get(name, ""), str(label))
    must_be_dialled(facts.get("service_phone", ""))
    for name, value in facts.items():
        setattr(county, name, value)
    county.save(update_fields=list(facts))
    if county.service_phone:
        opening.tell_phone_came(county)
    audit.record("county.change", by=by, county=county.code, title=county.name, fields=sorted(facts))
    return county


@transaction.atomic
def add_domain(county: County, host: str, *, by: Any) -> Domain:
    domain = Domain.objects.create(domain=host.lower().rstrip("."), tenant=county, is_primary=False)
    audit.record("county.domain", by=by, county=county.code, title=county.name, host=domain.domain)
    return domain


@transaction.atomic
def add_village(county: County, township_name: str, village_name: str) -> Village:
    """The village, made with its township where they are new."""
    township, _new = Township.objects.get_or_create(county_code=county.code, name=township_name)
    village, _new = Village.objects.get_or_create(county_code=county.code, township=township, name=village_name)
    return village
