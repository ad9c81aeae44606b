"""A list of counties: checked row by row, opened whole or not at all."""

import csv
import io
import resource
import signal
import subprocess
import sys
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from openpyxl import Workbook, load_workbook

from console import county_lists
from console.county_lists import ALREADY, READY, WRONG, UnreadableList
from console.models import CountyList
from console.sheets import marked_sheet
from kernel.models import OutboxRow
from tenants.models import County, OpeningBatch

pytestmark = pytest.mark.django_db

HEADS = ["代码", "县名", "联系人", "手机", "客服电话", "阶段", "主题"]
GOOD = [
    ["230524", "饶河县", "孟川", "13911110001", "0469-55550524", "托管", "江"],
    ["231223", "青冈县", "高远", "13911110002", "0455-55551223", "扶持", "松"],
    ["", "海林市", "柳青", "139 1111 0003", "0453-55551083", "", ""],
]
BAD = [
    ["230525", "饶河县", "甲", "13911110004", "", "", ""],
    ["231222", "兰西县", "乙", "1391111", "", "", ""],
    ["231225", "明水县", "丙", "13911110006", "", "全包", ""],
]
OPEN_ALREADY = ["230184", "五常市", "周启航", "13911110007", "", "", ""]


def xlsx(rows, name="名单.xlsx"):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue())


def as_csv(rows, encoding, name="名单.csv"):
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode(encoding))


MAKERS = {
    "xlsx": xlsx,
    "utf-8": lambda rows: as_csv(rows, "utf-8"),
    "utf-8 with a mark": lambda rows: as_csv(rows, "utf-8-sig"),
    "gbk": lambda rows: as_csv(rows, "gbk"),
}


def world():
    return County.objects.count(), OpeningBatch.objects.count(), OutboxRow.objects.count()


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_of_file_reads_alike(kind):
    run = county_lists.dry_run(MAKERS[kind]([HEADS, *GOOD]))
    assert [(row.facts["code"], row.facts["name"], row.verdict) for row in run.rows] == [
        ("230524", "饶河县", READY),
        ("231223", "青冈县", READY),
        ("231083", "海林市", READY),
    ]
    assert run.rows[0].facts["stage"] == "custody"
    assert run.rows[1].facts["stage"] == "support"


def test_numbers_typed_as_numbers_are_codes_and_phones():
    run = county_lists.dry_run(xlsx([HEADS, [230524, "饶河县", "孟川", 13911110001, "", "", ""]]))
    assert run.rows[0].verdict == READY
    assert run.rows[0].facts["contact_phone"] == "13911110001"


@pytest.mark.parametrize("kind", MAKERS)
def test_three_bad_rows_are_named_by_row_and_column_with_what_was_written(kind, wuchang):
    run = county_lists.dry_run(MAKERS[kind]([HEADS, GOOD[0], BAD[0], BAD[1], GOOD[1], BAD[2], OPEN_ALREADY]))
    wrong = [(row.number, mistake.column, mistake.wrote) for row in run.of(WRONG) for mistake in row.mistakes]
    assert wrong == [(3, "A 代码", "230525"), (4, "D 手机", "1391111"), (6, "F 阶段", "全包")]
    mends = [mistake.mend for row in run.of(WRONG) for mistake in row.mistakes]
    assert "230524" in mends[0]
    assert "11 位" in mends[1]
    assert "托管" in mends[2]
    assert [row.facts["code"] for row in run.of(ALREADY)] == ["230184"]
    assert len(run.of(READY)) == 2


def test_a_service_phone_of_words_is_wrong_in_its_column():
    rows = [["230524", "饶河县", "孟川", "13911110001", "call me", "", ""]]
    (row,) = county_lists.dry_run(xlsx([HEADS, *rows])).rows
    assert [(one.column, one.wrote, one.wrong) for one in row.mistakes] == [("E 客服电话", "call me", "这不是电话。")]


def test_what_does_not_fit_is_wrong_in_its_row_and_column():
    long = ["230524", "饶河县", "孟" * 500, "13911110001", "0469-5555" * 4, "", ""]
    edge = ["231223", "青冈县", "高" * 40, "13911110002", "0" * 30, "", ""]
    run = county_lists.dry_run(xlsx([HEADS, long, edge]))
    assert [(one.column, len(one.wrote), one.wrong) for one in run.rows[0].mistakes] == [
        ("C 联系人", 60, "最多 40 个字，这里有 500 个。"),
        ("E 客服电话", 36, "最多 30 个字，这里有 36 个。"),
    ]
    assert run.rows[1].verdict == READY


