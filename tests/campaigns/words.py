"""Endorsements made through the services, as a county makes them."""

from datetime import date

from tests.catalog import goods

FIRST_DAY, LAST_DAY = date(2026, 11, 1), date(2027, 6, 30)
TERM = (date(2025, 6, 1), date(2027, 6, 30))


def person(village, *, name="赵明远", term=TERM):
    from campaigns.services import Person

    return Person(name=name, title="驻村第一书记", village_id=village.pk, term_from=term[0], term_until=term[1])


def word(*product_ids, starts_on=FIRST_DAY, ends_on=LAST_DAY, unpaid=True, statement="我家吃的就是这一袋。"):
    from campaigns.services import Word

    return Word(statement=statement, starts_on=starts_on, ends_on=ends_on, product_ids=product_ids, unpaid=unpaid)


def letter(endorser, *, by, name="任职文件.jpg"):
    """A letter that is known to be sound: what the check does to an upload is tested elsewhere."""
    from campaigns.rules import LETTER
    from kernel import papers

    return papers.keep_bytes(
        goods.image(size=(60, 40)),
        name,
        kind=LETTER,
        obj=("endorser", str(endorser.pk)),
        county=endorser.county_code,
        by=by,
        facts={"content_type": "image/jpeg"},
    )


def proposed(county, village, product, *, by, **more):
    """A draft with everything it needs."""
    from campaigns import services

    who = more.pop("who", None) or person(village)
    endorsement = services.propose_endorsement(county, who, word(product.pk, **more), by=by)
    letter(endorsement.endorser, by=by)
    return endorsement


def submitted(county, village, product, *, by, **more):
    from campaigns import services

    return services.submit_endorsement(proposed(county, village, product, by=by, **more), by=by)


def standing(county, village, product, *, by, approver=None, **more):
    from campaigns import services

    return services.approve_endorsement(submitted(county, village, product, by=by, **more), by=approver or by)


def facts(endorsement):
    """Everything an act could change, to show that a refused one changed nothing."""
    from campaigns.models import Endorsement, Endorser
    from kernel.models import AuditEntry, InboxItem, OutboxRow, Paper

    row = Endorsement.objects.get(pk=endorsement.pk)
    return (
        {
            name: getattr(row, name)
            for name in (
                "state",
                "statement",
                "starts_on",
                "ends_on",
                "remarks",
                "submitted_at",
                "ended_why",
                "saved_at",
            )
        },
        list(row.products.order_by("pk").values_list("product_id", "snapshot")),
        list(Endorser.objects.order_by("pk").values()),
        list(row.history_moves.order_by("pk").values_list("to_state", "by_name")),
        [kind.objects.count() for kind in (Endorsement, InboxItem, AuditEntry, OutboxRow, Paper)],
    )
