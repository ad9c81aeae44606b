"""Open work that was one person's alone names the role that takes it over; what has lost its person is their role's.

Without a role nobody else could see an item, so that it stayed with whoever had left.
"""

from typing import Any

from django.db import migrations

TEAM, EDITOR, DESIGNERS_OFFICER = "work_team", "county_editor", "packaging_officer"
ROLE_OF = {
    "packaging.mend": TEAM,
    "packaging.look": TEAM,
    "packaging.name_owner": TEAM,
    "packaging.sign_village": TEAM,
    "packaging.sign_owner": TEAM,
    "packaging.accept": TEAM,
    "packaging.photo": TEAM,
    "packaging.sign": TEAM,
    "packaging.invited": DESIGNERS_OFFICER,
    "packaging.design": DESIGNERS_OFFICER,
    "packaging.check": DESIGNERS_OFFICER,
    "packaging.hand_over": DESIGNERS_OFFICER,
    "product.mend": TEAM,
    "endorsement.mend": EDITOR,
    "story.mend": EDITOR,
}
OF_A_CLOCK = ("deadline.soon", "deadline.missed")


def fill(apps: Any, schema_editor: Any) -> None:
    items = apps.get_model("kernel", "InboxItem").objects.filter(done_at__isnull=True, person__isnull=False)
    clocks = apps.get_model("kernel", "Deadline").objects.filter(stopped_at__isnull=True, person__isnull=False)
    for name, role in ROLE_OF.items():
        items.filter(kind=name, role="").update(role=role)
        speaking = [str(pk) for pk in clocks.filter(code=name, role="").values_list("pk", flat=True)]
        items.filter(kind__in=OF_A_CLOCK, object_id__in=speaking, role="").update(role=role)
        clocks.filter(code=name, role="").update(role=role)
    _let_go(apps, items)
    _let_go(apps, clocks)


def _let_go(apps: Any, rows: Any) -> None:
    """Closed accounts, and people without a seat of the county or the province any more."""
    rows.exclude(role="").filter(person__is_active=False).update(person=None)
    seats: dict[int, set[str]] = {}
    current = apps.get_model("accounts", "Membership").objects.filter(revoked_at__isnull=True)
    for person, county in current.exclude(role="shopper").values_list("user_id", "county_code"):
        seats.setdefault(person, set()).add(county)
    gone = [
        pk
        for pk, person, county in rows.exclude(role="").values_list("pk", "person_id", "county_code")
        if not seats.get(person, set()) & {"", county}
    ]
    rows.filter(pk__in=gone).update(person=None)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_public_rows_stay"),
        ("kernel", "0004_failures_and_request_ids"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
