"""Package designs of the demo, brought as far as each is told through the ordinary services.

The designers are invented, their drafts are set from our own drawings.
"""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import noto_cjk_sans_otc
import typst
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import roles
from accounts.models import Membership, User
from branding import compliance, print_pack
from branding import packaging_rules as rules
from branding.compliance_facts import likely_print_day, told
from branding.models import PackageRequest
from branding.packaging_entries import MARKET_SUPERVISION
from branding.packaging_states import Audience, Material, PackageKind
from branding.services import packaging
from catalog.models import Producer, Product
from catalog.services import tie_account
from catalog.states import ProductState
from kernel import clock
from tenants.models import County
from tenants.scope import county_scope
from web.art import ART

TEMPLATE = Path(__file__).with_name("data") / "package_front.typ"
FONTS = Path(noto_cjk_sans_otc.__file__).parent
NUTRITION = frozenset({"energy", "protein", "fat", "carbohydrate", "sodium"})


@dataclass(frozen=True)
class Design:
    """A package of the demo: whose goods, how far it has come, in which colours."""

    county: str
    begins: str
    drawing: str
    paper: str
    ink: str
    band: str
    line: str
    as_far_as: str


DESIGNS = (
    Design("230184", "五常大米稻花香", "rice-sack", "#EFE4C9", "#2A211B", "#F2B544", "九月收，十月碾", "delivered"),
    Design(
        "230184", "沙河子秋木耳", "black-fungus", "#DFD8D8", "#2A211B", "#CCC1C2", "一片一朵，泡开就下锅", "compliance"
    ),
    Design("231086", "东宁秋耳", "black-fungus", "#F8F5EF", "#1D5B48", "#CFDDD2", "绥阳柞木，秋天那一茬", "handed_in"),
    Design("230524", "完达山榛蘑", "mushroom", "#F1D3C2", "#574B42", "#E3B7A2", "短柄，去根", "request"),
)


def bring_in_the_packages(codes: set[str]) -> int:
    """Those of open counties that nobody asked for yet; returns how many came."""
    came = 0
    for design in DESIGNS:
        if design.county in codes:
            county = County.objects.get(code=design.county)
            with transaction.atomic(), county_scope(county):
                came += _bring_in(county, design)
    return came


@dataclass(frozen=True)
class Hands:
    """Who does what in one county."""

    team: User
    officer: User
    designer: User
    supervisor: User
    owner: User


def _bring_in(county: County, design: Design) -> bool:
    product = (
        Product.objects.filter(name__startswith=design.begins, state=ProductState.PUBLISHED).order_by("pk").first()
    )
    hands = _hands(county)
    if (
        product is None
        or hands is None
        or PackageRequest.objects.filter(county_code=county.code, product_id=product.pk)
    ):
        return False
    case = packaging.open_package(county.code, product.pk, by=hands.team, variant_id=product.variants.all()[0].pk)
    for step in STEPS:
        step(case, design, hands)
        case = PackageRequest.objects.get(pk=case.pk)
        if case.state == design.as_far_as:
            break
    return True


def _hands(county: County) -> Hands | None:
    team = _holder(roles.WORK_TEAM, county.code)
    officer = _holder(roles.PACKAGING_OFFICER)
    designer = _holder(roles.DESIGNER)
    supervisor = _holder(MARKET_SUPERVISION, county.code)
    owner = _holder(roles.PRODUCER, county.code)
    people = (team, officer, designer, supervisor, owner)
    return Hands(*people) if all(people) else None  # type: ignore[arg-type]


def _holder(role: str, county_code: str = "") -> User | None:
    seat = Membership.objects.current().filter(role=role, county_code=county_code, user__is_demo=True).order_by("pk")
    first = seat.select_related("user").first()
    return first.user if first else None


def _submit(case: PackageRequest, design: Design, hands: Hands) -> None:
    packaging.save_brief(
        case,
        by=hands.team,
        kind=PackageKind.BAG,
        material=Material.KRAFT,
        audience=Audience.GIFT,
        run=3000,
        length_mm=300,
        width_mm=200,
        height_mm=60,
        wishes=_("素净一点，别画人。"),
    )
    _tie(case, hands.owner)
    packaging.name_owner(case, hands.owner, by=hands.team)
    packaging.submit_package(case, by=hands.team)


def _tie(case: PackageRequest, owner: User) -> None:
    """The county has looked who they are; by its manager, as in a real county."""
    manager = _holder(roles.COUNTY_MANAGER, case.county_code)
    tie_account(Producer.objects.get(products__pk=case.product_id), owner, by=manager)


def _assign(case: PackageRequest, design: Design, hands: Hands) -> None:
    packaging.assign_designer(case, hands.designer, by=hands.officer)


def _begin(case: PackageRequest, design: Design, hands: Hands) -> None:
    packaging.begin_round(case, by=hands.designer)


