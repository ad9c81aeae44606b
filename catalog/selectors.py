"""Goods as others ask for them, in the county we are in."""

from typing import Any

from django.db.models import Q, QuerySet

from catalog.models import Photo, Producer, Product
from catalog.states import PhotoState, ProductState

LISTED = tuple(state for state in ProductState.values if state != ProductState.ENDED)


def published_product(pk: int) -> Product | None:
    """With its producer, packs and ready photos."""
    return (
        Product.objects.filter(pk=pk, state=ProductState.PUBLISHED)
        .select_related("producer")
        .prefetch_related("variants", "photos")
        .first()
    )


def formerly_published(pk: int) -> Any:
    """What was on sale once and is not now, as everybody could read it last: a row of its history.

    What is being rewritten since then is the county's own, and so is a draft that nobody outside has seen.
    """
    gone = Product.objects.filter(pk=pk, published_at__isnull=False).exclude(state=ProductState.PUBLISHED).first()
    return gone and gone.history.filter(state=ProductState.PUBLISHED).order_by("history_date", "history_id").last()


def products_awaiting_review() -> QuerySet[Product]:
    """Oldest first: the queue a reviewer works from."""
    return (
        Product.objects.filter(state=ProductState.SUBMITTED).select_related("producer").order_by("submitted_at", "pk")
    )


def products(text: str = "", state: str = "") -> QuerySet[Product]:
    found = Product.objects.exclude(state=ProductState.ENDED)
    found = found.select_related("producer").prefetch_related("variants")
    if state == "returned":
        found = found.filter(state=ProductState.DRAFT, returned_at__isnull=False)
    elif state:
        found = found.filter(state=state)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(producer__name__icontains=text) | Q(place__icontains=text))
    return found


def counts() -> dict[str, int]:
    """Goods by state, for the desk."""
    return {state: Product.objects.filter(state=state).count() for state in LISTED}


def producers() -> QuerySet[Producer]:
    return Producer.objects.all()


def photos_of(product: Product) -> list[Photo]:
    """A revision shows the photos on sale that it keeps, then its own."""
    own = list(product.photos.all())
    if product.revises is None:
        return own
    left_out = set(product.photos_left_out or ())
    return [photo for photo in product.revises.photos.all() if photo.pk not in left_out] + own


def ready_photos(product: Product) -> list[Photo]:
    return [photo for photo in photos_of(product) if photo.state == PhotoState.READY]


def revision_of(product: Product) -> Product | None:
    """What is being changed of a product on sale, in whoever's hands it is."""
    return product.revisions.exclude(state=ProductState.ENDED).first()
