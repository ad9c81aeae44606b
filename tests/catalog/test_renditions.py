"""What the worker makes of a photo: two sizes, each for old and new browsers."""

import io

import pytest
from PIL import Image

from tests.catalog import goods
from tests.catalog.test_photos import files

__all__ = ["files"]


@pytest.fixture
def shown(files, settings, wuchang, finished, team):
    """The picture as pages get it, once the worker has been there."""
    from catalog import services
    from catalog.models import Product
    from catalog.pictures import picture
    from kernel.outbox import relay_once
    from tenants.scope import county_scope

    with county_scope(wuchang):
        services.add_photo(finished, goods.upload(goods.image(size=(2000, 1500))), by=team)
    while relay_once():
        pass
    with county_scope(wuchang):
        return picture(Product.objects.get(pk=finished.pk))


@pytest.mark.parametrize(("kind", "wanted"), [("photo", "JPEG"), ("webp", "WEBP")])
def test_every_size_is_there_in_both_kinds(shown, settings, client, kind, wanted):
    for size, width in (("small", 320), ("medium", 960)):
        answer = client.get(shown[kind][size])
        assert answer.status_code == 200
        picture = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
        assert (picture.format, picture.size) == (wanted, (width, width * 3 // 4))
        answer.close()


def test_a_page_offers_webp_and_falls_back_to_jpeg(shown):
    from web.templatetags.pictures import picture

    html = picture(shown)
    assert html.index('<source type="image/webp"') < html.index("<img")
    assert shown["webp"]["medium"] in html
    assert f'<img src="{shown["photo"]["small"]}"' in html


def test_a_worker_that_dies_while_it_writes_leaves_no_torn_size(files, settings, wuchang, finished, team, monkeypatch):
    """The row is run again, and what stands under a name is taken for finished."""
    from catalog import services
    from catalog.rendering import render_photo
    from kernel import whole_files
    from tenants.scope import county_scope

    sure = whole_files.make_sure

    def dies(path):
        if path.suffix == whole_files.PART:
            raise OSError("killed before the file is whole")
        sure(path)

    with county_scope(wuchang):
        photo = services.add_photo(finished, goods.upload(goods.image(size=(2000, 1500))), by=team)
        monkeypatch.setattr(whole_files, "make_sure", dies)
        with pytest.raises(OSError, match="killed"):
            render_photo({"photo": photo.pk}, wuchang.code)
        shown = settings.MEDIA_ROOT / wuchang.schema_name / "photos"
        assert list(shown.iterdir()) == []
        monkeypatch.setattr(whole_files, "make_sure", sure)
        render_photo({"photo": photo.pk}, wuchang.code)
        assert len(list(shown.iterdir())) == 4


def lying(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_photo_taken_away_leaves_no_file_and_a_rollback_keeps_them(files, wuchang, finished, team):
    """Nothing waits for the commit here: it goes by the outbox, which no worker's death forgets."""
    from django.db import transaction

    from catalog import services
    from kernel.outbox import relay_once
    from tenants.scope import county_scope

    def work():
        while relay_once():
            pass

    with county_scope(wuchang):
        photo = services.add_photo(finished, goods.upload(goods.image()), by=team)
    work()
    assert len(lying(files)) == 5
    with county_scope(wuchang), transaction.atomic():
        services.remove_photo(type(photo).objects.get(pk=photo.pk), by=team)
        transaction.set_rollback(True)
    work()
    assert len(lying(files)) == 5
    with county_scope(wuchang):
        services.remove_photo(photo, by=team)
    work()
    assert lying(files) == []


def test_one_taken_away_while_it_is_drawn_leaves_no_file(files, wuchang, finished, team, monkeypatch):
    from catalog import rendering, services
    from tenants.scope import county_scope

    draw = rendering.rendition

    def and_gone(*asked):
        photo = type(finished).objects.get(pk=finished.pk).photos.first()
        if photo:
            services.remove_photo(photo, by=team)
        return draw(*asked)

    with county_scope(wuchang):
        photo = services.add_photo(finished, goods.upload(goods.image()), by=team)
        monkeypatch.setattr(rendering, "rendition", and_gone)
        rendering.render_photo({"photo": photo.pk}, wuchang.code)
    assert lying(files) == []
