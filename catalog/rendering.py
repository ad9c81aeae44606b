"""Photos: checked by content, turned upright, stripped of everything but the picture.

The original may carry a farmer's position and phone model; what pages show is drawn anew.
"""

import io
import itertools
import warnings
from typing import Any

from django.core.files.base import ContentFile
from django.db import connection
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from catalog.errors import UselessPhoto
from catalog.models import Photo, Product
from catalog.pictures import KINDS, SIZES, rendition_path, renditions_of
from catalog.states import PhotoState, ProductState
from kernel import outbox, papers
from kernel.whole_files import WholeFileStorage
from tenants.scope import current_county

RENDER = "catalog.render_photo"
MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 60_000_000
# What cannot be read at a smaller size, and lies in memory twice while it is made small.
MOST_WHOLE_PIXELS = 30_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp")


def check_photo(upload: Any) -> None:
    """Raises UselessPhoto unless this is a whole JPEG, PNG or WebP of bearable size.

    It is read in a process of its own that may use little time and memory: decoders of pictures are
    where hostile files do their work.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise UselessPhoto(_("照片超过 12 MB，用手机相册缩小一点再传。"))
    upload.seek(0)
    try:
        facts = papers.looked_into(upload.read(), CONTENT_TYPES)
    except papers.BadPaper as refusal:
        raise UselessPhoto(_why(refusal)) from refusal
    finally:
        upload.seek(0)
    if facts["content_type"] != "image/jpeg" and facts["width"] * facts["height"] > MOST_WHOLE_PIXELS:
        raise UselessPhoto(_("照片的像素太多，用手机相册缩小一点再传。"))


def _why(refusal: papers.BadPaper) -> str:
    if refusal.facts.get("reason") in {"pixels", "heavy"}:
        return _("照片的像素太多，用手机相册缩小一点再传。")
    return _("这不是能用的照片。请传 JPG、PNG 或 WebP；苹果手机的 HEIC 请先转成 JPG。")


def upright_photo(file: Any) -> Image.Image:
    """A photo that was looked into when it came, upright, in colours a page can show.

    It is made small before it is turned or converted: each of those is another copy in memory.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        picture = Image.open(file, formats=FORMATS)
    if picture.width * picture.height > MOST_PIXELS:
        raise UselessPhoto(_("照片的像素太多，用手机相册缩小一点再传。"))
    edge = max(SIZES.values()) * 2
    picture.thumbnail((edge, edge))
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.info = {}  # else a comment would be written into every rendition
    return upright


@outbox.handles(RENDER)
def render_photo(payload: dict[str, Any], county_code: str) -> None:
    """Make the sizes pages show, or take away what was made of a photo that is gone."""
    if "gone" in payload:
        _delete_files(payload["gone"], payload["original"])
        return
    photo = Photo.objects.filter(pk=payload["photo"]).first()
    if photo is None:
        return
    storage = WholeFileStorage()  # a torn size would be taken for a drawn one
    with photo.original.open("rb") as file:
        upright = upright_photo(file)
    for size, kind in itertools.product(SIZES, KINDS):
        path = rendition_path(connection.schema_name, photo.token, size, kind)
        if not storage.exists(path):
            storage.save(path, ContentFile(rendition(upright, SIZES[size], KINDS[kind])))
    # Drawing takes its time: read afresh and held, a withdrawal stays one, and of two photos drawn side by side
    # the second to come lists both.
    product = _held_product_of(photo)
    if product is None:
        # Gone while this was drawn: nobody else would take these files away.
        _delete_files(photo.token, photo.original.name or "")
        return
    photo.state = PhotoState.READY
    photo.save(update_fields=["state"])
    if product.state == ProductState.PUBLISHED:
        _relist(product)


def _held_product_of(photo: Photo) -> Product | None:
    """None where the photo is gone. A revision's photo is the product's as soon as the revision is passed."""
    while now := Photo.objects.filter(pk=photo.pk).values_list("product", flat=True).first():
        product = Product.objects.select_for_update(of=("self",)).filter(pk=now).first()
        if product and Photo.objects.filter(pk=photo.pk, product=product).exists():
            return product
    return None


def forget(photo: Photo) -> None:
    """The original may say where a farmer lives. Its files go with a row of the outbox, which this transaction's
    rollback takes back and no worker's death does.
    """
    county = current_county()
    gone = {"gone": photo.token, "original": photo.original.name}
    outbox.announce(RENDER, gone, county=county.code if county else "")


def _delete_files(token: str, original: str) -> None:
    """A token is never used twice: to repeat it is harmless."""
    Photo(original=original).original.delete(save=False)
    for path in renditions_of(connection.schema_name, token):
        WholeFileStorage().delete(path)


def rendition(picture: Image.Image, edge: int, options: dict[str, Any]) -> bytes:
    small = picture.copy()
    small.thumbnail((edge, edge))
    buffer = io.BytesIO()
    small.save(buffer, **options)
    return buffer.getvalue()


def _relist(product: Product) -> None:
    from catalog.listing import facts_of
    from search.services import publish_listing
    from tenants.scope import current_county

    publish_listing(facts_of(product, current_county()))
