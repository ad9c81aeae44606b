"""A list of counties as it comes: xlsx or csv, UTF-8 or GBK, checked row by row before anything moves.

The dry run says for each row what is wrong, in which column, what was written and how to mend it.
Opening takes only a list without errors left out by its coordinator, and takes it whole.
"""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from console.list_files import MOST_ROWS, UnreadableList, read_table
from console.models import CountyList
from kernel import audit, clock, privacy
from tenants import register
from tenants.lengths import most_signs
from tenants.models import County, OpeningBatch
from tenants.opening import Plan, plan_counties
from tenants.states import CountyState, Stage, Theme

MOST_BYTES = 2 * 1024 * 1024
MOST_SHOWN = 60  # signs of a cell that is wrong
COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("代码", "县代码", "区划代码", "行政区划代码", "code"),
    "name": ("县名", "县", "县（市、区）", "县(市、区)", "名称", "county", "name"),
    "contact_name": ("联系人", "负责人", "contact"),
    "contact_phone": ("手机", "联系手机", "电话", "联系人手机", "phone"),
    "service_phone": ("客服电话", "客服", "service phone"),
    "stage": ("阶段", "stage"),
    "theme": ("主题", "theme"),
}
LABELS = {
    "code": gettext_lazy("代码"),
    "name": gettext_lazy("县名"),
    "contact_name": gettext_lazy("联系人"),
    "contact_phone": gettext_lazy("手机"),
    "service_phone": gettext_lazy("客服电话"),
    "stage": gettext_lazy("阶段"),
    "theme": gettext_lazy("主题"),
}
READY, ALREADY, WRONG = "ready", "already", "wrong"


@dataclass(frozen=True)
class Mistake:
    """One cell: its column ("B 县名"), what was written, what is wrong, how to mend it."""

    column: str
    wrote: str
    wrong: str
    mend: str


@dataclass
class Row:
    number: int
    facts: dict[str, str]
    mistakes: list[Mistake] = field(default_factory=list)
    already: bool = False
    written: dict[str, str] = field(default_factory=dict)  # as it stands in the file; ``facts`` is what we made of it

    @property
    def verdict(self) -> str:
        return WRONG if self.mistakes else ALREADY if self.already else READY


@dataclass(frozen=True)
class DryRun:
    how: str
    rows: list[Row]

    def of(self, verdict: str) -> list[Row]:
        return [row for row in self.rows if row.verdict == verdict]


def dry_run(upload: UploadedFile) -> DryRun:
    """Read and check a whole file; raises UnreadableList, changes nothing."""
    if (upload.size or 0) > MOST_BYTES:
        raise UnreadableList(_("文件超过 2 MB。请只留名单，去掉图片再传。"))
    how, table = read_table(upload.name or "", upload.read())
    if not table:
        raise UnreadableList(_("表是空的。第一行写列名，第二行起每行一个县。"))
    heads = _heads(table[0][1])
    if "code" not in heads.values() and "name" not in heads.values():
        raise UnreadableList(
            _("没找到“代码”或“县名”这一列。请在第一行写列名：代码、县名、联系人、手机、客服电话、阶段、主题。")
        )
    body = table[1:]
    if not body:
        raise UnreadableList(_("只有列名，没有县。第二行起每行写一个县。"))
    if len(body) > MOST_ROWS:
        raise UnreadableList(_("一次最多 %(most)s 行，请分开传。") % {"most": MOST_ROWS})
    rows = [_row(number, cells, heads) for number, cells in body]
    _check(rows, {name: column for column, name in heads.items()})
    return DryRun(how, rows)


def keep(upload_name: str, run: DryRun, *, by: Any) -> CountyList:
    """Remember a dry run until its coordinator decides."""
    return CountyList.objects.create(
        by=by,
        at=clock.now(),
        file_name=upload_name[:200],
        how=run.how,
        rows=json.dumps([asdict(row) for row in run.rows], ensure_ascii=False),
    )


