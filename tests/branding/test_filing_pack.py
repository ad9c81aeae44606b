"""The filing pack is printed whole or not at all, and looks the same everywhere."""

import hashlib
import io
import json
import zipfile

import pikepdf
import pypdfium2
import pytest

from tests.branding.paper import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("trusted_papers")]


def text_of(data):
    document = pypdfium2.PdfDocument(data)
    try:
        return "".join(document[place].get_textpage().get_text_range() for place in range(len(document)))
    finally:
        document.close()


def test_it_is_refused_with_the_list_of_what_is_missing(draft, officer):
    from branding import filing_pack
    from branding.errors import Unfinished
    from tests.factories.people import client_for

    with pytest.raises(Unfinished, match=r"委托书.*查过近似") as refused:
        filing_pack.pack_pdf(draft)
    assert list(refused.value.facts["missing"]) == ["power", "check"]
    answer = client_for(officer).get(f"/desk/brands/{draft.pk}/pack.zip", follow=True)
    assert "案卷还印不了，差这几样" in answer.content.decode()


def test_the_pdf_says_everything_in_chinese_with_its_own_fonts(prepared):
    from branding import filing_pack

    data = filing_pack.pack_pdf(prepared)
    words = text_of(data)
    for said in ("商标注册申请资料", "山椴语", "东山岗养蜂专业合作社", "蜂蜜", "13812345678", "营业执照", "代理委托书"):
        assert said in words, said
    with pikepdf.open(io.BytesIO(data)) as document:
        fonts = [font for page in document.pages for font in page.Resources.get("/Font", {}).values()]
        assert fonts
        assert all("Noto" in str(font.BaseFont) for font in fonts)


def test_the_zip_holds_every_paper_and_a_manifest_that_is_true(prepared):
    from branding import filing_pack

    box = zipfile.ZipFile(io.BytesIO(filing_pack.pack_zip(prepared)))
    manifest = json.loads(box.read("manifest.json"))
    assert manifest["name"] == "山椴语"
    told = {one["name"]: one["sha256"] for one in manifest["files"]}
    assert set(told) == set(box.namelist()) - {"manifest.json"}
    assert {"00-案卷.pdf", "01-营业执照.jpg", "02-代理委托书.jpg", "application.json"} == set(told)
    assert all(hashlib.sha256(box.read(name)).hexdigest() == value for name, value in told.items())
    assert json.loads(box.read("application.json"))["name"] == "山椴语"


def the_zip(brand):
    from branding import filing_pack

    box = zipfile.ZipFile(io.BytesIO(filing_pack.pack_zip(brand)))
    return box, json.loads(box.read("manifest.json"))


def test_photos_of_one_name_are_told_apart_in_the_zip_the_manifest_and_the_print(prepared, officer):
    from branding import filing_pack
    from branding.services import cases
    from kernel import clock, papers
    from tests.branding.paper import jpeg

    for _number in range(2):
        cases.add_paper(prepared, jpeg("photo.jpg"), kind="other", by=officer)
    first, second = papers.of(("brand", str(prepared.pk)), prepared.county_code).filter(kind="other")
    box, manifest = the_zip(prepared)
    assert box.read("03-其他文件 1.jpg") == papers.read(first)
    assert box.read("04-其他文件 2.jpg") == papers.read(second)
    told = {one["name"]: one.get("paper") for one in manifest["files"]}
    day = clock.today().isoformat()
    assert told["04-其他文件 2.jpg"] == {"kind": "other", "title": "其他文件 2", "on": day, "file": "photo.jpg"}
    assert told["01-营业执照.jpg"]["title"] == "营业执照", "one alone needs no number"
    assert told["application.json"] is None
    printed = text_of(filing_pack.pack_pdf(prepared))
    assert "其他文件 1" in printed
    assert "其他文件 2" in printed
    assert day in printed


def test_the_zip_holds_the_documents_of_the_ladder_and_says_what_they_are(prepared, officer):
    from datetime import date

    from kernel import papers
    from kernel.models import Paper
    from tests.branding import roads

    case = roads.enter(prepared, "filing", by=officer, dated=date(2026, 1, 6))
    case = roads.enter(case, "acceptance", by=officer, dated=date(2026, 1, 26))
    notice = case.notices.get(kind="acceptance")
    box, manifest = the_zip(case)
    name = "官方文件/02-2026-01-26-受理通知书.pdf"
    assert "官方文件/01-2026-01-06-递交回执.pdf" in box.namelist()
    assert box.read(name) == papers.read(Paper.objects.get(pk=notice.paper_id))
    told = {one["name"]: one for one in manifest["files"]}
    assert told[name]["sha256"] == notice.sha256
    assert told[name]["notice"] == {
        "kind": "acceptance",
        "number": notice.number,
        "dated": "2026-01-26",
        "received_on": notice.received_on.isoformat(),
    }
    assert "notice" not in told["01-营业执照.jpg"]
    assert set(told) == set(box.namelist()) - {"manifest.json"}
    assert box.getinfo(name).date_time == (2026, 1, 26, 0, 0, 0)


def test_a_document_taken_back_is_not_in_the_zip(prepared, officer):
    from datetime import date

    from branding.services import mistakes
    from tests.branding import roads

    case = roads.enter(prepared, "filing", by=officer, dated=date(2026, 1, 6))
    mistakes.take_back(case, case.notices.get().pk, by=officer, why="日期看错了一天")
    case.refresh_from_db()
    box, _manifest = the_zip(case)
    assert not [name for name in box.namelist() if name.startswith("官方文件/")]


def test_every_member_bears_its_own_day_and_the_same_case_gives_the_same_zip(prepared, officer):
    from datetime import date, timedelta

    from branding import filing_pack
    from kernel import clock
    from kernel.models import Paper
    from tests.branding import roads

    day = clock.now() - timedelta(days=40)
    Paper.objects.filter(kind="licence").update(at=day)
    case = roads.enter(prepared, "filing", by=officer, dated=date(2026, 1, 6))
    box, _manifest = the_zip(case)
    days = {name: box.getinfo(name).date_time[:3] for name in box.namelist()}
    there = day.astimezone(clock.SHANGHAI)
    assert days["01-营业执照.jpg"] == (there.year, there.month, there.day)
    assert days["官方文件/01-2026-01-06-递交回执.pdf"] == (2026, 1, 6)
    assert 1980 not in {year for year, _month, _day in days.values()}
    when = {name: box.getinfo(name).date_time for name in box.namelist()}
    assert when.pop("manifest.json") == max(when.values()), "not a midnight of the day it was asked for"
    assert filing_pack.pack_zip(case) == filing_pack.pack_zip(case)


def test_papers_that_are_pdf_stand_at_the_end(handed_in, officer):
    from branding import filing_pack
    from branding.services import cases

    cases.add_paper(handed_in, pdf("power.pdf"), kind="power", by=officer)
    with pikepdf.open(io.BytesIO(filing_pack.pack_pdf(handed_in))) as document:
        assert float(document.pages[-1].mediabox[2]) != pytest.approx(595, abs=2)


def test_the_power_of_attorney_prints_before_anything_is_whole(draft):
    from branding import filing_pack

    assert "商标代理委托书" in text_of(filing_pack.power_pdf(draft))


def test_who_printed_it_is_written_down(prepared, officer):
    from kernel.models import AuditEntry
    from tests.factories.people import client_for

    answer = client_for(officer).get(f"/desk/brands/{prepared.pk}/pack.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert AuditEntry.objects.filter(action="brand.pack", by=officer).count() == 1
