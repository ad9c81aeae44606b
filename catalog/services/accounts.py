"""Whose account belongs to which producer: the county's manager writes it, and takes it away."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import roles
from catalog.errors import NoProducerAccount
from catalog.models import Producer, ProducerAccount
from catalog.services.held import county_here
from kernel import audit, clock


@transaction.atomic
def tie_account(producer: Producer, person: Any, *, by: Any) -> ProducerAccount:
    """Say that ``person`` is of this producer's house; twice is once. Raises NoProducerAccount."""
    county = county_here()
    if person is None or not person.is_active or not roles.has_role(person, roles.PRODUCER, county.code):
        raise NoProducerAccount(_("选一个本县的“生产者”账号。还没有的，先到“人员”里邀请。"))
    tie, is_new = ProducerAccount.objects.get_or_create(
        producer=producer, user=person, defaults={"tied_by": by, "at": clock.now()}
    )
    if is_new:
        _note("account", producer, person, by=by)
    return tie


@transaction.atomic
def untie_account(producer: Producer, person_id: int, *, by: Any) -> None:
    """Take it away; what the person has signed stays signed."""
    tie = ProducerAccount.objects.filter(producer=producer, user_id=person_id).select_for_update(of=("self",)).first()
    if tie is not None:
        person = tie.user
        tie.delete()
        _note("account_off", producer, person, by=by)


def _note(action: str, producer: Producer, person: Any, *, by: Any) -> None:
    name = ("producer", str(producer.pk))
    county = county_here().code
    audit.record(f"producer.{action}", by=by, county=county, obj=name, title=producer.name, person=str(person))