def _hand_in(case: PackageRequest, design: Design, hands: Hands) -> None:
    """A first round; the village's two remarks; where it goes on, a second round that answers them."""
    first = packaging.begin_round(case, by=hands.designer)
    file = packaging.add_round_file(first, front(case, design, "png", size=30), by=hands.designer)
    packaging.hand_in_round(first, by=hands.designer, words=_("先出正面，看看颜色和字。"))
    pins = [
        packaging.pin_remark(first, file.pk, 240, 230, _("名字再大一点，老人看得清。"), by=hands.team),
        packaging.pin_remark(first, file.pk, 500, 950, _("净含量要更显眼。"), by=hands.team),
    ]
    if design.as_far_as == "handed_in":
        return
    packaging.ask_for_round(case, by=hands.team)
    for pin in pins:
        packaging.resolve_pin(pin, by=hands.designer, answer=_("放大了。"))
    second = packaging.begin_round(case, by=hands.designer)
    packaging.add_round_file(second, front(case, design, "png", size=36), by=hands.designer)
    packaging.hand_in_round(second, by=hands.designer, words=_("两处都改了。"))


def _choose(case: PackageRequest, design: Design, hands: Hands) -> None:
    newest = rules.latest_round(case)
    if newest is not None:
        packaging.choose_round(case, newest, by=hands.team)


def _check(case: PackageRequest, design: Design, hands: Hands) -> None:
    """The rules of the print day on a bag in a bag; what they ask a person, the designer has looked up."""
    packaging.add_print_file(case, front(case, design, "pdf", size=36), by=hands.designer)
    printed_on = likely_print_day(case, clock.today())
    report = compliance.check(_facts(case), printed_on)
    every = told(_facts(case), printed_on)
    chinese = every.pop(settings.LANGUAGE_CODE)
    run = packaging.record_compliance(
        case,
        by=hands.designer,
        passed=report.passed,
        printed_on=printed_on,
        facts={"report": chinese["report"], "looked_up": bool(report.asks), "told": every},
        findings=chinese["findings"],
        edition=chinese["edition"],
    )
    if run.outcome == "waits":
        packaging.confirm_reading(case, run.pk, by=hands.officer, words=_("对照标准原文看过，一致。"))


def _facts(case: PackageRequest) -> compliance.PackageFacts:
    net = Decimal(case.net_grams or 500)
    made = case.category.startswith("grain.")
    side = Decimal(round(float(net) ** (1 / 3) * 11))
    return compliance.PackageFacts(
        category=case.category,
        processing=compliance.Processing.MADE if made else compliance.Processing.SIMPLE,
        contents=(compliance.Content(case.product_name[:20], net),),
        layers=(
            compliance.Layer(_("内袋"), side, side, side, 60, True),
            compliance.Layer(_("牛皮纸袋"), side + 4, side + 4, side + 4, 180),
        ),
        price_fen=case.price_fen or 1,
        label={
            "name": case.product_name,
            "ingredients": _("配料：%(name)s") % {"name": case.product_name[:8]},
            "net": _("净含量：%(grams)s g") % {"grams": net},
            "maker": case.producer_name,
            "address": case.place,
            "contact": "0451-55550101",
            "origin": case.place,
            "made_on": _("见封口"),
            "shelf_life": _("12 个月"),
            "best_before": _("见封口"),
            "storage": _("阴凉干燥处"),
            "licence": "SC10123018400012",
            "standard": "GB/T 1354",
            "grade": _("一级"),
            "certificate": _("背面二维码"),
        },
        shelf_life_months=12,
        nutrition=NUTRITION,
        run=case.run,
    )


def _sign(case: PackageRequest, design: Design, hands: Hands) -> None:
    for side, signer in (("village", hands.team), ("supervision", hands.supervisor), ("owner", hands.owner)):
        packaging.sign_off(case, side, by=signer, seen=case.frozen_sha256)


def _deliver(case: PackageRequest, design: Design, hands: Hands) -> None:
    print_pack.make_pack({"request": case.pk}, "")
    packaging.hand_over(case, by=hands.designer, rights=True, thanks=True)
    packaging.accept_package(case, by=hands.team)


STEPS: tuple[Callable[[PackageRequest, Design, Hands], None], ...] = (
    _submit,
    _assign,
    _begin,
    _hand_in,
    _choose,
    _check,
    _sign,
    _deliver,
)


def front(case: PackageRequest, design: Design, kind: Literal["png", "pdf"], *, size: int) -> ContentFile:
    """The package's front as a picture or as the printer's file."""
    told: dict[str, Any] = {
        "county": County.objects.get(code=case.county_code).name,
        "place": case.place,
        "name": case.product_name.replace("，", " ").split(" ")[0][:8],
        "line": design.line,
        "net": _("净含量 %(net)s") % {"net": case.variant_name},
        "maker": case.producer_name[:18],
        "paper": design.paper,
        "ink": design.ink,
        "band": design.band,
        "size": size,
    }
    with tempfile.TemporaryDirectory(prefix="jieti-front-") as folder:
        root = Path(folder)
        (root / "front.typ").write_bytes(TEMPLATE.read_bytes())
        (root / "drawing.svg").write_bytes((ART / f"{design.drawing}.svg").read_bytes())
        drawn = typst.compile(
            str(root / "front.typ"),
            root=str(root),
            format=kind,
            ppi=110,
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
        )
    name = _("正面") if kind == "png" else _("印刷文件")
    return ContentFile(bytes(drawn), f"{name}.{kind}")
