"""Spreadsheets the desk hands out. A cell that starts like a formula is kept a text."""

import io
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from console.county_lists import ALREADY, COLUMNS, LABELS, WRONG, DryRun, Row
from kernel import clock
from kernel.models import InboxItem
from tenants import register
from tenants.selectors import CountyRow

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WRONG_FILL = PatternFill("solid", fgColor="FAE8E2")


def sheet_response(book: Workbook, name: str) -> HttpResponse:
    buffer = io.BytesIO()
    book.save(buffer)
    response = HttpResponse(buffer.getvalue(), content_type=KIND)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def county_sheet(rows: Iterable[CountyRow]) -> Workbook:
    heads = [_("代码"), _("县"), _("地市"), _("状态"), _("阶段"), _("客服电话"), _("开馆时间")]
    body = []
    for row in rows:
        county = row.county
        opened = str(clock.day_of(county.opened_at)) if county and county.opened_at else ""
        body.append(
            [
                row.division.code,
                row.division.name,
                row.division.prefecture,
                county.get_state_display() if county else _("计划"),
                county.get_stage_display() if county else "",
                county.service_phone if county else "",
                opened,
            ]
        )
    return _book(heads, body)


def inbox_sheet(items: Iterable[InboxItem]) -> Workbook:
    heads = [_("事项"), _("名称"), _("县"), _("从什么时候"), _("期限"), _("谁在办"), _("办好"), _("结果")]
    body = [
        [
            item.kind_name,
            item.title,
            register.name_of(item.county_code),
            _moment(item.since),
            _moment(item.due),
            str(item.person or ""),
            _moment(item.done_at),
            item.outcome_name,
        ]
        for item in items
    ]
    return _book(heads, body)


def _moment(at: datetime | None) -> str:
    return at.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else ""


def sample_sheet() -> Workbook:
    """An empty list with the headings we read and two example rows."""
    heads = [str(LABELS[name]) for name in COLUMNS]
    return _book(heads, [["230184", "五常市", "周启航", "13800000001", "0451-55550184", "托管", "松"]])


def marked_sheet(run: DryRun) -> Workbook:
    """The uploaded list with each wrong cell coloured and its mend as a comment. Phones are kept:
    the coordinator who uploaded them mends this file and sends it back."""
    names = list(COLUMNS)
    heads = [*(str(LABELS[name]) for name in names), _("试跑")]
    body = [[*(row.written.get(name, "") for name in names), verdict_words(row)] for row in run.rows]
    book = _book(heads, body)
    sheet = book.worksheets[0]
    labels = {str(LABELS[name]): place for place, name in enumerate(names, start=1)}
    for line, row in enumerate(run.rows, start=2):
        for mistake in row.mistakes:
            cell = sheet.cell(line, labels[mistake.column.split(" ", 1)[1]])
            cell.fill = WRONG_FILL
            cell.comment = Comment(f"{mistake.wrong}\n{mistake.mend}", "借梯")
    return book


def verdict_words(row: Row) -> str:
    """What becomes of a row, and why; reading the file again leaves this column alone."""
    if row.verdict == WRONG:
        return _("要改：%(what)s") % {"what": " ".join(mistake.wrong for mistake in row.mistakes)}
    return _("已经开了，跳过") if row.verdict == ALREADY else _("可以开")


def _book(heads: list[str], body: list[list[str]]) -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(heads)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for cells in body:
        sheet.append(cells)
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s"  # "=1+1" from a county stays what it is: words
    for number in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 18
    return book
