"""What a product looks like in a list: its first ready photo, or a drawing on paper."""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import connection

from catalog.models import Photo, Product
from catalog.selectors import ready_photos

PAPERS = ("rice", "fungus", "honey", "flax", "snow", "clay", "bean", "pine", "berry", "river")
SIZES = {"small": 320, "medium": 960}
# Old WebViews read only the JPEG.
KINDS = {
    "jpg": {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
    "webp": {"format": "WEBP", "quality": 75},
}
# A category without a drawing of its own wears its nearest relative's.
DRAWINGS = {
    "grain.rice": "rice-sack",
    "grain.corn": "corn",
    "grain.millet": "millet-bag",
    "grain.soybean": "soybean",
    "grain.bean": "bean-mix",
    "grain.flour": "flour-bag",
    "grain.oil": "oil-bottle",
    "fungus.wood-ear": "black-fungus",
    "fungus.hericium": "hericium",
    "fungus.mushroom": "mushroom",
    "fungus.wild-greens": "wild-greens",
    "fruit.fresh": "apple",
    "fruit.frozen": "frozen-pear",
    "fruit.berry": "berry",
    "fruit.melon": "melon",
    "fruit.nut": "hazelnut",
    "vegetable.fresh": "tomato",
    "vegetable.potato": "potato",
    "vegetable.pickled": "cabbage-pickle",
    "honey.honey": "honey-jar",
    "honey.other": "honey-comb",
    "meat.pork": "pork",
    "meat.beef": "beef-cut",
    "meat.poultry": "goose",
    "meat.egg": "egg",
    "meat.dairy": "milk-bottle",
    "meat.cured": "sausage",
    "aquatic.fish": "fish",
    "aquatic.roe": "roe",
    "aquatic.other": "crayfish",
    "condiment.tofu": "fermented-tofu",
    "condiment.sauce": "sauce-jar",
    "drink.liquor": "liquor-bottle",
    "drink.juice": "juice-bottle",
    "drink.tea": "tea-tin",
    "herb.root": "ginseng",
    "herb.other": "herb-bundle",
    "snack.pastry": "bread",
    "snack.sweet": "candy",
    "craft.linen": "linen",
    "craft.weaving": "willow-basket",
    "craft.folk": "paper-cut",
}


def picture(product: Product) -> dict[str, Any]:
    photos = ready_photos(product)
    return photo_picture(photos[0], product) if photos else drawing(product)


def gallery(product: Product) -> list[dict[str, Any]]:
    return [photo_picture(photo, product) for photo in ready_photos(product)] or [drawing(product)]


def photo_picture(photo: Photo, product: Product) -> dict[str, Any]:
    return {
        "photo": {size: photo_url(photo, size) for size in SIZES},
        "webp": {size: photo_url(photo, size, "webp") for size in SIZES},
        "alt": photo.alt or product.name,
    }


def photo_url(photo: Photo, size: str, kind: str = "jpg") -> str:
    return f"{settings.MEDIA_URL}{rendition_path(connection.schema_name, photo.token, size, kind)}"


def rendition_path(schema: str, token: str, size: str, kind: str = "jpg") -> str:
    return f"{schema}/photos/{token}-{size}.{kind}"


def renditions_of(schema: str, token: str) -> list[str]:
    return [rendition_path(schema, token, size, kind) for size in SIZES for kind in KINDS]


def drawing(product: Product) -> dict[str, Any]:
    """The same product keeps its paper; neighbours in a list rarely share one."""
    paper = product.paper or PAPERS[sha256(product.name.encode()).digest()[0] % len(PAPERS)]
    name = product.drawing or DRAWINGS.get(product.category, "rice-sack")
    return {"drawing": name, "paper": paper, "word": product.word, "alt": product.name}
