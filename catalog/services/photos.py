from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from catalog.errors import UselessPhoto
from catalog.models import Photo, Product
from catalog.rendering import RENDER, check_photo, forget
from catalog.selectors import photos_of
from catalog.services.held import locked_draft
from kernel import audit, clock, outbox
from tenants.scope import current_county

MOST_PHOTOS = 6


@transaction.atomic
def add_photo(product: Product, upload: UploadedFile, *, by: Any, alt: str = "") -> Photo:
    """Check a photo by its content and keep the original; the worker makes the rest."""
    check_photo(upload)
    product = locked_draft(product)
    if len(photos_of(product)) >= MOST_PHOTOS:
        raise UselessPhoto(_("最多 %(most)s 张，先删一张。") % {"most": MOST_PHOTOS})
    return _keep(product, upload, alt=alt, order=product.photos.count())


@transaction.atomic
def remove_photo(photo: Photo, *, by: Any) -> None:
    locked_draft(photo.product)
    forget(photo)
    photo.delete()


@transaction.atomic
def leave_photo_out(revision: Product, photo: Photo, *, by: Any) -> None:
    """The revision goes without this photo of the product; on sale it is seen until the revision is passed."""
    row = locked_draft(revision)
    row.photos_left_out = sorted({*(row.photos_left_out or ()), photo.pk})
    row.save(update_fields=["photos_left_out"])


@transaction.atomic
def put_package_picture(product: Product, upload: Any, *, by: Any) -> Photo:
    """The designed package goes before the other photos; on sale too, for nothing else changes."""
    check_photo(upload)
    product.photos.update(order=F("order") + 1)
    photo = _keep(product, upload, alt=_("%(name)s的包装") % {"name": product.name}, order=0)
    county = current_county()
    audit.record(
        "product.package_picture",
        by=by,
        county=county.code if county else "",
        obj=("product", str(product.pk)),
        title=product.name,
    )
    return photo


def _keep(product: Product, upload: Any, *, alt: str, order: int) -> Photo:
    photo = Photo(product=product, token=get_random_string(32), alt=alt[:80], order=order, added_at=clock.now())
    photo.original.save("original", upload, save=False)
    photo.save()
    county = current_county()
    outbox.announce(RENDER, {"photo": photo.pk}, county=county.code if county else "", key=photo.token)
    return photo
