"""How a case gets where a test wants it: through the services, with a document at every step."""

from datetime import date, timedelta
from itertools import count

from tests.branding.paper import jpeg, pdf

CREDIT = "93230184MA1B2C3D4"  # and a check sign, which ``credit_code`` works out
_numbers = count(1)


def credit_code(seventeen=CREDIT):
    from branding.case_rules import CREDIT_SIGNS, CREDIT_WEIGHTS

    total = sum(CREDIT_SIGNS.index(sign) * weight for sign, weight in zip(seventeen, CREDIT_WEIGHTS, strict=True))
    return seventeen + CREDIT_SIGNS[(31 - total % 31) % 31]


def draft(county, village, *, by, name="山椴语", classes=(30,), papers=True, **facts):
    from branding.services import cases
    from branding.services.cases import Good

    whole = {
        "candidates": [name],
        "owner_kind": "coop",
        "owner_name": "东山岗养蜂专业合作社",
        "owner_address": "黑龙江省五常市龙凤山镇兴源村",
        "credit_code": credit_code(),
        "contact_name": "赵队员",
        "contact_phone": "13812345678",
        "village_id": village.pk if village else None,
    }
    brand = cases.open_case(county.code, by=by, **{**whole, **facts})
    cases.save_goods(brand, [Good(word="蜂蜜", nice_class=one) for one in classes], by=by)
    if papers:
        cases.add_paper(brand, jpeg(), kind="licence", by=by)
    brand.refresh_from_db()
    return brand


def prepare(brand, *, by):
    from branding.services import cases

    cases.add_paper(brand, jpeg("power.jpg"), kind="power", by=by)
    return cases.prepare_case(brand, by=by)


def enter(brand, code, *, by, dated, **facts):
    """The document with whatever it must carry; returns the case as it stands then."""
    from branding.models import Brand
    from branding.notice_kinds import NOTICE_KINDS
    from branding.services import notices

    kind = NOTICE_KINDS[code]
    told = {"number": f"TMZC2026{next(_numbers):06d}"} if kind.official else {}
    told["upload"] = pdf(f"{code}.pdf")
    told |= {name: carried(brand, name, dated) for name in kind.asks}
    notices.enter(brand, code, by=by, dated=dated, **{**told, **facts})
    return Brand.objects.get(pk=brand.pk)


def carried(brand, name, dated):
    return {
        "online": True,
        "old_case": True,
        "application_no": f"83{next(_numbers):06d}",
        "issue": "1890",
        "registration_no": brand.application_no or f"84{next(_numbers):06d}",
        "registered_on": dated,
        "nice_classes": list(brand.nice_classes),
        "applied_on": dated,
    }[name]


def registered(brand, *, by, filed=date(2025, 1, 6)):
    """From ``prepared`` to a certificate, on believable days."""
    day = timedelta(days=1)
    brand = enter(brand, "filing", by=by, dated=filed)
    brand = enter(brand, "acceptance", by=by, dated=filed + 20 * day)
    brand = enter(brand, "examining", by=by, dated=filed + 40 * day)
    published = (filed + 200 * day).replace(day=13)
    brand = enter(brand, "publication", by=by, dated=published)
    return enter(brand, "certificate", by=by, dated=published + 95 * day)