def recall(kept: CountyList) -> DryRun:
    """A kept dry run; counties opened since are told apart again."""
    rows = [
        Row(
            raw["number"],
            raw["facts"],
            [Mistake(**mistake) for mistake in raw["mistakes"]],
            raw["already"],
            raw.get("written") or raw["facts"],
        )
        for raw in json.loads(kept.rows)
    ]
    taken = _taken_codes()
    for row in rows:
        row.already = row.already or row.facts.get("code") in taken
    return DryRun(kept.how, rows)


@transaction.atomic
def open_list(kept: CountyList, *, by: Any) -> OpeningBatch:
    """Open the rows that are ready, once; a second press gives the same batch."""
    kept = CountyList.objects.select_for_update(of=("self",)).get(pk=kept.pk)
    if kept.batch:
        return kept.batch
    ready = recall(kept).of(READY)
    if not ready:
        raise UnreadableList(_("没有可以开的县：请改好名单重传。"))
    batch = plan_counties([_plan(row.facts) for row in ready], by=by)
    kept.batch = batch
    kept.save(update_fields=["batch"])
    audit.record("county.open_list", by=by, title=kept.file_name, counties=len(ready))
    return batch


def _plan(facts: dict[str, str]) -> Plan:
    return Plan(
        code=facts["code"],
        contact_name=facts.get("contact_name", ""),
        contact_phone=privacy.plain_phone(facts.get("contact_phone", "")),
        service_phone=facts.get("service_phone", "") or settings.SITE["complaint_phone"],
        stage=facts.get("stage") or Stage.CUSTODY,
        theme=facts.get("theme") or Theme.PINE,
    )


# --- reading ---------------------------------------------------------------------------------
def _heads(cells: list[str]) -> dict[int, str]:
    """Which column is which; an unknown heading is left alone."""
    heads: dict[int, str] = {}
    for place, cell in enumerate(cells):
        for name, words in COLUMNS.items():
            if cell.strip().lower() in words and name not in heads.values():
                heads[place] = name
    return heads


def _row(number: int, cells: list[str], heads: dict[int, str]) -> Row:
    facts = {name: _plain(cells[place]) if place < len(cells) else "" for place, name in heads.items()}
    row = Row(number, facts, written=dict(facts))
    if "code" in facts:
        facts["code"] = unicodedata.normalize("NFKC", facts["code"])  # ２３０１１１, as a Chinese keyboard writes it
    return row


def _plain(cell: str) -> str:
    """Without line breaks and signs nobody sees: a workbook that is handed back cannot hold some of them."""
    return "".join(sign for sign in cell if sign.isprintable()).strip()


# --- checking --------------------------------------------------------------------------------
def _check(rows: list[Row], columns: dict[str, int]) -> None:
    taken = _taken_codes()
    seen: dict[str, int] = {}
    for row in rows:
        _check_division(row, columns)
        _check_people(row, columns)
        _check_lengths(row, columns)
        _check_service_phone(row, columns)
        _check_choice(row, columns, "stage", Stage.choices)
        _check_choice(row, columns, "theme", Theme.choices)
        code = row.facts.get("code", "")
        if not row.mistakes and code in seen:
            place = "code" if row.written.get("code") else "name"
            _wrong(row, columns, place, _("第 %(row)s 行已经写过这个县。") % {"row": seen[code]}, _("删掉一行"))
        if not row.mistakes:
            seen[code] = row.number
        row.already = code in taken


