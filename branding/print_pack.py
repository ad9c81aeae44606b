"""The printer's pack: the signed files, manifest.json with their SHA-256, the sheet with three names.

Made by the worker once the third name stands, and only from files whose bytes are still those that
were signed. Bound to one SKU by value; kept like every paper of the case.
"""

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import noto_cjk_sans_otc
import typst
from django.db import transaction
from django.utils.translation import gettext as _

from branding import packaging_rules as rules
from branding.models import ComplianceRun, PackageRequest, PrintPack, RoundFile
from branding.packaging_errors import NotCompliant
from branding.packaging_states import FileKind, PackageState, Side
from branding.services.packaging_desk import paper_of
from branding.services.packaging_signing import MAKE_PACK
from branding.zipped import zipped
from kernel import audit, clock, outbox, papers
from tenants.models import County

TEMPLATE = Path(__file__).parent / "data" / "sign_off_sheet.typ"
FONTS = Path(noto_cjk_sans_otc.__file__).parent
KIND = "package.pack"
FOLDERS = {FileKind.PICTURE: "pictures", FileKind.PRINT: "print"}


@outbox.handles(MAKE_PACK)
@transaction.atomic
def make_pack(payload: dict[str, Any], county_code: str) -> None:
    """Make the pack of the files as they are signed now; nothing where they changed meanwhile."""
    case = PackageRequest.objects.select_for_update(of=("self",)).filter(pk=payload["request"]).first()
    if case is None or case.is_withdrawn or case.state != PackageState.SIGNED_OFF:
        return
    if case.packs.filter(void_at__isnull=True).exists():
        return
    build(case)


def build(case: PackageRequest) -> PrintPack:
    """Raises NotCompliant where names, check and files do not fit together, BadPaper where bytes changed."""
    if case.chosen is None or not rules.is_signed(case) or rules.passed_run(case) is None:
        raise NotCompliant(_("文件和签字对不上了，不能打包。请设计师重新检查、三方重签。"))
    files = _members(case)
    manifest = _manifest(case, files)
    data = _zipped(case, files, manifest)
    paper = papers.keep_bytes(
        data,
        f"{case}.zip",
        kind=KIND,
        obj=case.name,
        by=None,
        county=case.county_code,
        facts={"content_type": "application/zip"},
    )
    pack = PrintPack.objects.create(
        request=case,
        variant_id=case.variant_id,
        variant_name=case.variant_name,
        files_sha256=case.frozen_sha256,
        paper_id=paper.pk,
        sha256=paper.sha256,
        manifest=manifest,
        at=clock.now(),
    )
    audit.record("packaging.pack", county=case.county_code, obj=case.name, title=str(case), sha256=paper.sha256)
    return pack


def _members(case: PackageRequest) -> dict[str, tuple[RoundFile, bytes]]:
    """The signed files under folders of their kind; a name that comes twice gets a number."""
    members: dict[str, tuple[RoundFile, bytes]] = {}
    assert case.chosen is not None
    for file in rules.files_of(case.chosen):
        data = papers.read(paper_of(case, file.paper_id))
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise NotCompliant(_("“%(name)s”和签字时的不一样，不能打包。") % {"name": file.name})
        folder = FOLDERS[FileKind(file.kind)]
        name = f"{folder}/{file.name}"
        if name in members:
            name = f"{folder}/{len(members) + 1}-{file.name}"
        members[name] = (file, data)
    return members


def _manifest(case: PackageRequest, files: dict[str, tuple[RoundFile, bytes]]) -> dict[str, Any]:
    run = rules.passed_run(case)
    return {
        "package": case.pk,
        "county": case.county_code,
        "product": {"id": case.product_id, "name": case.product_name},
        "sku": {"id": case.variant_id, "name": case.variant_name, "unit": case.unit, "net_grams": case.net_grams},
        "round": case.chosen.number if case.chosen else None,
        "made_on": clock.today().isoformat(),
        "designer": str(case.designer or ""),
        "files_sha256": case.frozen_sha256,
        "compliance": {
            "edition": run.edition,
            "printed_on": run.printed_on.isoformat() if run.printed_on else "",
            "checked_at": run.at.isoformat(),
        }
        if run
        else None,
        "signed": [
            {"side": one.side, "name": one.by_name, "at": one.at.isoformat(), "files_sha256": one.files_sha256}
            for one in rules.signatures(case)
        ],
        "files": [
            {"name": name, "kind": file.kind, "size": len(data), "sha256": file.sha256}
            for name, (file, data) in files.items()
        ],
    }


