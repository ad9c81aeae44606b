from typing import ClassVar

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from simple_history.models import HistoricalRecords

from catalog.states import PRODUCT_MOVES, PhotoState, ProducerKind, ProductState
from kernel import money
from kernel.links import SharedForeignKey
from kernel.whole_files import WholeFileStorage
from kernel.workflow import MoveRecord, Stateful


def private_files() -> FileSystemStorage:
    """Originals as they came: outside public media, served to nobody."""
    return WholeFileStorage(location=settings.PRIVATE_ROOT)


class Producer(models.Model):
    """Who grows or makes it, with the business phone it chose to publish, and who was told so and when."""

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=ProducerKind.choices)
    business_phone = models.CharField(max_length=30, blank=True)
    phone_agreed_at = models.DateTimeField(null=True, blank=True)
    phone_agreed_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True)
    village_id = models.BigIntegerField(null=True, blank=True)
    place = models.CharField(max_length=80, blank=True)
    households = models.PositiveIntegerField(null=True, blank=True)
    intro = models.CharField(max_length=300, blank=True)
    shops = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class ProducerAccount(models.Model):
    """This person is of that producer's house: may be named where the producer's own hand is asked for.

    Written by the county's manager. Without it any producer's account of the county could sign for any other.
    """

    producer = models.ForeignKey(Producer, on_delete=models.CASCADE, related_name="accounts")
    user = SharedForeignKey(settings.AUTH_USER_MODEL)
    tied_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["producer", "user"], name="producer_account_once"),
        ]


class Product(Stateful):
    """A product of a producer; its packs are variants, its pictures photos or a drawing.

    ``revises``: this is a revision of that product on sale. It has photos of its own, and keeps those of the product
    but for ``photos_left_out`` (their numbers).
    """

    MOVES = PRODUCT_MOVES

    state = models.CharField(max_length=20, choices=ProductState.choices, default=ProductState.DRAFT)
    name = models.CharField(max_length=60)
    category = models.CharField(max_length=40, blank=True)
    summary = models.CharField(max_length=60, blank=True)
    description = models.TextField(blank=True)
    producer = models.ForeignKey(Producer, null=True, blank=True, on_delete=models.PROTECT, related_name="products")
    village_id = models.BigIntegerField(null=True, blank=True)
    place = models.CharField(max_length=80, blank=True)
    season = models.JSONField(default=list, blank=True)
    farm_produce = models.BooleanField(default=True)
    ingredients = models.CharField(max_length=200, blank=True, default="", db_default="")
    shelf_life = models.CharField(max_length=40, blank=True, default="", db_default="")
    storage = models.CharField(max_length=60, blank=True, default="", db_default="")
    licence_number = models.CharField(max_length=40, blank=True, default="", db_default="")
    drawing = models.CharField(max_length=40, blank=True)
    paper = models.CharField(max_length=10, blank=True)
    word = models.CharField(max_length=4, blank=True)
    remarks = models.JSONField(default=dict, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    revises = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="revisions", db_index=False
    )
    photos_left_out = models.JSONField(null=True, blank=True)
    saved_at = models.DateTimeField()
    created_by = SharedForeignKey(settings.AUTH_USER_MODEL, null=True)
    history = HistoricalRecords(user_db_constraint=False)

    class Meta:
        ordering: ClassVar = ["-saved_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["state", "-saved_at"], name="product_by_state")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_returned(self) -> bool:
        return self.state == ProductState.DRAFT and self.returned_at is not None


class Variant(models.Model):
    """规格: one pack with its price in fen, net content in grams where it is weighed, and stock."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    name = models.CharField(max_length=30)
    unit = models.CharField(max_length=10)
    net_grams = models.PositiveIntegerField(null=True, blank=True)
    price_fen = models.PositiveIntegerField()
    stock = models.PositiveIntegerField(default=0)
    order = models.PositiveSmallIntegerField(default=0)
    history = HistoricalRecords(user_db_constraint=False)

    class Meta:
        ordering: ClassVar = ["order", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(price_fen__gt=0), name="variant_has_a_price"),
            models.UniqueConstraint(fields=["product", "name"], name="variant_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def per_500_grams_fen(self) -> int | None:
        return money.per_500_grams(self.price_fen, self.net_grams) if self.net_grams else None


def original_path(photo: "Photo", name: str) -> str:
    from django.db import connection

    return f"{connection.schema_name}/originals/{photo.token}"


class Photo(models.Model):
    """A photo: the original is kept private, the worker makes what the pages show."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="photos")
    token = models.CharField(max_length=32, unique=True)
    original = models.FileField(storage=private_files, upload_to=original_path)
    state = models.CharField(max_length=10, choices=PhotoState.choices, default=PhotoState.WAITING)
    alt = models.CharField(max_length=80, blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["order", "pk"]


class ProductMove(MoveRecord):
    subject = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="history_moves")
