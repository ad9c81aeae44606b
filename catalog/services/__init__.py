"""What people do with goods. Each is one transaction in the county we are in."""

from catalog.services.accounts import tie_account, untie_account
from catalog.services.photos import MOST_PHOTOS, add_photo, leave_photo_out, put_package_picture, remove_photo
from catalog.services.products import (
    Pack,
    create_draft,
    publish_product,
    return_product,
    save_draft,
    save_producer,
    save_variants,
    set_stock,
    submit_product,
    take_back_product,
    withdraw_product,
)
from catalog.services.revising import begin_revision
from catalog.services.throwing_away import throw_away

__all__ = [
    "MOST_PHOTOS",
    "Pack",
    "add_photo",
    "begin_revision",
    "create_draft",
    "leave_photo_out",
    "publish_product",
    "put_package_picture",
    "remove_photo",
    "return_product",
    "save_draft",
    "save_producer",
    "save_variants",
    "set_stock",
    "submit_product",
    "take_back_product",
    "throw_away",
    "tie_account",
    "untie_account",
    "withdraw_product",
]
