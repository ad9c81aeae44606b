"""What the desk shows. Everything is read from public tables."""

from collections import Counter
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import selectors as people
from accounts.roles import COUNTY_MANAGER
from kernel.models import AuditEntry, OutboxRow
from tenants import register
from tenants.models import County
from tenants.selectors import CountyRow, province_rows
from tenants.states import CountyState


def dead_rows() -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(state=OutboxRow.State.DEAD).order_by("-next_at")


def counties(text: str = "", state: str = "", prefecture: str = "", stage: str = "") -> list[CountyRow]:
    """The province's divisions by name, pinyin or initials, by state, prefecture and stage."""
    rows = province_rows()
    if text:
        found = {division.code for division in register.find(text, province_of(rows))}
        rows = [row for row in rows if row.division.code in found]
    if state:
        rows = [row for row in rows if row.state == state]
    if prefecture:
        rows = [row for row in rows if row.division.prefecture_code == prefecture]
    if stage:
        rows = [row for row in rows if row.county and row.county.stage == stage]
    return rows


def lacks(counties: Iterable[County]) -> dict[str, list[str]]:
    """County → what it still has to be given, in words: the same on its page and in the list."""
    shown = {county.code: county for county in counties if county.state != CountyState.ARCHIVED}
    led = {code for role, code in people.held_seats(set(shown)) if role == COUNTY_MANAGER}
    phones = dict(County.objects.filter(code__in=shown).values_list("code", "contact_phone"))
    return {
        code: [
            words
            for words, is_there in (
                (_("客服电话"), county.service_phone),
                (_("联系人"), county.contact_name),
                (_("联系人手机"), phones[code]),
                (_("负责人账号"), code in led),
            )
            if not is_there
        ]
        for code, county in shown.items()
    }


def province_of(rows: list[CountyRow]) -> str:
    return rows[0].division.province_code[:2] if rows else ""


def tally(rows: list[CountyRow]) -> list[tuple[str, int]]:
    """How many rows are in each state, in the order of the states: they add up to all."""
    counted = Counter(row.state for row in rows)
    return [(str(state.label), counted[state]) for state in CountyState if counted[state]]


def prefectures() -> list[tuple[str, str]]:
    return sorted({(row.division.prefecture_code, row.division.prefecture) for row in province_rows()})


# Who came in, who was let in, who saw what: the security log, which the business does not read.
SECURITY_ACTIONS = (
    "audit.",
    "code.",
    "invitation.",
    "keys.",
    "membership.",
    "person.",
    "phone.reveal",
    "second_factor.",
    "session.",
    "sign_",
)


def audit_entries(
    county: str = "", action: str = "", who: str = "", person: int | None = None, *, business: bool, security: bool
) -> QuerySet[AuditEntry]:
    """The newest first; only the half of the trail that the reader may read.

    ``who`` is a part of a name, as it was then or is now; ``person`` is the number of one account, 0 of none.
    """
    entries = AuditEntry.objects.order_by("-pk")
    told = reduce(or_, (Q(action__startswith=start) for start in SECURITY_ACTIONS))
    if not (business and security):
        entries = entries.filter(told) if security else entries.exclude(told) if business else entries.none()
    if county:
        entries = entries.filter(county_code=county)
    if action:
        entries = entries.filter(action__startswith=action)
    if who:
        entries = entries.filter(Q(by_name__icontains=who) | Q(by__name__icontains=who))
    if person is not None:
        entries = entries.filter(by_id=person)
    return entries