def _zipped(case: PackageRequest, files: dict[str, tuple[RoundFile, bytes]], manifest: dict[str, Any]) -> bytes:
    """Each file bears the day it came, the sheet and the list that of the last signature."""
    sheet_name, printed = _("签字单") + ".pdf", sheet(case)
    manifest["sheet"] = {"name": sheet_name, "sha256": hashlib.sha256(printed).hexdigest()}
    signed_at = max(one.at for one in rules.signatures(case))
    members = [(name, file.at, data) for name, (file, data) in files.items()]
    listed = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    return zipped([*members, (sheet_name, signed_at, printed), ("manifest.json", signed_at, listed)])


def sheet(case: PackageRequest) -> bytes:
    """签字单 as PDF, with the first picture of the chosen round."""
    with tempfile.TemporaryDirectory(prefix="jieti-sheet-") as folder:
        root = Path(folder)
        (root / "sheet.typ").write_bytes(TEMPLATE.read_bytes())
        told = _told(case)
        picture = _first_picture(case)
        if picture:
            (root / "picture.png").write_bytes(picture)
            told["picture"] = "picture.png"
        return bytes(
            typst.compile(
                str(root / "sheet.typ"),
                root=str(root),
                font_paths=[str(FONTS)],
                ignore_system_fonts=True,
                sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
            )
        )


def _first_picture(case: PackageRequest) -> bytes:
    assert case.chosen is not None
    file = rules.files_of(case.chosen).filter(kind=FileKind.PICTURE).first()
    return papers.preview(paper_of(case, file.paper_id), 1000) if file else b""


def _told(case: PackageRequest) -> dict[str, Any]:
    """Everything the template prints, as plain text."""
    assert case.chosen is not None
    run = rules.passed_run(case)
    county = County.objects.filter(code=case.county_code).values_list("name", flat=True).first()
    names = {one.side: one for one in rules.signatures(case)}
    return {
        "title": str(case),
        "picture": "",
        "facts": [
            [_("产品"), case.product_name],
            [_("规格"), f"{case.variant_name} / {case.unit}"],
            [_("产地"), f"{county or ''}{case.place}"],
            [_("生产者"), case.producer_name],
            [_("品牌主"), f"{case.owner}（{case.producer_name}）" if case.owner else ""],
            [_("印数"), str(case.run or "")],
            [_("设计师"), str(case.designer or "")],
            [_("稿次"), _("第 %(number)s 稿") % {"number": case.chosen.number}],
        ],
        "files": [[one.name, str(FileKind(one.kind).label), one.sha256] for one in rules.files_of(case.chosen)],
        "frozen": case.frozen_sha256,
        "check": [
            [_("结论"), _outcome(run)],
            [_("按"), run.edition if run else ""],
            [_("哪天印"), run.printed_on.isoformat() if run and run.printed_on else ""],
            [_("检查"), f"{run.by_name}，{_day(run.at)}" if run else ""],
            *_looked_up(run),
        ],
        "names": [[str(side.label), names[side].by_name, _day(names[side].at)] for side in Side if side in names],
        "words": {
            "title": _("包装签字单"),
            "picture": _("选定的稿子"),
            "files": _("签的是这些文件"),
            "files_head": [_("文件"), _("类别"), "SHA-256"],
            "frozen": _("合起来的指纹："),
            "check": _("合规检查"),
            "names": _("三方签字"),
            "names_head": [_("哪一方"), _("谁签的"), _("什么时候")],
            "promise": _("三方各看过上面每一个文件，同意照这样印。文件改一个字，三个签字都作废，要重新检查、重新签。"),
            "foot": _("借梯平台，%(day)s 打印") % {"day": clock.today().isoformat()},
        },
    }


def _looked_up(run: ComplianceRun | None) -> list[list[str]]:
    """Line by line what the data could not decide: what was read, by whom, and who compared it."""
    read = [[one["title"], f"{one['read']}（{run.by_name}）"] for one in run.findings if one.get("read")] if run else []
    if run and run.second_at:
        read.append([_("复核"), f"{run.second_by_name}，{_day(run.second_at)}：{run.second_words}"])
    return read


def _outcome(run: ComplianceRun | None) -> str:
    asks = run.asks if run else 0
    if run and asks and run.second_at:
        return _("过了，%(count)d 条两个人核过") % {"count": asks}
    return _("过了，%(count)d 条有人核过") % {"count": asks} if asks else _("过了")


def _day(moment: Any) -> str:
    return str(moment.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M"))
