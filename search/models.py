"""What the whole province is searched in: one public copy of every published product and story."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext


class Category(models.Model):
    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=40)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    order = models.PositiveSmallIntegerField(default=0)
    paper = models.CharField(max_length=10, default="rice")

    class Meta:
        ordering: ClassVar = ["order", "code"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the reader's language; ``name`` is the word that search and the tables go by."""
        return gettext(self.name)


class ShownManager(models.Manager):
    """Only what may be seen now: a suspended or archived county's rows are hidden."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(hidden=False)


class Listing(models.Model):
    """A published product as shoppers see it. Prices in fen, of the cheapest variant."""

    county_code = models.CharField(max_length=6)
    county_name = models.CharField(max_length=40)
    county_slug = models.CharField(max_length=60)
    product_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    summary = models.CharField(max_length=300, blank=True)
    description = models.TextField(blank=True)
    producer_name = models.CharField(max_length=120, blank=True)
    place = models.CharField(max_length=120, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="listings")
    price_fen = models.PositiveIntegerField()
    unit = models.CharField(max_length=40, blank=True)
    price_per_500g_fen = models.PositiveIntegerField(null=True, blank=True)
    in_stock = models.BooleanField(default=True)
    picture = models.JSONField(default=dict, blank=True)
    badges = models.JSONField(default=list, blank=True)
    season = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    published_at = models.DateTimeField()
    hidden = models.BooleanField(default=False)

    everything = models.Manager()
    objects = ShownManager()

    class Meta:
        default_manager_name = "everything"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county_code", "product_id"], name="listing_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["county_code", "-published_at"], name="listing_of_county"),
            models.Index(fields=["-published_at", "county_code", "product_id"], name="listing_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class ListingIndex(models.Model):
    """What an engine reads of a listing, apart from its text so that many fit in a page.

    In ``tsv`` a label says where a term stands: A title, B about it, D description.
    ``length`` counts words. ``standing`` is the static score in thousandths.
    ``version`` grows with every change of the listing, over its comings and goings: an engine that was
    told a later one refuses an earlier one.
    """

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, primary_key=True, related_name="index")
    county_code = models.CharField(max_length=6)
    category_code = models.CharField(max_length=40)
    price_fen = models.PositiveIntegerField()
    in_stock = models.BooleanField()
    hidden = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    standing = models.PositiveSmallIntegerField(default=1000)
    length = models.PositiveIntegerField()
    version = models.BigIntegerField(default=0)  # written by search.versions, from a sequence
    tsv = SearchVectorField()

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["tsv"], name="listing_words", fastupdate=False),
            models.Index(fields=["county_code", "category_code"], name="listing_place"),
            models.Index(fields=["price_fen", "listing"], name="listing_price"),
            models.Index(fields=["published_at", "listing"], name="listing_at"),
        ]

    def __str__(self) -> str:
        return f"{self.county_code}:{self.listing_id}"


class Departed(models.Model):
    """A listing that was taken away, and the version of its going: the tombstone an engine is told of."""

    county_code = models.CharField(max_length=6)
    product_id = models.BigIntegerField()
    version = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county_code", "product_id"], name="departed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.county_code}:{self.product_id}"


class EngineIndex(models.Model):
    """An index of the second engine: being built, answering, or done with. ``prefix`` tells provinces apart."""

    class State(models.TextChoices):
        BUILDING = "building", "在建"
        LIVE = "live", "在用"
        RETIRED = "retired", "停用"

    prefix = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.BUILDING)
    average_length = models.FloatField()  # what lengths are measured by, for as long as the index lives
    cursor = models.BigIntegerField(default=0)  # the last listing that was copied
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["prefix", "number"], name="engine_index_once"),
            models.UniqueConstraint(
                fields=["prefix"], condition=models.Q(state="building"), name="engine_index_one_building"
            ),
            models.UniqueConstraint(fields=["prefix"], condition=models.Q(state="live"), name="engine_index_one_live"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def alias(self) -> str:
        """What searches name."""
        return f"{self.prefix}listings"

    @property
    def name(self) -> str:
        return f"{self.alias}-v{self.number}"

    @property
    def entrance(self) -> str:
        """What writers name: it goes with the index, so that nobody writes a deleted one back into being."""
        return f"{self.name}-in"


class EngineRest(models.Model):
    """The second engine is left alone until ``until``: the breaker that all processes share."""

    prefix = models.CharField(max_length=60, primary_key=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.prefix} {self.trouble}"


class Term(models.Model):
    """The lexicon: what can be meant. ``df`` is the number of listings, null until counted."""

    class Kind(models.TextChoices):
        PLACE = "place", "地名"
        CATEGORY = "category", "品类"
        PHRASE = "phrase", "词组"
        WORD = "word", "词"
        MAKER = "maker", "生产者"
        GRAM = "gram", "字与双字"

    term = models.CharField(max_length=60, primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WORD)
    pinyin = models.CharField(max_length=200, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    df = models.PositiveIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["pinyin"], name="term_pinyin", opclasses=["varchar_pattern_ops"], condition=~models.Q(pinyin="")
            ),
            models.Index(
                fields=["initials"],
                name="term_by_initials",
                opclasses=["varchar_pattern_ops"],
                condition=~models.Q(initials=""),
            ),
        ]

    def __str__(self) -> str:
        return self.term


class Name(models.Model):
    """What somebody may be typing the beginning of: a product, a brand, who makes it; ``ref`` tells which."""

    class Kind(models.TextChoices):
        PRODUCT = "product", "产品"
        BRAND = "brand", "品牌"
        MAKER = "maker", "生产者"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    county_code = models.CharField(max_length=6)
    ref = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    plain = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=200, blank=True)
    initials = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "county_code", "ref"], name="name_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["kind", column], name=f"name_by_{column}", opclasses=["varchar_ops", "varchar_pattern_ops"]
            )
            for column in ("plain", "pinyin", "initials")
        ]

    def __str__(self) -> str:
        return self.name


class Figures(models.Model):
    """One row: how many listings were counted and how long they are on average, in words."""

    listings = models.PositiveIntegerField(default=0)
    average_length = models.FloatField(default=1.0)
    counted_at = models.DateTimeField()
    analysis = models.CharField(max_length=16, blank=True)  # which one the listings were read with (``analysing``)

    def __str__(self) -> str:
        return f"{self.listings}"


class StoryCard(models.Model):
    """A county's story as the province shows it; ``url_path`` is below the county's path."""

    county_code = models.CharField(max_length=6)
    county_name = models.CharField(max_length=40)
    county_slug = models.CharField(max_length=60)
    page_id = models.BigIntegerField()
    title = models.CharField(max_length=255)
    standfirst = models.CharField(max_length=500, blank=True)
    picture = models.JSONField(default=dict, blank=True)
    url_path = models.CharField(max_length=255)
    published_at = models.DateField()
    hidden = models.BooleanField(default=False)
    length = models.PositiveIntegerField(default=1)
    text = models.TextField(blank=True, default="", db_default="")  # what a passage is taken from
    tsv = SearchVectorField(null=True)

    everything = models.Manager()
    objects = ShownManager()

    class Meta:
        default_manager_name = "everything"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["county_code", "page_id"], name="story_once"),
        ]
        indexes: ClassVar = [GinIndex(fields=["tsv"], name="story_words", fastupdate=False)]

    def __str__(self) -> str:
        return self.title


class Want(models.Model):
    """What people looked for, by month: wishes they noted, and searches that found nothing."""

    class Kind(models.TextChoices):
        WANT = "want", "想要"
        ZERO = "zero", "没找到"

    month = models.DateField()
    county_code = models.CharField(max_length=6, blank=True)
    text = models.CharField(max_length=60)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "county_code", "kind", "text"], name="want_once"),
        ]

    def __str__(self) -> str:
        return self.text