def test_what_is_ready_opens_whatever_was_written(coordinator):
    """Signs that nobody sees neither stop the opening nor the sheet that is handed back."""
    odd = ["230524", " 饶河县\u3000", "孟\x0b川\u200b\r\n", "13911110001", "0469-55550524\x01", "", ""]
    kept = county_lists.keep("a.csv", county_lists.dry_run(as_csv([HEADS, odd, BAD[0]], "utf-8")), by=coordinator)
    assert [row.verdict for row in county_lists.recall(kept).rows] == [READY, WRONG]
    marked_sheet(county_lists.recall(kept))
    county_lists.open_list(kept, by=coordinator)
    county = County.objects.get(code="230524")
    assert (county.contact_name, county.service_phone) == ("孟川", "0469-55550524")


def test_what_the_state_has_merged_names_its_successor(settings):
    settings.JIETI_PROVINCE = "35"
    rows = [
        ["350427", "沙县"],
        ["350427", ""],
        ["", "沙县"],
        ["350405", "沙县区"],
        ["350403", "三元区"],
        ["110101", ""],
    ]
    run = county_lists.dry_run(xlsx([HEADS[:4], *([*row, "孟川", "13911110001"] for row in rows)]))
    found = [(row.verdict, [(one.column, one.mend) for one in row.mistakes]) for row in run.rows]
    assert found == [
        (WRONG, [("A 代码", "沙县区是 350405")]),
        (WRONG, [("A 代码", "沙县区是 350405")]),
        (WRONG, [("B 县名", "沙县区是 350405")]),
        (READY, []),
        (WRONG, [("A 代码", "三元区是 350404")]),
        (WRONG, [("A 代码", "查一查六位区划代码")]),
    ]


def test_whoever_is_to_be_called_must_be_written():
    """The wizard asks for both; a list asks for no less, also where it has no such column."""
    rows = [["230524", "饶河县", "", "13911110001"], ["231223", "青冈县", "高远", ""]]
    found = county_lists.dry_run(xlsx([HEADS[:4], *rows])).rows
    assert [[(one.column, one.wrong) for one in row.mistakes] for row in found] == [
        [("C 联系人", "没有写联系人。")],
        [("D 手机", "没有写手机。")],
    ]
    (bare,) = county_lists.dry_run(xlsx([["代码"], ["230524"]])).rows
    assert [one.column for one in bare.mistakes] == ["— 联系人", "— 手机"]


def test_the_marked_sheet_holds_what_was_written_and_what_becomes_of_it(coordinator):
    run = county_lists.dry_run(xlsx([HEADS, GOOD[2], GOOD[0], BAD[2], OPEN_ALREADY]))
    kept = county_lists.keep("名单.xlsx", run, by=coordinator)
    rows = [[cell.value or "" for cell in row] for row in marked_sheet(county_lists.recall(kept)).active.iter_rows()]
    assert rows[0] == [*HEADS, "试跑"]
    assert rows[1] == [*GOOD[2], "可以开"]
    assert rows[2] == [*GOOD[0], "可以开"]
    assert rows[3] == [*BAD[2], "要改：没有这一种。"]
    assert rows[4] == [*OPEN_ALREADY, "已经开了，跳过"]


def test_the_rows_that_are_skipped_are_named(coordinator, client_for, wuchang):
    kept = county_lists.keep("名单.xlsx", county_lists.dry_run(xlsx([HEADS, GOOD[0], OPEN_ALREADY])), by=coordinator)
    page = client_for(coordinator).get(f"/desk/counties/import/{kept.pk}/").content.decode()
    skipped = page.split("跳过的</h2>")[1].split("</section>")[0]
    assert "五常市" in skipped
    assert "已经开过或者正在开" in skipped
    assert "饶河县" not in skipped


def test_a_county_written_twice_is_wrong_the_second_time():
    run = county_lists.dry_run(xlsx([HEADS, GOOD[0], GOOD[0]]))
    assert [row.verdict for row in run.rows] == [READY, WRONG]
    assert "2" in run.rows[1].mistakes[0].wrong


def test_signs_of_a_chinese_keyboard_are_read_as_what_they_mean():
    typed = [["２３０１１１", "呼兰区", "王主任", "１３８００００００００"]]
    (row,) = county_lists.dry_run(xlsx([HEADS[:4], *typed])).rows
    assert (row.mistakes, row.facts["code"]) == ([], "230111")


