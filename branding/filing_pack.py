"""The filing pack: one PDF to print and a zip with every file and a manifest of names and SHA-256.

Set by typst with the CJK fonts of a wheel, so that it looks the same on a server without fonts and
without a network. Nothing is set before everything is there.
"""

import hashlib
import io
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import pikepdf
import typst
from django.utils.translation import gettext as _

from branding import case_rules, fees
from branding.agent import agent
from branding.errors import Unfinished
from branding.models import Brand, BrandNotice, OwnerKind, SignKind
from branding.notice_kinds import kind_of
from branding.papers_of_case import named
from branding.zipped import Moment, newest, zipped
from kernel import clock, money, papers
from kernel.models import Paper
from kernel.sentences import together

TEMPLATE = Path(__file__).parent / "data" / "filing_pack.typ"
FONTS = Path(noto_cjk_sans_otc.__file__).parent
ORDER = (case_rules.SPECIMEN, case_rules.LICENCE, case_rules.LAND, case_rules.IDENTITY, case_rules.POWER, "other")


@dataclass(frozen=True)
class Kept:
    """A paper with its bytes, what the pack calls it, and its day: the one on it, else when it was handed in."""

    paper: Paper
    title: str
    data: bytes
    day: Moment
    notice: BrandNotice | None = None

    @property
    def ending(self) -> str:
        return {"application/pdf": "pdf", "image/png": "png"}.get(self.paper.content_type, "jpg")


def must_be_whole(brand: Brand) -> None:
    """Raises Unfinished with the whole list of what is missing."""
    lacks = case_rules.missing_for_filing(brand)
    if lacks:
        raise Unfinished(together([_("案卷还印不了，差这几样："), *lacks.values()]), missing=lacks)


def pack_pdf(brand: Brand) -> bytes:
    """Application, specimen, goods, the owner's proof, the power of attorney; kept PDFs stand at the end."""
    must_be_whole(brand)
    kept = _kept(brand)
    return _with_pdfs(_set(brand, ["application", "specimen", "papers"], kept), kept)


def pack_zip(brand: Brand) -> bytes:
    """The same as files: the printed case, each paper as it was handed in, the documents of the ladder, the data.

    manifest.json says what each is. Every member bears its own day, so that the same case gives the same zip.
    """
    must_be_whole(brand)
    kept, notices = _kept(brand), _notices(brand)
    papers_of_it = {f"{place:02d}-{one.title}.{one.ending}": one for place, one in enumerate(kept, start=1)}
    papers_of_it |= {
        f"{_('官方文件')}/{place:02d}-{one.day}-{one.title}.{one.ending}": one
        for place, one in enumerate(notices, start=1)
    }
    printed = _with_pdfs(_set(brand, ["application", "specimen", "papers"], kept), kept)
    told = {**_told(brand, []), "parts": None, "papers": None, "words": None}
    data = {name: value for name, value in told.items() if value is not None}
    as_of = max(one.paper.at for one in (*kept, *notices)) if kept or notices else clock.now()
    members = [
        ("00-" + _("案卷") + ".pdf", as_of, printed),
        *((name, one.day, one.data) for name, one in papers_of_it.items()),
        ("application.json", as_of, json.dumps(data, ensure_ascii=False, indent=1).encode()),
    ]
    manifest = _manifest(brand, members, papers_of_it)
    return zipped([*members, ("manifest.json", newest(day for _name, day, _data in members), manifest)])


def power_pdf(brand: Brand) -> bytes:
    """The power of attorney alone, to print, sign and photograph; what is not known yet stays blank.

    Raises Unfinished where the province has named no agency: it would give power to nobody.
    """
    if agent() is None:
        raise Unfinished(_("省里没有写明商标代理机构，按申请人自己办理，不用委托书。"))
    return _set(brand, ["power"], [])


def _manifest(brand: Brand, members: list[tuple[str, Moment, bytes]], papers_of_it: dict[str, Kept]) -> bytes:
    files = [
        {
            "name": name,
            "size": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            **(_said_of(papers_of_it[name]) if name in papers_of_it else {}),
        }
        for name, _day, data in members
    ]
    manifest = {
        "case": brand.number,
        "name": brand.name,
        "made_on": clock.today().isoformat(),
        "files": files,
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1).encode()


def _said_of(one: Kept) -> dict[str, Any]:
    """What a file is, as the lists on the screen call it: phones name every photo alike."""
    if one.notice is None:
        return {
            "paper": {
                "kind": one.paper.kind,
                "title": one.title,
                "on": str(clock.day_of(one.paper.at)),
                "file": one.paper.name,
            }
        }
    notice = one.notice
    received = notice.received_on.isoformat() if notice.received_on else ""
    said = {"kind": notice.kind, "number": notice.number, "dated": notice.dated.isoformat(), "received_on": received}
    return {"notice": said}


def _kept(brand: Brand) -> list[Kept]:
    rows = [one for one in papers.of(case_rules.obj_of(brand), brand.county_code) if one.kind in ORDER]
    rows.sort(key=lambda one: (ORDER.index(one.kind), one.at))
    return [Kept(one, title, papers.read(one), one.at) for one, title in named(rows)]


