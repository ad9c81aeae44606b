"""Who signs as the brand's owner: somebody the county has written down as of the producer's house."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import roles
from accounts.models import User
from branding import packaging_entries as entries
from branding import packaging_rules as rules
from branding.models import PackageRequest
from branding.packaging_errors import BriefUnfinished, NotYoursToSign, PackageLocked
from branding.packaging_states import PackageState, Side
from branding.services.packaging_desk import done, locked, must_be, note, of_village, tell, tell_village, touch

STILL_OPEN = set(PackageState.values) - {PackageState.SIGNED_OFF, PackageState.DELIVERED}


@transaction.atomic
def name_owner(case: PackageRequest, person: User | None, *, by: Any) -> PackageRequest:
    """Name the one who signs, or another instead, until they have signed.

    Any other producer of the county would get the rights in a design that is not theirs.
    """
    case = locked(case)
    must_be(case, *STILL_OPEN)
    if person is None:
        raise BriefUnfinished(_("先选品牌主是谁。"))
    if rules.signatures(case).filter(side=Side.OWNER).exists():
        raise PackageLocked(_("品牌主已经签了，不能再换人。签错了请退给设计师，三方重签。"))
    must_be_of_the_house(case, person)
    touch(case, owner=person)
    done(entries.NAME_OWNER, case, by=by)
    done(entries.SIGN_OWNER, case, by=by)
    if case.state == PackageState.COMPLIANCE:
        ask_owner(case)
    note("owner", case, by=by, owner=str(person))
    return case


def must_be_of_the_house(case: PackageRequest, person: User) -> None:
    """Asked when somebody is named and again when they sign: the county may have taken the account away."""
    has_role = roles.has_role(person, roles.PRODUCER, case.county_code)
    if not has_role or person.pk not in rules.house_of(case):
        raise NotYoursToSign(
            _("%(person)s的账号没有写在“%(producer)s”名下。请县电商办打开“生产者”里的这一家，核对本人后写上。")
            % {"person": person, "producer": case.producer_name}
        )


def ask_owner(case: PackageRequest, due: Any = None) -> None:
    """To sign, or where nobody is named: to name somebody."""
    if case.owner is None:
        tell_village(entries.NAME_OWNER, case, due=due)
    else:
        # An owner who has left: the village names another.
        tell(entries.SIGN_OWNER, case, **{**of_village(case), "person": case.owner}, due=due)
