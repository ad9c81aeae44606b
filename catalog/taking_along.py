"""The goods of a county, for those who take everything along; and what goods say of a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.rights.bundle import Bundle, table
from accounts.rights.county import Part, add_part
from accounts.rights.holdings import GONE, Holding, Rows, Trace, add_holding, traces_of
from catalog.models import Photo, Producer, ProducerAccount, Product, ProductMove, Variant
from catalog.pictures import rendition_path
from kernel import money
from tenants.models import County

PIECE = 1024 * 1024
TRACES = (
    Trace(Product, "created_by", "建", lambda row: row.name, "saved_at"),
    Trace(Product.history.model, "history_user", "改产品", lambda row: row.name, "history_date"),
    Trace(Variant.history.model, "history_user", "改规格", lambda row: row.name, "history_date"),
    Trace(ProducerAccount, "user", "账号写在这一家", lambda row: row.producer.name, "at"),
    Trace(ProductMove, "by", lambda row: row.to_state, lambda row: row.subject.name, "at", "note"),
)


def register() -> None:
    """Called once at start."""
    add_part(Part(30, "03-产品", gettext_noop("生产者、产品、规格、历史和照片（原图和网页用图）"), _write))
    add_holding(
        Holding("goods", 200, _("产品"), _("您建的、改的产品，和步骤上的姓名"), _rows, _erase, in_counties=True)
    )


def _write(place: County, bundle: Bundle, folder: str) -> None:
    producers = [_producer(one) for one in Producer.objects.order_by("pk")]
    goods = [_product(one) for one in _products()]
    bundle.add_json(f"{folder}/产品.json", {"生产者": producers, "产品": goods})
    shown = [{name: value for name, value in one.items() if name != "历史"} for one in goods]
    bundle.add_page(f"{folder}/产品.html", f"{place.name}：产品", table(producers) + table(shown))
    for photo in Photo.objects.select_related("product").order_by("pk"):
        _photo(photo, bundle, folder)


def _products() -> Any:
    found = Product.objects.select_related("producer").prefetch_related("variants", "photos", "history_moves")
    return found.order_by("pk")


def _producer(one: Producer) -> dict[str, Any]:
    return {
        "编号": one.pk,
        "名称": one.name,
        "类型": one.get_kind_display(),
        "对外电话": one.business_phone,
        "电话同意公开": one.phone_agreed_at,
        "地方": one.place,
        "户数": one.households,
        "介绍": one.intro,
        "网店": one.shops,
    }


def _product(one: Product) -> dict[str, Any]:
    return {
        "编号": one.pk,
        "名称": one.name,
        "状态": one.get_state_display(),
        "类目": one.category,
        "一句话": one.summary,
        "介绍": one.description,
        "配料": one.ingredients,
        "保质期": one.shelf_life,
        "存放": one.storage,
        "许可证号": one.licence_number,
        "生产者": one.producer.name if one.producer else "",
        "地方": one.place,
        "月份": one.season,
        "上架": one.published_at,
        "规格": [
            {
                "名称": pack.name,
                "单位": pack.unit,
                "净重克": pack.net_grams,
                "价格元": money.yuan(pack.price_fen),
                "库存": pack.stock,
            }
            for pack in one.variants.all()
        ],
        "照片": [photo.token for photo in one.photos.all()],
        "历史": [
            {"从": move.from_state, "到": move.to_state, "谁": move.by_name, "说明": move.note, "时间": move.at}
            for move in one.history_moves.all()  # type: ignore[attr-defined]
        ],
    }


def _photo(photo: Photo, bundle: Bundle, folder: str) -> None:
    """Every file there is of it; one that is missing on the disk is left out, and the list above shows it."""
    home = f"{folder}/照片/{photo.product_id}-{photo.token}"
    if photo.original.name and photo.original.storage.exists(photo.original.name):
        with photo.original.open("rb") as file:
            bundle.add_pieces(f"{home}-原图", iter(lambda: file.read(PIECE), b""))
    for size in ("small", "medium"):
        path = Path(settings.MEDIA_ROOT) / rendition_path(connection.schema_name, photo.token, size)
        if path.is_file():
            with path.open("rb") as file:
                bundle.add_pieces(f"{home}-{size}.jpg", iter(lambda: file.read(PIECE), b""))


# --- a person -------------------------------------------------------------------------------------
def _rows(user: User) -> Rows:
    return traces_of(user, TRACES, "产品")


def _erase(user: User) -> None:
    """The goods are the county's and stay; on their history stands nobody any more."""
    ProductMove.objects.filter(by=user).update(by_name=GONE)
    ProducerAccount.objects.filter(user=user).delete()
