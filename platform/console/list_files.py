"""A list as a file: xlsx or csv, UTF-8 or GBK, read into rows of words whatever they mean."""

import csv
import io

from django.utils.translation import gettext as _

from kernel import papers
from kernel.errors import DomainError

MOST_ROWS = 3000
Table = list[tuple[int, list[str]]]


class UnreadableList(DomainError):
    """The file is not a list we can read."""

    code = "unreadable_list"


def read_table(name: str, content: bytes) -> tuple[str, Table]:
    """How the file was read, and its rows that hold anything, with their numbers from 1."""
    if content[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        return _spreadsheet(content)
    if name.lower().endswith((".xlsx", ".xls", ".ods")):
        raise UnreadableList(_("这个文件打不开，请在 Excel 里另存为 .xlsx 再传。"))
    for encoding, words in (("utf-8-sig", "UTF-8"), ("gb18030", "GBK")):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return _("，").join(("CSV", words)), _csv(text)
    raise UnreadableList(_("看不懂这个文件的编码。请存成 .xlsx，或 UTF-8、GBK 的 .csv。"))


def _spreadsheet(content: bytes) -> tuple[str, Table]:
    """Read in a process of its own: a small file can ask for more memory than the machine has."""
    try:
        rows = papers.sheet_rows(content, MOST_ROWS + 2)
    except papers.BadPaper as refusal:
        if refusal.facts["reason"] in {"far", "heavy"}:
            raise UnreadableList(
                _("这张表太大，离名单很远的格子里可能还有内容。请把名单单独复制到一张新表，存成 .xlsx 再传。")
            ) from refusal
        raise UnreadableList(_("这个文件打不开，请在 Excel 里另存为 .xlsx 再传。")) from refusal
    return _("Excel，第 1 张表"), rows


def _csv(text: str) -> Table:
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;，", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = enumerate(([cell.strip() for cell in row] for row in reader), start=1)
        return [(number, cells) for number, cells in rows if any(cells)]
    except csv.Error as wrong:
        raise UnreadableList(_("CSV 格式不对：%(wrong)s。请存成 .xlsx 再传。") % {"wrong": wrong}) from wrong
