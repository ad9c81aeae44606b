"""What changes in the public search: goods and stories come and go with the county's own transaction."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from psycopg2.extras import execute_values

from kernel import clock
from kernel.masking import mask_private_in
from search import feed, lexicon, versions, words
from search.documents import listing_document, story_document
from search.errors import NoSuchCategory, WantMissing
from search.facts import ListingFacts, StoryFacts
from search.models import Category, Listing, ListingIndex, StoryCard, Want
from search.naming import forget_name, learn_name, learn_names_of
from search.wanted import county_meant
from tenants.states import CountyState

__all__ = ["ListingFacts", "StoryFacts", "forget_name", "learn_name"]

CLOSED = (CountyState.SUSPENDED, CountyState.ARCHIVED)
LONGEST_WANT = 60
LONGEST_MISSED = 30  # what is longer is hardly the name of a good
MOST_MISSED = 2000  # different texts a month


@transaction.atomic
def load_categories() -> int:
    """Bring the table in line with the file; may be repeated. Returns how many there are."""
    rows = [
        Category(
            code=row["code"],
            name=row["name"],
            parent_id=row["parent"] or None,
            order=int(row["order"]),
            paper=row["paper"],
        )
        for row in words.category_rows()
    ]
    Category.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "parent", "order", "paper"]
    )
    return len(rows)


@transaction.atomic
def publish_listing(facts: ListingFacts) -> Listing:
    """Put the product into the public search, or what changed of it."""
    category = Category.objects.select_related("parent").filter(pk=facts.category).first()
    if category is None:
        raise NoSuchCategory(_("没有这个品类，请重新选。"), category=facts.category)
    told = asdict(facts)
    told["category_id"] = told.pop("category")
    told["hidden"] = _is_closed(facts.county_code)
    listing, _new = Listing.everything.update_or_create(
        county_code=told.pop("county_code"), product_id=told.pop("product_id"), defaults=told
    )
    tsv, length = listing_document(facts, category)
    with connection.cursor() as cursor:
        cursor.execute(WRITE_INDEX % INDEX_ROW, _index_values(listing, tsv, length))
    feed.tell(listing.county_code, listing.product_id)
    lexicon.learn(facts, category)
    return listing


@transaction.atomic
def publish_many(goods: Iterable[ListingFacts]) -> int:
    """Each as ``publish_listing`` would have put it there, all or none, several times faster; returns how many.

    Rows are written in one order everywhere, so that two of such lots, or a lot and one product, never wait in
    a ring. A lot of a thousand is a good size: the counties it names cannot be suspended until it is over.
    """
    lot = {(facts.county_code, facts.product_id): facts for facts in goods}
    told = [lot[key] for key in sorted(lot)]
    categories = _categories_of(told)
    closed = {code for code in sorted({facts.county_code for facts in told}) if _is_closed(code)}
    listings = Listing.everything.bulk_create(
        [_listing(facts, hidden=facts.county_code in closed) for facts in told],
        update_conflicts=True,
        unique_fields=KEY,
        update_fields=TOLD,
    )
    documents = [listing_document(facts, categories[facts.category]) for facts in told]
    rows = [_index_values(listing, *document) for listing, document in zip(listings, documents, strict=True)]
    with connection.cursor() as cursor, connection.wrap_database_errors:
        execute_values(cursor.cursor, WRITE_INDEX, rows, template=INDEX_ROW, page_size=len(rows) or 1)
    for code, products in _by_county(told).items():
        feed.tell_many(code, products)
    lexicon.learn_many((facts, categories[facts.category]) for facts in told)
    learn_names_of(told)
    return len(told)


def _categories_of(goods: list[ListingFacts]) -> dict[str, Category]:
    wanted = {facts.category for facts in goods}
    found = Category.objects.select_related("parent").in_bulk(wanted)
    if missing := sorted(wanted - found.keys()):
        raise NoSuchCategory(_("没有这个品类，请重新选。"), category=missing[0])
    return found


def _by_county(goods: list[ListingFacts]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for facts in goods:
        found.setdefault(facts.county_code, []).append(facts.product_id)
    return found


def _listing(facts: ListingFacts, *, hidden: bool) -> Listing:
    told = {name: getattr(facts, name) for name in ListingFacts.__dataclass_fields__ if name != "category"}
    return Listing(category_id=facts.category, hidden=hidden, **told)


KEY = ["county_code", "product_id"]
TOLD = [name for name in [*ListingFacts.__dataclass_fields__, "hidden"] if name not in KEY]

# The version is taken here, while the listing's row is already ours: taken before a wait for that row,
# a later publishing could carry the smaller number.
INDEX_ROW = f"(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::tsvector, {versions.NEXT})"
WRITE_INDEX = """
INSERT INTO search_listingindex AS kept
       (listing_id, county_code, category_code, price_fen, in_stock, hidden, published_at, standing, length, tsv,
        version)
