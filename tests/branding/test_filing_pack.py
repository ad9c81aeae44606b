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