def _check_division(row: Row, columns: dict[str, int]) -> None:
    code, name = row.facts.get("code", ""), row.facts.get("name", "")
    by_code = register.division(code) if code else None
    by_name = _named(name) if name else []
    lost = _gone(code, "" if code or by_name else name)
    if lost:
        now = register.name_of(lost.successor)
        mend = _("%(name)s是 %(code)s") % {"name": now, "code": lost.successor}
        _wrong(row, columns, "code" if code else "name", register.gone_words(lost), mend)
    elif code and (by_code is None or not by_code.province_code.startswith(settings.JIETI_PROVINCE)):
        mend = (
            _("%(name)s是 %(code)s") % {"name": name, "code": by_name[0].code}
            if len(by_name) == 1
            else _("查一查六位区划代码")
        )
        _wrong(row, columns, "code", _("本省没有这个代码。"), mend)
    elif by_code and name and name != by_code.name:
        wrong = _("代码 %(code)s 是%(name)s，名字对不上。") % {"code": code, "name": by_code.name}
        _wrong(row, columns, "name", wrong, _("改成 %(name)s，或核对代码") % {"name": by_code.name})
    elif not code and len(by_name) > 1:
        codes = _("、").join(f"{one.prefecture} {one.code}" for one in by_name)
        _wrong(
            row,
            columns,
            "name",
            _("省里有 %(n)s 个同名的县。") % {"n": len(by_name)},
            _("写上代码：%(codes)s") % {"codes": codes},
        )
    elif not code and not by_name:
        _wrong(row, columns, "name", _("本省没有这个县。"), _("写全名，例如 五常市"))
    else:
        division = by_code or by_name[0]
        row.facts.update(code=division.code, name=division.name)


def _named(name: str) -> list[register.Division]:
    return [one for one in register.divisions(settings.JIETI_PROVINCE) if one.name == name]


def _gone(code: str, name: str) -> register.Division | None:
    """The one of the province that was meant, when the state has merged or renamed it."""
    lost = register.gone(settings.JIETI_PROVINCE)
    return next((one for one in lost if one.code == code or one.name == name), None)


def _check_people(row: Row, columns: dict[str, int]) -> None:
    """Who is called and invited; one county opened by hand asks for both, too."""
    if not row.facts.get("contact_name"):
        _wrong(row, columns, "contact_name", _("没有写联系人。"), _("写县里管这件事的人的名字"))
    written = row.facts.get("contact_phone", "")
    if not written:
        _wrong(row, columns, "contact_phone", _("没有写手机。"), _("写联系人的 11 位手机号，请负责人要用"))
    phone = privacy.plain_phone(written)
    if written and not privacy.is_phone(phone):
        wrong = (
            _("这不是手机号。")
            if len(phone) == 11
            else ngettext(
                "手机号是 %(n)s 位。",
                "手机号是 %(n)s 位。",
                len(phone),
            )
            % {"n": len(phone)}
        )
        _wrong(row, columns, "contact_phone", wrong, _("写成 11 位手机号，例如 13800000000"))


def _check_lengths(row: Row, columns: dict[str, int]) -> None:
    for name in ("contact_name", "service_phone"):
        most, signs = most_signs(County, name), len(row.facts.get(name, ""))
        if signs > most:
            wrong = _("最多 %(most)s 个字，这里有 %(n)s 个。") % {"most": most, "n": signs}
            _wrong(row, columns, name, wrong, _("写短一点"))


def _check_service_phone(row: Row, columns: dict[str, int]) -> None:
    """It is published: whoever taps it must reach somebody."""
    phone = row.facts.get("service_phone", "")
    if phone and not privacy.is_dialled(phone):
        _wrong(row, columns, "service_phone", _("这不是电话。"), _("写成 0453-55550101 这样，或者留空以后补"))


def _check_choice(row: Row, columns: dict[str, int], name: str, choices: Iterable[tuple[str, Any]]) -> None:
    written = row.facts.get(name, "")
    values = {str(label): value for value, label in choices}
    with override("zh-hans"):  # a Chinese list stays right on an English desk
        values |= {str(label): value for value, label in choices}
    if written and written not in values and written not in values.values():
        _wrong(row, columns, name, _("没有这一种。"), _("写 %(words)s 之一") % {"words": _("、").join(values)})
    elif written:
        row.facts[name] = values.get(written, written)


def _wrong(row: Row, columns: dict[str, int], name: str, wrong: str, mend: str) -> None:
    place = chr(65 + columns[name] % 26) if name in columns else "—"
    wrote = row.facts.get(name, "")[:MOST_SHOWN]
    if name == "contact_phone":
        wrote = wrote if len(wrote) < 11 else privacy.mask_phone(wrote)
    row.mistakes.append(Mistake(f"{place} {LABELS[name]}", wrote, wrong, mend))


def _taken_codes() -> set[str]:
    return set(County.objects.exclude(state=CountyState.PLANNED).values_list("code", flat=True))
