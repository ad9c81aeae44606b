"""Brand and packaging cases with their papers, for a county that takes everything along; and for a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.rights.bundle import Bundle, table
from accounts.rights.county import Part, add_part
from accounts.rights.holdings import Holding, Rows, add_holding
from branding.models import Brand, BrandMove, PackageRequest
from kernel import papers
from kernel.models import Paper
from kernel.privacy import mask_phone
from tenants.models import County

# Who it is about stays with the case; these two are shown masked even to the county itself.
PRIVATE = {"id_number", "contact_phone"}
LAW = _("《商标法》第四条、第三十九条：注册商标有效期十年，办案凭据随案保留；《档案法》第十四条")


def register() -> None:
    """Called once at start."""
    add_part(Part(50, "05-品牌", gettext_noop("品牌注册的案子、通知、答复和文件"), _write_brands))
    add_part(Part(60, "06-包装", gettext_noop("包装设计的单子、稿次、批注、签字和文件"), _write_packages))
    add_holding(
        Holding(
            "cases",
            920,
            _("品牌和包装案件"),
            _("您在案子里办的步骤、批注和签字，连同当时的姓名"),
            _rows,
            law=LAW,
            until=_("商标有效期内，和结案后三年"),
            places=(
                "branding_brandmove",
                "branding_brandcheck",
                "branding_brandnotice",
                "branding_brandmistake",
                "branding_brandanswer",
                "branding_packagemove",
                "branding_round",
                "branding_pin",
                "branding_compliancerun",
                "branding_signoff",
            ),
        )
    )


def _write_brands(place: County, bundle: Bundle, folder: str) -> None:
    cases = Brand.objects.filter(county_code=place.code).order_by("pk")
    _write(
        bundle,
        folder,
        f"{place.name}：品牌",
        cases,
        "brand",
        ("goods", "checks", "notices", "mistakes", "answers", "history_moves"),
    )


def _write_packages(place: County, bundle: Bundle, folder: str) -> None:
    cases = PackageRequest.objects.filter(county_code=place.code).order_by("pk")
    _write(bundle, folder, f"{place.name}：包装", cases, "package", ("rounds", "runs", "sign_offs", "history_moves"))


def _write(bundle: Bundle, folder: str, title: str, cases: Iterable[Any], kind: str, below: tuple[str, ...]) -> None:
    told = []
    for case in cases:
        kept = list(
            Paper.objects.filter(
                object_kind=kind, object_id=str(case.pk), county_code=case.county_code, removed_at=None
            )
        )
        facts = _facts(case)
        for name in below:
            if hasattr(case, name):
                facts[name] = [_facts(one) for one in getattr(case, name).all()]
        facts["文件"] = [{"名称": paper.name, "类型": paper.kind, "存为": _place(folder, paper)} for paper in kept]
        told.append(facts)
        for paper in kept:
            bundle.add(_place(folder, paper), papers.read(paper))
    bundle.add_json(f"{folder}/案件.json", told)
    shown = [{name: value for name, value in one.items() if not isinstance(value, list | dict)} for one in told]
    bundle.add_page(f"{folder}/案件.html", title, table(shown))


def _place(folder: str, paper: Paper) -> str:
    return f"{folder}/文件/{paper.object_id}/{paper.pk}-{papers.plain_name(paper.name)}"


def _facts(row: Model) -> dict[str, Any]:
    """A row by its fields' names; what points elsewhere is its number, what is private is masked."""
    told = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        told[field.attname] = mask_phone(value) if field.name in PRIVATE and value else value
    return told


def _rows(user: User) -> Rows:
    for brand in Brand.objects.filter(opened_by=user).order_by("pk"):
        yield {"案子": brand.name or str(brand.pk), "您": "建案", "时间": brand.opened_at}
    for case in PackageRequest.objects.filter(created_by=user).order_by("pk"):
        yield {"案子": case.product_name, "您": "建单", "时间": case.saved_at}
    for move in BrandMove.objects.filter(by=user).select_related("subject").order_by("at"):
        yield {"案子": str(move.subject), "您": move.to_state, "时间": move.at}
