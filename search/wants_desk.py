"""The desk's page of what was looked for, the province's and each county's, and its spreadsheet."""

import io
from urllib.parse import quote, urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from openpyxl import Workbook
from openpyxl.styles import Font

from accounts import limits
from accounts.doors import SignedInRequest, county_code_of, few, needs
from kernel import audit
from search.entries import WANTS
from search.models import Want
from search.wanted import PROVINCE, Asked, counties, months
from tenants import register

PAGE = 50
MOST_EXPORTED = 10_000
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(WANTS)
@require_safe
def show(request: SignedInRequest) -> HttpResponse:
    asked = _asked(request)
    page = Paginator(asked.rows(), PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": page,
        "rows": [(one, _kind(one), _place(one.county_code)) for one in page],
        "months": months(asked.place),
        "counties": counties(asked.place, asked.month),
        "everywhere": PROVINCE,
        "kinds": [(Want.Kind.WANT.value, _("想要")), (Want.Kind.ZERO.value, _("没搜到"))],
        "query": urlencode(asked.query()),
    }
    return render(request, "search/wants.html", context)


@needs(WANTS)
@few(limits.EXPORT)
@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    """The rows as they are chosen on the page, in its order."""
    asked = _asked(request)
    rows = list(asked.rows()[:MOST_EXPORTED])
    audit.record("wants.export", by=request.user, county=asked.place, rows=len(rows), filters=asked.query())
    response = HttpResponse(_sheet(rows), content_type=KIND)
    name = _("大家想要的 %(month)s.xlsx") % {"month": asked.month.strftime("%Y-%m")}
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _asked(request: SignedInRequest) -> Asked:
    return Asked.of(county_code_of(request), request.GET)


def _kind(one: Want) -> str:
    return _("想要") if one.kind == Want.Kind.WANT else _("没搜到")


def _place(county_code: str) -> str:
    return register.name_of(county_code) if county_code else _("全省")


def _sheet(rows: list[Want]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([_("月份"), _("写的是"), _("哪一种"), _("哪里"), _("次数")])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for one in rows:
        sheet.append([one.month.strftime("%Y-%m"), one.text, _kind(one), _place(one.county_code), one.count])
        sheet.cell(sheet.max_row, 2).data_type = "s"  # "=1+1" that somebody searched for stays words
    for column, width in zip("ABCDE", (12, 40, 12, 18, 10), strict=True):
        sheet.column_dimensions[column].width = width
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