def _notices(brand: Brand) -> list[Kept]:
    """What moved the case, in the order of the ladder; a document that was taken back is none of it."""
    rows = [one for one in brand.notices.order_by("dated", "pk") if one.paper_id]
    files = Paper.objects.in_bulk([one.paper_id for one in rows])
    kept = [(one, files[one.paper_id]) for one in rows if one.paper_id in files]
    return [
        Kept(paper, str(kind_of(one.kind, one.from_state).name), papers.read(paper), one.dated, one)
        for one, paper in kept
        if paper.removed_at is None
    ]


def _set(brand: Brand, parts: list[str], kept: list[Kept]) -> bytes:
    """Typeset in a folder of its own, which holds the pictures and nothing else."""
    with tempfile.TemporaryDirectory(prefix="jieti-pack-") as folder:
        root = Path(folder)
        (root / "pack.typ").write_bytes(TEMPLATE.read_bytes())
        told = {**_told(brand, kept), "parts": parts}
        for place, one in enumerate(kept):
            if one.paper.is_picture:
                name = f"paper-{place}.{one.ending}"
                (root / name).write_bytes(one.data)
                told["papers"][place]["file"] = name
                if one.paper.kind == case_rules.SPECIMEN:
                    told["specimen"] = name
        return bytes(
            typst.compile(
                str(root / "pack.typ"),
                root=str(root),
                font_paths=[str(FONTS)],
                ignore_system_fonts=True,
                sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
            )
        )


def _with_pdfs(printed: bytes, kept: list[Kept]) -> bytes:
    whole = pikepdf.open(io.BytesIO(printed))
    for one in kept:
        if not one.paper.is_picture:
            with pikepdf.open(io.BytesIO(one.data)) as part:
                whole.pages.extend(part.pages)
    buffer = io.BytesIO()
    whole.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def _told(brand: Brand, kept: list[Kept]) -> dict[str, Any]:
    """Everything the template prints, as plain text."""
    household = brand.owner_kind == OwnerKind.HOUSEHOLD
    number = (_("身份证号"), brand.id_number) if household else (_("统一社会信用代码"), brand.credit_code)
    owner = [
        [_("申请人"), brand.owner_name],
        [_("申请人类型"), brand.get_owner_kind_display()],
        list(number),
        [_("地址"), brand.owner_address],
        [_("联系人"), brand.contact_name],
        [_("联系电话"), brand.contact_phone],
    ]
    sign = [[_("商标"), brand.name], [_("商标类型"), brand.get_sign_kind_display()], [_("商标说明"), brand.meaning]]
    goods = list(brand.goods.all())
    fee = fees.application_fee((good.nice_class for good in goods), clock.today()) if goods else 0
    return {
        "title": _("%(name)s 商标注册申请案卷") % {"name": brand.name},
        "number": brand.number,
        "name": brand.name,
        "meaning": brand.meaning,
        "edition": brand.edition,
        "application": [[_("案号"), brand.number], *owner, *sign],
        "goods": [[str(one.nice_class), one.group or "—", str(one), one.word] for one in goods],
        "fee": _("网上申请的费用：%(yuan)s 元") % {"yuan": money.yuan(fee)},
        "specimen": "",
        "power": [*owner[:4], [_("商标"), brand.name], [_("类别"), "、".join(map(str, brand.nice_classes))]],
        "power_text": _power_text(brand),
        "papers": [
            {
                "name": one.title,
                "kind": one.paper.kind,
                "file": "",
                "facts": f"{clock.day_of(one.paper.at)} · {one.paper.name} · SHA-256 {one.paper.sha256}",
            }
            for one in kept
        ],
        "words": _words(brand),
    }


def _power_text(brand: Brand) -> str:
    return _(
        "委托人%(owner)s委托商标代理机构%(agent)s，办理“%(name)s”商标在第 %(classes)s 类上的注册申请，"
        "代收和转交国家知识产权局商标局的文件，并按委托人的意见答复。委托人保证所交材料真实，名字不侵犯别人的权利。"
    ) % {
        "owner": brand.owner_name or "＿＿＿＿＿＿",
        "agent": agent() or "＿＿＿＿＿＿",
        "name": brand.name or "＿＿＿＿",
        "classes": "、".join(map(str, brand.nice_classes)) or "＿＿",
    }


def _words(brand: Brand) -> dict[str, Any]:
    black = _("黑白图样，边长 10 厘米以内。") if brand.sign_kind == SignKind.WORD else _("图样按所附图片。")
    return {
        "application": _("商标注册申请资料"),
        "goods": _("商品和服务"),
        "goods_head": [_("类别"), _("类似群"), _("申报名称"), _("村里的叫法")],
        "edition": _("区分表版本："),
        "specimen": _("商标图样"),
        "specimen_note": black,
        "power": _("商标代理委托书"),
        "seal": _("委托人盖章或签字："),
        "day": _("日期：　　　年　　月　　日"),
        "behind": _("这份文件是 PDF，附在案卷最后。"),
    }
