"""Papers: checked by content, encrypted on the disk, opened by right, each opening written down."""

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from kernel import papers
from kernel.models import Paper

CASE = ("test-case", "1")


@pytest.fixture(autouse=True)
def room(settings, tmp_path):
    from django.core.files.storage import storages

    kept = {**settings.STORAGES, "papers": {**settings.STORAGES["papers"], "OPTIONS": {"location": tmp_path}}}
    settings.STORAGES = kept
    storages._storages.clear()
    storages.__dict__.pop("backends", None)
    return tmp_path


def jpeg(**options):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(buffer, "JPEG", **options)
    return buffer.getvalue()


def pdf(change=None):
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def keep(data, name="证明.pdf", **more):
    return papers.keep(SimpleUploadedFile(name, data), kind="proof", obj=CASE, county="230524", by=None, **more)


@pytest.mark.django_db
def test_a_paper_comes_back_as_it_went_in_and_lies_encrypted(room):
    data = pdf()
    paper = keep(data)
    assert papers.read(paper) == data
    lying = next(path for path in room.rglob("*") if path.is_file()).read_bytes()
    assert b"%PDF" not in lying
    assert (paper.content_type, paper.facts["pages"]) == ("application/pdf", 1)


@pytest.mark.django_db
def test_a_picture_loses_where_it_was_taken_and_what_hides_behind_it():
    exif = Image.Exif()
    exif[271] = "某手机"
    paper = keep(jpeg(exif=exif) + b"PK\x03\x04<script>alert(1)</script>", "照片.jpg")
    kept = papers.read(paper)
    assert b"script" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert paper.facts["width"] == 40


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", None),
        (b"<html><script>1</script>", "broken"),
        (jpeg()[:200], "broken"),
        (
            pdf(lambda d: d.Root.__setitem__("/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"))),
            "active",
        ),
        (pdf(lambda d: d.attachments.__setitem__("x.exe", b"MZ")), "active"),
    ],
    ids=["empty", "html", "cut off", "script", "attachment"],
)
def test_what_is_no_paper_is_refused_with_a_sentence_and_leaves_nothing(data, reason, room):
    with pytest.raises(papers.BadPaper) as refusal:
        keep(data)
    assert refusal.value.facts.get("reason") == reason
    assert "请" in str(refusal.value)
    assert not Paper.objects.exists()
    assert not any(path.is_file() for path in room.rglob("*"))


@pytest.mark.django_db
def test_only_kinds_that_are_asked_for_are_taken():
    with pytest.raises(papers.BadPaper) as refusal:
        keep(pdf(), allowed=papers.PICTURES)
    assert refusal.value.facts["reason"] == "kind"


@pytest.mark.django_db
def test_a_preview_is_a_small_png_of_the_first_page():
    picture = Image.open(io.BytesIO(papers.preview(keep(pdf()), side=200)))
    assert picture.format == "PNG"
    assert max(picture.size) == 200


@pytest.mark.django_db
def test_a_paper_changed_on_the_disk_is_not_handed_out(room):
    from kernel import privacy

    paper = keep(pdf())
    next(path for path in room.rglob("*") if path.is_file()).write_bytes(privacy.encrypt_bytes(b"%PDF-other"))
    with pytest.raises(papers.BadPaper):
        papers.read(paper)


@pytest.mark.django_db(transaction=True)
def test_a_paper_taken_back_is_gone_from_the_disk_and_nobody_opens_it(room, monkeypatch):
    paper = keep(pdf())
    monkeypatch.setitem(papers._guards, "test-case", lambda user, paper: True)
    assert papers.may_open(None, paper)
    papers.remove(paper, by=None)
    assert not any(path.is_file() for path in room.rglob("*"))
    assert not papers.may_open(None, Paper.objects.get())
    assert not papers.of(CASE, "230524").exists()


@pytest.mark.django_db
def test_without_a_guard_nobody_opens_anything():
    assert not papers.may_open(None, keep(pdf()))


def test_a_name_keeps_nothing_a_download_stumbles_over():
    assert papers.plain_name('..\\..\\x/"a|b".pdf\r\n') == "ab.pdf"
    assert len(papers.plain_name("长" * 300 + ".pdf")) <= 111
    assert papers.plain_name("///") == "file"