def test_a_wrong_row_makes_no_other_one_its_double():
    rows = [["230103", "道里区", "王主任", "13800000000"], ["", "南岗区", "李主任", "13800000001"]]
    assert [row.verdict for row in county_lists.dry_run(xlsx([HEADS[:4], *rows])).rows] == [WRONG, READY]


def test_a_dry_run_changes_nothing(coordinator, client_for):
    before = world()
    answer = client_for(coordinator).post("/desk/counties/import/", {"file": xlsx([HEADS, *GOOD, *BAD])})
    assert answer.status_code == 302
    page = client_for(coordinator).get(answer["Location"])
    assert page.status_code == 200
    assert world() == before


def test_opening_takes_the_ready_rows_once(coordinator, wuchang):
    kept = county_lists.keep(
        "名单.xlsx", county_lists.dry_run(xlsx([HEADS, *GOOD, *BAD, OPEN_ALREADY])), by=coordinator
    )
    batch = county_lists.open_list(kept, by=coordinator)
    codes = set(batch.openings.values_list("county__code", flat=True))
    assert codes == {"230524", "231223", "231083"}
    after = world()
    assert county_lists.open_list(kept, by=coordinator) == batch
    assert world() == after
    assert County.objects.get(code="231083").contact_phone == "13911110003"


def test_the_second_press_on_the_page_gives_the_same_batch(coordinator, client_for):
    kept = county_lists.keep("名单.xlsx", county_lists.dry_run(xlsx([HEADS, *GOOD])), by=coordinator)
    browser = client_for(coordinator)
    first = browser.post(f"/desk/counties/import/{kept.pk}/open/")["Location"]
    assert browser.post(f"/desk/counties/import/{kept.pk}/open/")["Location"] == first
    assert OpeningBatch.objects.filter(pk=first.rsplit("=", 1)[-1]).exists()


def test_nothing_is_half_done_when_one_row_fails_on_the_way(coordinator, monkeypatch):
    kept = county_lists.keep("名单.xlsx", county_lists.dry_run(xlsx([HEADS, *GOOD])), by=coordinator)
    before = world()
    original, seen = county_lists._plan, []

    def fails_at_the_last(facts):
        seen.append(facts)
        plan = original(facts)
        return plan if len(seen) < len(GOOD) else type(plan)(code="999999")

    monkeypatch.setattr(county_lists, "_plan", fails_at_the_last)
    with pytest.raises(Exception, match="999999"):
        county_lists.open_list(kept, by=coordinator)
    assert world() == before
    assert CountyList.objects.get(pk=kept.pk).batch_id is None


def test_a_county_opened_in_between_is_not_opened_again(coordinator):
    from tenants.opening import Plan, plan_counties

    kept = county_lists.keep("名单.xlsx", county_lists.dry_run(xlsx([HEADS, *GOOD])), by=coordinator)
    plan_counties([Plan("230524", service_phone="0469-55550524")], by=coordinator)
    batch = county_lists.open_list(kept, by=coordinator)
    assert set(batch.openings.values_list("county__code", flat=True)) == {"231223", "231083"}


def test_no_phone_lies_in_the_table_in_plain(coordinator):
    county_lists.keep("名单.xlsx", county_lists.dry_run(xlsx([HEADS, *GOOD, *BAD])), by=coordinator)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM console_countylist t")
        row = cursor.fetchone()[0]
    for phone in ("13911110001", "13911110003", "1391111"):
        assert phone not in row
    assert "饶河" not in row
    assert "13911110001" in CountyList.objects.get().rows


def test_the_page_of_a_list_names_rows_and_mends_and_hides_phones(coordinator, client_for):
    kept = county_lists.keep("名单.xlsx", county_lists.dry_run(xlsx([HEADS, *GOOD, *BAD])), by=coordinator)
    body = client_for(coordinator).get(f"/desk/counties/import/{kept.pk}/").content.decode()
    for words in ("230525", "全包", "饶河县"):
        assert words in body
    assert "13911110001" not in body


def test_a_list_is_only_its_uploaders(coordinator, client_for):
    from tests.factories.people import make_person

    kept = county_lists.keep("名单.xlsx", county_lists.dry_run(xlsx([HEADS, *GOOD])), by=coordinator)
    other = client_for(make_person("coordinator", name="同事"))
    for path in ("", "marked/"):
        assert other.get(f"/desk/counties/import/{kept.pk}/{path}").status_code == 404
    assert other.post(f"/desk/counties/import/{kept.pk}/open/").status_code == 404


