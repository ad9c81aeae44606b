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
from accounts.rights.holdings import Holding, Rows, Trace, add_holding, traces_of
from branding.models import (
    Brand,
    BrandAnswer,
    BrandCheck,
    BrandMistake,
    BrandMove,
    BrandNotice,
    ComplianceRun,
    Offer,
    PackageMove,
    PackageRequest,
    Pin,
    Round,
    SignOff,
)
from kernel import papers
from kernel.models import Paper
from kernel.privacy import mask_phone
from tenants.models import County

# Who it is about stays with the case; these two are shown masked even to the county itself.
PRIVATE = {"id_number", "contact_phone"}
# What of a case is told below it, by the names of its relations.
BELOW: dict[type[Model], tuple[str, ...]] = {
    Brand: ("goods", "checks", "notices", "mistakes", "answers", "history_moves"),
    PackageRequest: ("rounds", "offers", "runs", "sign_offs", "packs", "history_moves"),
    Round: ("files", "pins"),
}
TRACES = (
    Trace(Brand, "opened_by", "建案", lambda row: row.name or row.pk, "opened_at"),
    Trace(BrandCheck, "by", "查名称", lambda row: row.brand, "at"),
    Trace(BrandNotice, "by", "登记文书", lambda row: row.brand, "at", "note"),
    Trace(BrandMistake, "by", "撤下登错的文书", lambda row: row.brand, "at", "why"),
    Trace(BrandAnswer, "by", "写答复", lambda row: row.brand, "at", "text"),
    Trace(BrandMove, "by", lambda row: row.to_state, lambda row: row.subject, "at", "note"),
    Trace(PackageRequest, "created_by", "建单", lambda row: row, "saved_at"),
    Trace(PackageRequest, "designer", "设计", lambda row: row, "saved_at"),
    Trace(PackageRequest, "owner", "品牌主", lambda row: row, "saved_at"),
    Trace(PackageMove, "by", lambda row: row.to_state, lambda row: row.subject, "at", "note"),
    Trace(Offer, "designer", "受邀或报名设计", lambda row: row.request, "at", "words"),
    Trace(Round, "by", "出稿", lambda row: row.request, "started_at", "words"),
    Trace(Pin, "by", "批注", lambda row: row.round.request, "at", "words"),
    Trace(ComplianceRun, "by", "合规检查", lambda row: row.request, "at"),
    Trace(ComplianceRun, "second_by", "复核合规", lambda row: row.request, "second_at", "second_words"),
    Trace(SignOff, "by", "签字", lambda row: row.request, "at"),
)
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
    _write(bundle, folder, f"{place.name}：品牌", cases, "brand")


def _write_packages(place: County, bundle: Bundle, folder: str) -> None:
    cases = PackageRequest.objects.filter(county_code=place.code).order_by("pk")
    _write(bundle, folder, f"{place.name}：包装", cases, "package")


def _write(bundle: Bundle, folder: str, title: str, cases: Iterable[Any], kind: str) -> None:
    told = []
    for case in cases:
        kept = list(
            Paper.objects.filter(
                object_kind=kind, object_id=str(case.pk), county_code=case.county_code, removed_at=None
            )
        )
        facts = _whole(case)
        facts["文件"] = [{"名称": paper.name, "类型": paper.kind, "存为": _place(folder, paper)} for paper in kept]
        told.append(facts)
        for paper in kept:
            bundle.add(_place(folder, paper), papers.read(paper))
    bundle.add_json(f"{folder}/案件.json", told)
    shown = [{name: value for name, value in one.items() if not isinstance(value, list | dict)} for one in told]
    bundle.add_page(f"{folder}/案件.html", title, table(shown))


def _place(folder: str, paper: Paper) -> str:
    return f"{folder}/文件/{paper.object_id}/{paper.pk}-{papers.plain_name(paper.name)}"


def _whole(row: Model) -> dict[str, Any]:
    """A row with everything that hangs on it."""
    below = {name: [_whole(one) for one in getattr(row, name).all()] for name in BELOW.get(type(row), ())}
    return _facts(row) | below


def _facts(row: Model) -> dict[str, Any]:
    """A row by its fields' names; what points elsewhere is its number, what is private is masked."""
    told = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        told[field.attname] = mask_phone(value) if field.name in PRIVATE and value else value
    return told


def _rows(user: User) -> Rows:
    return traces_of(user, TRACES, "案子")