VALUES %s
ON CONFLICT (listing_id) DO UPDATE
   SET category_code = excluded.category_code, price_fen = excluded.price_fen, in_stock = excluded.in_stock,
       hidden = excluded.hidden, published_at = excluded.published_at, standing = excluded.standing,
       length = excluded.length, tsv = excluded.tsv, version = excluded.version
"""


def _index_values(listing: Listing, tsv: str, length: int) -> list[Any]:
    return [
        listing.pk,
        listing.county_code,
        listing.category_id,
        listing.price_fen,
        listing.in_stock,
        listing.hidden,
        listing.published_at,
        standing(listing),
        length,
        tsv,
    ]


def standing(listing: Listing) -> int:
    """The static score in thousandths: what is in stock, pictured and described stands a little higher."""
    score = 1000 if listing.in_stock else 700
    score += 40 * bool(listing.picture.get("photo"))
    score += 30 * (len(listing.description) >= 40)
    return score + 20 * min(len(listing.badges), 3)


@transaction.atomic
def withdraw_listing(county_code: str, product_id: int) -> None:
    _take_away(county_code, Listing.everything.filter(county_code=county_code, product_id=product_id))
    lexicon.ask_for_count()


def _take_away(county_code: str, listings: QuerySet[Listing]) -> None:
    """What was not there is not mourned: its publishing may be under way, with a smaller number."""
    gone = list(listings.select_for_update().values_list("product_id", flat=True))
    if gone:
        Listing.everything.filter(county_code=county_code, product_id__in=gone).delete()
        versions.mourn(county_code, gone)
        feed.tell_many(county_code, gone)


@transaction.atomic
def withdraw_county(county_code: str) -> None:
    """Nothing of the county stays in the search; its own tables know it all."""
    _take_away(county_code, Listing.everything.filter(county_code=county_code))
    StoryCard.everything.filter(county_code=county_code).delete()
    lexicon.ask_for_count()


def hide_county(county_code: str) -> None:
    _turn(county_code, hidden=True)


def show_county(county_code: str) -> None:
    _turn(county_code, hidden=False)


@transaction.atomic
def _turn(county_code: str, *, hidden: bool) -> None:
    Listing.everything.filter(county_code=county_code).update(hidden=hidden)
    ListingIndex.objects.filter(county_code=county_code).update(hidden=hidden, version=versions.next_version())
    feed.tell(county_code)
    StoryCard.everything.filter(county_code=county_code).update(hidden=hidden)
    lexicon.ask_for_count()


def _is_closed(county_code: str) -> bool:
    """Holds the county's row in share: without it a suspension just committing would miss this row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM public.tenants_county WHERE code = %s FOR SHARE", [county_code])
        row = cursor.fetchone()
    return row is not None and row[0] in CLOSED


@transaction.atomic
def publish_story(facts: StoryFacts) -> StoryCard:
    told = asdict(facts)
    told["published_at"] = told.pop("published_on")
    told["text"] = facts.text[: words.LONGEST_TEXT]
    told["hidden"] = _is_closed(facts.county_code)
    card, _new = StoryCard.everything.update_or_create(
        county_code=told.pop("county_code"), page_id=told.pop("page_id"), defaults=told
    )
    tsv, length = story_document(facts)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE search_storycard SET tsv = %s::tsvector, length = %s WHERE id = %s", [tsv, length, card.pk]
        )
    return card


def withdraw_story(county_code: str, page_id: int) -> None:
    StoryCard.everything.filter(county_code=county_code, page_id=page_id).delete()


def note_want(text: str, county_code: str = "") -> None:
    """记一笔: counted by month and words; a phone number somebody typed is masked."""
    wanted = _noted(text)
    if not wanted:
        raise WantMissing(_("请写下想要的东西，例如“黑蜂蜜”。"))
    _count(Want.Kind.WANT, wanted, county_code or county_meant(wanted))


def note_nothing_found(text: str, county_code: str = "") -> None:
    """A search that found nothing, in the province or on one county's shelf. A robot cannot fill the table: short texts, and so many different ones a month."""
    wanted = _noted(text)
    if words.runs(wanted) and len(words.plain(text)) <= LONGEST_MISSED:
        _count(Want.Kind.ZERO, wanted, county_code or county_meant(wanted), most=MOST_MISSED)


def _noted(text: str) -> str:
    """Masked before it is cut: half a number is a number that no longer looks like one."""
    return mask_private_in(words.plain(text))[:LONGEST_WANT].strip()


@transaction.atomic
def _count(kind: str, text: str, county_code: str, most: int | None = None) -> None:
    month = clock.today().replace(day=1)
    which: dict[str, Any] = {"month": month, "county_code": county_code, "text": text, "kind": kind}
    if Want.objects.filter(**which).update(count=F("count") + 1):
        return
    if most is not None and Want.objects.filter(month=month, kind=kind).count() >= most:
        return
    _want, new = Want.objects.get_or_create(**which)
    if not new:
        Want.objects.filter(**which).update(count=F("count") + 1)