def test_the_marked_sheet_colours_what_is_wrong_and_comes_back_clean(coordinator, client_for):
    kept = county_lists.keep("名单.xlsx", county_lists.dry_run(xlsx([HEADS, *BAD, *GOOD])), by=coordinator)
    answer = client_for(coordinator).get(f"/desk/counties/import/{kept.pk}/marked/")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    marked = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment]
    assert marked == ["A2", "D3", "F4"]
    sheet["A2"], sheet["D3"], sheet["F4"] = "230522", "13911110005", "托管"
    sheet["B2"] = "友谊县"
    mended = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    assert {row.verdict for row in county_lists.dry_run(xlsx(mended)).rows} == {READY}


def with_a_cell_at(place, rows=(HEADS, *GOOD)):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.active[place] = "x"
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile("名单.xlsx", buffer.getvalue())


def of_a_million_rows():
    """Row upon row, packed into less than the 2 MB that may come."""
    small = io.BytesIO(xlsx([HEADS, *GOOD]).read())
    packed = io.BytesIO()
    cell = '<row r="%d"><c r="A%d" t="inlineStr"><is><t>230524</t></is></c></row>'
    with zipfile.ZipFile(small) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                more = "".join(cell % (number, number) for number in range(6, 200_000))
                part = part.replace(b"</sheetData>", more.encode() + b"</sheetData>")
            new.writestr(name, part)
    assert len(packed.getvalue()) < county_lists.MOST_BYTES
    return SimpleUploadedFile("名单.xlsx", packed.getvalue())


UNREADABLE = {
    "a cell at the far corner": lambda: with_a_cell_at("XFD1048576"),
    "a cell at the foot": lambda: with_a_cell_at("A1048576"),
    "a cell at the right": lambda: with_a_cell_at("XFD2"),
    "a very long list": of_a_million_rows,
    "empty": lambda: SimpleUploadedFile("a.csv", b""),
    "only heads": lambda: as_csv([HEADS], "utf-8"),
    "no such column": lambda: as_csv([["甲", "乙"], ["1", "2"]], "utf-8"),
    "not a book": lambda: SimpleUploadedFile("a.xlsx", b"hello"),
    "broken book": lambda: SimpleUploadedFile("a.xlsx", b"PK\x03\x04" + b"\x00" * 200),
    "binary": lambda: SimpleUploadedFile("a.csv", b"\x00\x01\x02\x00" * 50),
    "too many": lambda: as_csv([HEADS, *([GOOD[0]] * 3001)], "utf-8"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_refused_with_a_sentence(kind, coordinator, client_for):
    with pytest.raises(UnreadableList) as refusal:
        county_lists.dry_run(UNREADABLE[kind]())
    assert str(refusal.value).endswith(("。", "？"))
    answer = client_for(coordinator).post("/desk/counties/import/", {"file": UNREADABLE[kind]()})
    assert answer.status_code == 200
    assert CountyList.objects.count() == 0


def test_one_cell_far_off_costs_no_web_process():
    """4.9 kB that ask for 512 GB: the reader dies of it, so it is never ours that reads."""
    bomb = with_a_cell_at("XFD1048576").read()
    assert len(bomb) < 6000
    ours = subprocess.run(
        [sys.executable, "-c", DIES], input=bomb, capture_output=True, preexec_fn=no_core, timeout=60, check=False
    )
    assert ours.returncode == -signal.SIGABRT
    with pytest.raises(UnreadableList, match="离名单很远"):
        county_lists.dry_run(SimpleUploadedFile("名单.xlsx", bomb))


DIES = """
import io, sys
from python_calamine import CalamineWorkbook
CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0)
"""


def no_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (2**30, 2**30))


def test_a_table_may_stand_anywhere_on_the_sheet():
    shifted = [[""], [""], *[["", "", *row] for row in (HEADS, GOOD[0], ["x"] * 7)]]
    run = county_lists.dry_run(xlsx(shifted))
    assert [(row.number, row.verdict) for row in run.rows] == [(4, READY), (5, WRONG)]
    assert run.rows[0].facts["contact_name"] == "孟川"
    assert run.rows[1].mistakes[0].column == "C 代码"


def test_empty_rows_between_are_no_counties_and_keep_the_numbers():
    run = county_lists.dry_run(with_a_cell_at("A5000"))
    assert [(row.number, row.verdict) for row in run.rows] == [(2, READY), (3, READY), (4, READY), (5000, WRONG)]
