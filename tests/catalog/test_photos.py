"""Photos: what is not one is refused by its content, what is kept is drawn anew."""

import io
import struct
import zlib

import pytest
from PIL import Image

from tests.catalog import goods
from tests.factories.people import client_for

PAGE = b"<html><script>alert(document.cookie)</script></html>"


@pytest.fixture
def files(settings, tmp_path, monkeypatch):
    """Public and private files of this test alone."""
    from django.core.files.storage import FileSystemStorage

    from catalog.models import Photo

    settings.MEDIA_ROOT = tmp_path / "media"
    private = FileSystemStorage(location=tmp_path / "private")
    monkeypatch.setattr(Photo._meta.get_field("original"), "storage", private)
    return tmp_path


def bomb():
    """A PNG of a few bytes that says it is 40 000 pixels wide and high."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


HOSTILE = {
    "a decompression bomb": bomb(),
    "a JPEG that ends half way": goods.image(size=(900, 700))[:1500],
    "a page that calls itself a photo": PAGE,
    "a drawing that runs scripts": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a document": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n",
    "a HEIC": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 200,
    "a GIF": goods.image("GIF"),
    "a BMP": goods.image("BMP"),
}


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_photo_is_refused_with_a_sentence(wuchang, finished, team, content, files):
    before = goods.facts(wuchang, finished)
    answer = client_for(team).post(
        goods.here(wuchang, f"products/{finished.pk}/photos/"), {"photo": goods.upload(content)}
    )
    assert answer.status_code == 400
    assert "照片" in answer.context["form"].errors["photo"][0]
    assert goods.facts(wuchang, finished) == before
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_too_many_bytes_are_refused(files, monkeypatch, wuchang, finished, team):
    monkeypatch.setattr("catalog.rendering.MOST_BYTES", 100)
    address = goods.here(wuchang, f"products/{finished.pk}/photos/")
    answer = client_for(team).post(
        address, {"photo": goods.upload(goods.image())}, headers={"accept": "application/json"}
    )
    assert answer.status_code == 400
    assert "12 MB" in answer.json()["errors"][0]


def test_a_seventh_photo_is_refused(files, wuchang, finished, team):
    address = goods.here(wuchang, f"products/{finished.pk}/photos/")
    answers = [client_for(team).post(address, {"photo": goods.upload(goods.image())}).status_code for _ in range(7)]
    assert answers == [302] * 6 + [400]


class TestAPhotoThatIsKept:
    def rendered(self, county, product, team, content):
        """What the pages show after the worker has been there: path → bytes."""
        from django.conf import settings

        from kernel.outbox import relay_once

        answer = client_for(team).post(
            goods.here(county, f"products/{product.pk}/photos/"), {"photo": goods.upload(content)}
        )
        assert answer.status_code == 302
        while relay_once():
            pass
        return {path.name: path.read_bytes() for path in settings.MEDIA_ROOT.rglob("*.jpg")}

    def test_is_stripped_of_the_page_that_hid_in_it(self, files, wuchang, finished, team):
        hidden = goods.image() + PAGE
        assert PAGE in hidden
        shown = self.rendered(wuchang, finished, team, hidden)
        assert len(shown) == 2
        assert all(b"<script" not in body and body[:2] == b"\xff\xd8" for body in shown.values())

    def test_loses_its_position_and_is_turned_upright(self, files, wuchang, finished, team):
        exif = Image.Exif()
        exif[0x0112] = 6
        exif[0x010F] = "FarmersPhone"
        exif.get_ifd(0x8825)[1] = "N"
        taken = goods.image(size=(600, 400), exif=exif)
        assert b"FarmersPhone" in taken
        for body in self.rendered(wuchang, finished, team, taken).values():
            picture = Image.open(io.BytesIO(body))
            assert picture.height > picture.width
            assert not picture.getexif()
            assert b"FarmersPhone" not in body

    def test_is_served_with_care_and_its_original_to_nobody(self, files, wuchang, finished, team, client):
        name = next(iter(self.rendered(wuchang, finished, team, goods.image())))
        answer = client.get(f"/media/{wuchang.schema_name}/photos/{name}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in answer["Cache-Control"]
        assert "sandbox" in answer["Content-Security-Policy"]
        answer.close()
        token = name.split("-")[0]
        assert (files / "private" / wuchang.schema_name / "originals" / token).exists()
        for path in (f"originals/{token}", f"photos/{token}", f"photos/{token}-original.jpg"):
            assert client.get(f"/media/{wuchang.schema_name}/{path}").status_code == 404

    def test_comes_first_in_a_listing_on_sale_when_it_is_the_package(self, files, wuchang, on_sale, manager):
        from branding.ports import goods as county_goods
        from kernel.outbox import relay_once
        from search.models import Listing

        assert "drawing" in Listing.objects.get().picture
        port = county_goods()
        port.set_package_picture(wuchang.code, on_sale.pk, goods.upload(goods.image()), by=manager)
        while relay_once():
            pass
        assert Listing.objects.get().picture["photo"]["small"].startswith(f"/media/{wuchang.schema_name}/photos/")
        assert port.product(wuchang.code, on_sale.pk).variants == ("2.5 kg",)
        assert [one.name for one in port.producers(wuchang.code)] == ["兴源村稻乐合作社"]


OF_GOODS = f"c230184/photos/{'a' * 32}-small.jpg"


class TestTheAddressOfPictures:
    @pytest.fixture
    def media(self, files, db):
        """A picture that is served, and beside it what must not be."""
        for path in (
            OF_GOODS,
            "c230184/images/rice.jpg",
            "c230184/documents/list.jpg",
            "c230184/original_images/rice.jpg",
            "c230184/images/page.html",
            "secret.jpg",
        ):
            target = files / "media" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(goods.image())
        return files / "media"

    def test_serves_pictures_and_nothing_else(self, media, client):
        for path in (
            "c230184/images/rice.jpg",  # no row of Wagtail's knows it
            "c230184/documents/list.jpg",
            "c230184/original_images/rice.jpg",
            "c230184/images/page.html",
            "secret.jpg",
            "c230184/images/",
            "c230184/images/gone.jpg",
            "c230184/images/../documents/list.jpg",
            "c230184/images/..%2fdocuments%2flist.jpg",
            "c230184/images/%2e%2e/documents/list.jpg",
            "c230184/images/..%5c..%5csecret.jpg",
            "c230184/../secret.jpg",
            "%2e%2e/secret.jpg",
            "c231086/images/rice.jpg",
        ):
            assert client.get(f"/media/{path}").status_code == 404, path
        answer = client.get(f"/media/{OF_GOODS}")
        assert answer.status_code == 200
        answer.close()  # ends the request, and with it the connection
