"""Brand cases of the demo, each entered document by document through the ordinary services.

What the documents say is invented, and printed across every page.
"""

import json
import tomllib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import typst
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import roles
from accounts.models import Membership, User
from branding import case_rules
from branding.goods import good_of
from branding.models import Brand, SignKind
from branding.notice_kinds import NOTICE_KINDS
from branding.services import cases, notices
from catalog.models import Producer
from kernel import clock
from tenants.models import County
from tenants.scope import county_scope

FOLDER = Path(__file__).with_name("data")
FONTS = Path(noto_cjk_sans_otc.__file__).parent
SOON = timedelta(days=6)  # from the draft to the filing
GAZETTE = (6, 13, 20, 27)


def bring_in_the_brands(codes: set[str]) -> int:
    """The cases of open counties that are not there yet; returns how many came."""
    officer = _holder(roles.BRAND_OFFICER)
    came = 0
    for place, told in enumerate(_cases()):
        team = _holder(roles.WORK_TEAM, told["county"])
        known = Brand.objects.filter(county_code=told["county"], name=told["name"]).exists()
        if told["county"] in codes and officer and team and not known:
            county = County.objects.get(code=told["county"])
            with transaction.atomic():
                came += _bring_in(county, told, team, officer, place)
    return came


def _cases() -> list[dict[str, Any]]:
    return list(tomllib.loads((FOLDER / "brands.toml").read_text(encoding="utf-8"))["cases"])


def _holder(role: str, county_code: str = "") -> User | None:
    seats = Membership.objects.current().filter(role=role, county_code=county_code, user__is_demo=True)
    first = seats.select_related("user").order_by("pk").first()
    return first.user if first else None


def _bring_in(county: County, told: dict[str, Any], team: User, officer: User, place: int) -> bool:
    with county_scope(county):
        producer = Producer.objects.filter(name=told["producer"]).first()
    if producer is None:
        return False
    brand = _draft(county, told, producer.pk, team, place)
    if told.get("draft"):
        return True
    brand = cases.submit_case(brand, by=team)
    if "returned" in told:
        cases.return_case(brand, by=officer, remarks={"papers": told["returned"]})
        return True
    if told["papers"]:
        cases.add_paper(brand, _paper(_("商标代理委托书"), brand), kind=case_rules.POWER, by=officer)
        brand = cases.prepare_case(brand, by=officer)
        _date_back(brand, _day(told["papers"][0]["ago"]) - SOON)
        for paper in told["papers"]:
            _enter(brand, paper, officer)
    return True


def _draft(county: County, told: dict[str, Any], producer_id: int, team: User, place: int) -> Brand:
    brand = cases.open_case(county.code, by=team, producer_id=producer_id, candidates=[told["name"]])
    if told.get("draft"):
        return brand
    brand = cases.save_case(
        brand,
        by=team,
        sign_kind=SignKind.WORD,
        meaning=told["meaning"],
        owner_address=told["address"],
        credit_code=_credit_code(county.code, place),
        contact_name=team.name,
        contact_phone=team.phone,
    )
    cases.save_goods(brand, [_good(word, number) for word, number in told["goods"]], by=team)
    cases.add_paper(brand, _paper(_("营业执照"), brand), kind=case_rules.LICENCE, by=team)
    return brand


def _good(word: str, nice_class: int) -> cases.Good:
    row = good_of(f"{nice_class}:{word}", clock.today())
    if row is None:
        raise LookupError(f"{word} is not in class {nice_class}")
    return cases.Good(word=word, nice_class=nice_class, formal=row.item, group=row.group)


def _enter(brand: Brand, told: dict[str, Any], officer: User) -> None:
    brand = Brand.objects.get(pk=brand.pk)
    kind = NOTICE_KINDS[told["code"]]
    dated = _day(told["ago"])
    if kind.code == "publication":
        dated = max(dated.replace(day=day) for day in GAZETTE if day <= max(dated.day, GAZETTE[0]))
    number = f"TMZC{80000000 + brand.pk}{kind.code[:4].upper()}01" if kind.official else ""
    receipt: dict[str, Any] = {"electronic": False, "received_on": _day(told["receipt"])} if "receipt" in told else {}
    particulars: dict[str, Any] = {
        "online": True,
        "old_case": False,
        "application_no": str(80000000 + brand.pk),
        "issue": "1890",
        "registration_no": brand.application_no,
        "registered_on": dated,
        "nice_classes": brand.nice_classes,
        "applied_on": dated,
    }
    notices.enter(
        brand,
        kind.code,
        by=officer,
        dated=dated,
        number=number,
        upload=_paper(str(kind.name), brand, dated, number),
        note=told.get("note", ""),
        **receipt,
        **{name: particulars[name] for name in kind.asks},
    )


def _day(ago: int) -> date:
    return clock.today() - timedelta(days=ago)


def _date_back(brand: Brand, day: date) -> None:
    """A case that was filed months ago was not opened today."""
    at = datetime.combine(day, time(10), clock.SHANGHAI)
    Brand.objects.filter(pk=brand.pk).update(opened_at=at - timedelta(days=8))
    for place, move in enumerate(brand.history_moves.order_by("pk")):
        type(move).objects.filter(pk=move.pk).update(at=at - timedelta(days=4 - 3 * place))


def _paper(title: str, brand: Brand, dated: date | None = None, number: str = "") -> ContentFile:
    rows = [[_("商标"), brand.name], [_("申请人"), brand.owner_name]]
    rows += [[_("文号"), number]] if number else []
    rows += [[_("日期"), str(dated)]] if dated else []
    told = {"title": title, "rows": rows, "mark": _("演示文件"), "note": _("这份文件是演示用的，内容都是编的。")}
    data = typst.compile(
        str(FOLDER / "brand_paper.typ"),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
    )
    return ContentFile(bytes(data), f"{title}.pdf")


def _credit_code(county_code: str, place: int) -> str:
    """An invented code with the right check sign (GB 32100): the register knows none of them."""
    body = f"93{county_code}MAJ{place:04d}XJ"
    total = sum(
        case_rules.CREDIT_SIGNS.index(sign) * weight
        for sign, weight in zip(body, case_rules.CREDIT_WEIGHTS, strict=True)
    )
    return body + case_rules.CREDIT_SIGNS[(31 - total % 31) % 31]
