"""Listings analysed again after the analysis itself changed: another word in a table finds nothing in old documents.

Lot by lot, each in its own transaction; broken off, the next time begins again where the mark still differs.
"""

from django.db import connection, transaction

from search import feed, lexicon, versions
from search.documents import analysis_mark, listing_document
from search.facts import ListingFacts
from search.models import Category, Figures, Listing

LOT = 200

AGAIN = f"""
UPDATE search_listingindex SET tsv = %s::tsvector, length = %s, version = {versions.NEXT} WHERE listing_id = %s
"""  # noqa: S608


def is_stale() -> bool:
    kept = Figures.objects.filter(pk=1).values_list("analysis", flat=True).first()
    return kept is not None and kept != analysis_mark()


def bring_in_line() -> int:
    """How many listings were analysed again."""
    categories = {one.pk: one for one in Category.objects.select_related("parent")}
    done, last = 0, 0
    while lot := list(Listing.everything.filter(pk__gt=last).order_by("pk")[:LOT]):
        with transaction.atomic():
            done += _analyse(lot, categories)
        last = lot[-1].pk
    lexicon.count_terms()
    Figures.objects.filter(pk=1).update(analysis=analysis_mark())
    return done


def _analyse(lot: list[Listing], categories: dict[str, Category]) -> int:
    """As they are now, with their rows held: one published meanwhile is not put back."""
    held = Listing.everything.select_for_update().filter(pk__in=[one.pk for one in lot]).order_by("pk")
    rows = []
    for one in held:
        facts = ListingFacts(**{name: getattr(one, _column(name)) for name in ListingFacts.__dataclass_fields__})
        category = categories[one.category_id]
        lexicon.learn(facts, category)
        rows.append((*listing_document(facts, category), one.pk))
        feed.tell(one.county_code, one.product_id)
    with connection.cursor() as cursor:
        cursor.executemany(AGAIN, rows)
    return len(rows)


def _column(name: str) -> str:
    return "category_id" if name == "category" else name
