"""What a case puts on whose list. Titles are the case's own name; the kind says what to do."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.roles import BRAND_OFFICER, WORK_TEAM
from branding.case_rules import obj_of, wants_power
from branding.models import Brand
from branding.states import BrandState
from kernel import deadlines, inbox, outbox
from tenants.addressing import county_url, province_url
from tenants.models import County

LOOK, MEND, FILE, ANSWER, SEND = "brand.check", "brand.mend", "brand.file", "brand.answer", "brand.send"
RENEW, SIGN = "brand.renew", "brand.sign"
CHANGED = "brand.changed"
VILLAGE_HAS_IT = "brand.taken_back"
KINDS = {
    LOOK: _("品牌待审"),
    MEND: _("品牌退回补正"),
    FILE: _("品牌待递交"),
    ANSWER: _("品牌要答复"),
    SEND: _("品牌答复待递交"),
    RENEW: _("商标可以续展了"),
    SIGN: _("品牌委托书要签字传上来"),
}


def add_kinds() -> None:
    for kind, name in KINDS.items():
        inbox.add_kind(kind, name)
    inbox.add_outcome(VILLAGE_HAS_IT, _("村里拿回去改了"))


def handed_in(brand: Brand, *, by: Any, due: Any) -> None:
    _close(MEND, brand, by)
    _for_officer(LOOK, brand, due=due)
    if wants_power(brand):
        _for_village(SIGN, brand, below="#power")
    announce_mark(brand)


def power_came(brand: Brand, *, by: Any) -> None:
    _close(SIGN, brand, by)


def returned(brand: Brand, *, by: Any) -> None:
    _close(LOOK, brand, by)
    _close(SIGN, brand, by)
    _for_village(MEND, brand, returned_by=by)


def taken_back(brand: Brand, *, by: Any) -> None:
    """The village has it again; what was returned before is on its list again."""
    _close(LOOK, brand, by, VILLAGE_HAS_IT)
    _close(SIGN, brand, by)
    if brand.returned_at:
        _for_village(MEND, brand)


def prepared(brand: Brand, *, by: Any, due: Any) -> None:
    _close(LOOK, brand, by)
    _for_officer(FILE, brand, due=due)


def filed(brand: Brand, *, by: Any) -> None:
    _close(FILE, brand, by)


def asked(brand: Brand, *, by: Any, due: Any) -> None:
    """An official question has come: the village answers it.

    What an earlier question left on the lists goes first: an open item keeps its day, and this one has another.
    """
    nothing_asked(brand, by=by)
    _for_village(ANSWER, brand, due=due)


def answered(brand: Brand, *, by: Any, due: Any) -> None:
    _close(ANSWER, brand, by)
    _for_officer(SEND, brand, due=due)


def answer_returned(brand: Brand, *, by: Any, due: Any) -> None:
    _close(SEND, brand, by)
    _for_village(ANSWER, brand, due=due, returned_by=by)


def nothing_asked(brand: Brand, *, by: Any) -> None:
    """No question waits: it was answered, or the office went on without the answer."""
    _close(ANSWER, brand, by)
    _close(SEND, brand, by)


def renewal_begins(brand: Brand) -> None:
    """The last twelve months have begun."""
    _for_officer(RENEW, brand, due=deadlines.last_moment(brand.valid_until) if brand.valid_until else None)


def renewed(brand: Brand, *, by: Any) -> None:
    _close(RENEW, brand, by)


def set_right(brand: Brand, *, by: Any, asked: bool, answered: bool, due: Any) -> None:
    """A document was taken back: what is to be done is again what it was before it."""
    for kind in (FILE, ANSWER, SEND, RENEW):
        _close(kind, brand, by)
    if brand.state == BrandState.PREPARED:
        _for_officer(FILE, brand, due=due)
    elif answered:
        _for_officer(SEND, brand, due=due)
    elif asked:
        _for_village(ANSWER, brand, due=due)
    announce_mark(brand)


def closed(brand: Brand, *, by: Any) -> None:
    """Nobody has to do anything about it any more."""
    for kind in KINDS:
        _close(kind, brand, by)
    announce_mark(brand)


def announce_mark(brand: Brand) -> None:
    """What stands behind the name may be another now: the shop windows and typing help hear of it."""
    outbox.announce(CHANGED, {"producer_id": brand.producer_id}, county=brand.county_code)


def desk_url(brand: Brand) -> str:
    return province_url("brands:case", brand.pk)


def village_url(brand: Brand) -> str:
    slug = County.objects.filter(code=brand.county_code).values_list("slug", flat=True).first()
    return county_url(slug, "brands:case", brand.pk) if slug else ""


def _for_officer(kind: str, brand: Brand, *, due: Any = None) -> None:
    inbox.open_item(
        kind,
        obj=obj_of(brand),
        title=str(brand),
        county=brand.county_code,
        role=BRAND_OFFICER,
        due=due,
        url=desk_url(brand),
    )


def _for_village(kind: str, brand: Brand, *, due: Any = None, returned_by: Any = None, below: str = "") -> None:
    inbox.open_item(
        kind,
        obj=obj_of(brand),
        title=str(brand),
        county=brand.county_code,
        role=WORK_TEAM,
        person=brand.opened_by,
        due=due,
        url=village_url(brand) + below,
        returned_by=returned_by,
    )


def _close(kind: str, brand: Brand, by: Any, outcome: str = "") -> None:
    inbox.close_item(kind, obj=obj_of(brand), by=by, county=brand.county_code, outcome=outcome)
