"""What the desk shows. Everything is read from public tables."""

from collections import Counter

from django.db.models import QuerySet

from kernel.models import AuditEntry, OutboxRow
from tenants import register
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


def province_of(rows: list[CountyRow]) -> str:
    return rows[0].division.province_code[:2] if rows else ""


def tally(rows: list[CountyRow]) -> list[tuple[str, int]]:
    """How many rows are in each state, in the order of the states: they add up to all."""
    counted = Counter(row.state for row in rows)
    return [(str(state.label), counted[state]) for state in CountyState if counted[state]]


def prefectures() -> list[tuple[str, str]]:
    return sorted({(row.division.prefecture_code, row.division.prefecture) for row in province_rows()})


def audit_entries(county: str = "", action: str = "") -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.order_by("-pk")
    if county:
        entries = entries.filter(county_code=county)
    if action:
        entries = entries.filter(action__startswith=action)
    return entries
